import assert from 'node:assert/strict';
import { BUNDLE_BYTES_MAX, TAR_ENTRIES_MAX } from '../limits.ts';

export interface TarEntry {
  /** Relative, '/'-separated, lower case: see `pathFailure`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** An entry as it lies in the archive: a view of its bytes, not a copy. */
export interface ReadTarEntry extends TarEntry {
  readonly bytes: Buffer;
}

/** Why a tar is refused. */
export const TAR_FAILURES = [
  'too-large',
  'truncated',
  'too-many-entries',
  'bad-header',
  'absolute-path',
  'parent-path',
  'bad-path',
  'not-a-file',
  'duplicate-entry',
  'unordered-entries',
  'trailing-bytes',
  'not-canonical',
] as const;
export type TarFailure = (typeof TAR_FAILURES)[number];

export type TarResult =
  | { readonly ok: true; readonly entries: readonly ReadTarEntry[] }
  | { readonly ok: false; readonly reason: TarFailure };

const BLOCK = 512;
const PATH_BYTES_MAX = 99;
const SIZE_BYTES_MAX = 0o77777777777;
const SEGMENT = /^[a-z0-9_-][a-z0-9._-]*$/;
const OCTAL_SIZE = /^[0-7]{11}\0$/;

/**
 * The one ustar encoding (POSIX.1-1988) of these entries: sorted by path, plain files of mode 0644, no owner, no time,
 * zero padding, two zero blocks at the end.
 *
 * @throws when a path is not one that `readTar` accepts, or appears twice: our mistake.
 */
export function packTar(entries: readonly TarEntry[]): Buffer {
  const blocks: Uint8Array[] = [];
  let previous: string | null = null;
  for (const { path, bytes } of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    assert.equal(pathFailure(path), null, `a tar entry cannot be called ${path}`);
    assert.notEqual(path, previous, `two tar entries are called ${path}`);
    previous = path;
    blocks.push(packHeader(path, bytes.length), bytes, Buffer.alloc(paddingAfter(bytes.length)));
  }
  blocks.push(Buffer.alloc(2 * BLOCK));
  return Buffer.concat(blocks);
}

/**
 * Reads what `packTar` writes and nothing else: after the diagnosing pass the entries are encoded again and compared,
 * so no bit of the archive is without meaning (bundle.md, Signatures). Entries are views of the given bytes.
 */
export function readTar(tar: Uint8Array): TarResult {
  if (tar.length > BUNDLE_BYTES_MAX) return refuse('too-large');
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.length);
  const entries: ReadTarEntry[] = [];
  const paths = new Set<string>();
  let at = 0;
  for (;;) {
    if (at + BLOCK > bytes.length) return refuse('truncated');
    const header = bytes.subarray(at, at + BLOCK);
    if (isZero(header)) break;
    if (entries.length === TAR_ENTRIES_MAX) return refuse('too-many-entries');
    const parsed = readHeader(header);
    if (!parsed.ok) return parsed;
    const start = at + BLOCK;
    const end = start + parsed.size;
    if (end > bytes.length) return refuse('truncated');
    const last = entries.at(-1);
    if (paths.has(parsed.path)) return refuse('duplicate-entry');
    if (last !== undefined && parsed.path < last.path) return refuse('unordered-entries');
    paths.add(parsed.path);
    entries.push({ path: parsed.path, bytes: bytes.subarray(start, end) });
    at = end + paddingAfter(parsed.size);
  }
  if (at + 2 * BLOCK > bytes.length) return refuse('truncated');
  if (at + 2 * BLOCK < bytes.length) return refuse('trailing-bytes');
  return packTar(entries).equals(bytes) ? { ok: true, entries } : refuse('not-canonical');
}

type HeaderResult = { readonly ok: true; readonly path: string; readonly size: number } | (TarResult & { ok: false });

function readHeader(header: Buffer): HeaderResult {
  if (header.toString('latin1', 257, 263) !== 'ustar\0') return refuse('bad-header');
  if (header.toString('latin1', 148, 156) !== checksum(header)) return refuse('bad-header');
  const size = header.toString('latin1', 124, 136);
  if (!OCTAL_SIZE.test(size)) return refuse('bad-header');
  if (header[156] !== 0x30) return refuse('not-a-file');
  const name = header.toString('latin1', 0, 100);
  const path = name.slice(0, Math.max(name.indexOf('\0'), 0));
  const failure = pathFailure(path);
  if (failure !== null) return refuse(failure);
  return { ok: true, path, size: Number.parseInt(size, 8) };
}

function packHeader(path: string, size: number): Buffer {
  assert(size <= SIZE_BYTES_MAX, `${path} is too large for a tar`);
  const header = Buffer.alloc(BLOCK);
  header.write(path, 0, 'latin1');
  header.write('0000644\0', 100, 'latin1'); // mode
  header.write('0000000\0', 108, 'latin1'); // uid
  header.write('0000000\0', 116, 'latin1'); // gid
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136, 'latin1'); // mtime
  header.write('0', 156, 'latin1'); // a plain file
  header.write('ustar\x0000', 257, 'latin1');
  header.write('0000000\0', 329, 'latin1'); // device, major and minor
  header.write('0000000\0', 337, 'latin1');
  header.write(checksum(header), 148, 'latin1');
  return header;
}

/** The sum of the header's bytes, its own field counted as spaces. */
function checksum(header: Buffer): string {
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : (header[at] ?? 0);
  return `${sum.toString(8).padStart(6, '0')}\0 `;
}

function pathFailure(path: string): TarFailure | null {
  if (path.startsWith('/')) return 'absolute-path';
  const segments = path.split('/');
  if (segments.includes('..')) return 'parent-path';
  if (path.length > PATH_BYTES_MAX || !segments.every((segment) => SEGMENT.test(segment))) return 'bad-path';
  return null;
}

const paddingAfter = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function refuse(reason: TarFailure): { readonly ok: false; readonly reason: TarFailure } {
  return { ok: false, reason };
}

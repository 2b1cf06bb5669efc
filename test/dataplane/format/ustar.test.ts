import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packTar, readTar, TAR_FAILURES, type TarFailure } from '../../../dataplane/format/ustar.ts';
import { BUNDLE_BYTES_MAX } from '../../../dataplane/limits.ts';
import { rawTar, type RawEntry } from '../../fixtures/raw-tar.ts';

const a: RawEntry = { path: 'a.json', bytes: Buffer.from('{"a":1}') };
const b: RawEntry = { path: 'b.json', bytes: Buffer.alloc(512, 0x62) };
const good = packTar([a, b]);

const refused: readonly (readonly [name: string, tar: Uint8Array, reason: TarFailure])[] = [
  ['an archive over the size limit', Buffer.alloc(BUNDLE_BYTES_MAX + 1), 'too-large'],
  ['nothing at all', Buffer.alloc(0), 'truncated'],
  ['an archive without its end', good.subarray(0, -512), 'truncated'],
  ['an archive cut in an entry', good.subarray(0, 700), 'truncated'],
  ['a size that reaches beyond the archive', rawTar([{ ...a, size: '00000077777\0' }]), 'truncated'],
  [
    'more entries than a bundle can have',
    rawTar(Array.from({ length: 17 }, (_item, at) => ({ ...a, path: `${String.fromCodePoint(97 + at)}.json` }))),
    'too-many-entries',
  ],
  ['a wrong checksum', rawTar([{ ...a, checksum: '000001\0 ' }]), 'bad-header'],
  ['the header of another tar dialect', rawTar([{ ...a, magic: 'ustar  \0' }]), 'bad-header'],
  ['a size in base 256', rawTar([{ ...a, size: '\x80\0\0\0\0\0\0\0\0\0\0\x07' }]), 'bad-header'],
  ['an absolute path', rawTar([{ ...a, path: '/a.json' }]), 'absolute-path'],
  ['a path through the parent folder', rawTar([{ ...a, path: 'x/../a.json' }]), 'parent-path'],
  ['a path with a dot segment', rawTar([{ ...a, path: './a.json' }]), 'bad-path'],
  ['an empty path', rawTar([{ ...a, path: '' }]), 'bad-path'],
  ['a path with a backslash', rawTar([{ ...a, path: 'x\\a.json' }]), 'bad-path'],
  [
    'a symbolic link',
    rawTar([{ path: 'a.json', bytes: Buffer.alloc(0), type: '2', linkTo: '/etc/passwd' }]),
    'not-a-file',
  ],
  ['a hard link', rawTar([{ path: 'a.json', bytes: Buffer.alloc(0), type: '1', linkTo: 'b.json' }]), 'not-a-file'],
  ['a folder', rawTar([{ path: 'a', bytes: Buffer.alloc(0), type: '5' }]), 'not-a-file'],
  ['a pax header', rawTar([{ path: 'a.json', bytes: Buffer.from('11 path=b\n'), type: 'x' }, b]), 'not-a-file'],
  ['an entry twice', rawTar([a, a]), 'duplicate-entry'],
  ['an entry twice, apart', rawTar([a, b, a]), 'duplicate-entry'],
  ['entries in another order', rawTar([b, a]), 'unordered-entries'],
  ['bytes after the end', Buffer.concat([good, Buffer.alloc(512)]), 'trailing-bytes'],
  ['a third block of zeros', rawTar([a, b], Buffer.alloc(1536)), 'trailing-bytes'],
  ['another mode', rawTar([{ ...a, mode: '0000755\0' }]), 'not-canonical'],
  ['a time', rawTar([{ ...a, mtime: '00000000001\0' }]), 'not-canonical'],
  ['an owner', rawTar([{ ...a, uname: 'root' }]), 'not-canonical'],
  ['something behind the path', rawTar([{ ...a, path: 'a.json\0x' }]), 'not-canonical'],
  ['padding that is not zero', flippedAt(good, 512 + 20), 'not-canonical'],
  ['an end that is not zero', flippedAt(good, good.length - 1), 'not-canonical'],
];

test.each(refused)('%s is refused', (_name, tar, reason) => {
  expect(readTar(tar)).toEqual({ ok: false, reason });
});

test('every reason for refusing a tar has its case', () => {
  expect(new Set(refused.map(([, , reason]) => reason))).toEqual(new Set(TAR_FAILURES));
});

test('every single flipped bit is refused or is in the content of an entry', () => {
  const content = new Set<number>();
  for (const [start, size] of [
    [512, a.bytes.length],
    [1536, b.bytes.length],
  ] as const) {
    for (let at = start; at < start + size; at++) content.add(at);
  }
  for (let bit = 0; bit < good.length * 8; bit++) {
    const flipped = Buffer.from(good);
    const at = bit >> 3;
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
    expect(readTar(flipped).ok, `bit ${bit}`).toBe(content.has(at));
  }
});

const entries = fc
  .uniqueArray(
    fc.record({
      path: fc.stringMatching(/^[a-z0-9_-][a-z0-9._-]{0,20}(\/[a-z0-9_-][a-z0-9._-]{0,20}){0,2}$/),
      bytes: fc.uint8Array({ maxLength: 1500 }),
    }),
    { selector: ({ path }) => path, maxLength: 16 },
  )
  .filter((list) => list.every(({ path }) => !path.split('/').includes('..')));

test('what is packed is read back, sorted', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const read = readTar(packTar(list));
      const sorted = [...list].sort((x, y) => (x.path < y.path ? -1 : 1));
      expect(read.ok && read.entries.map(({ path, bytes }) => ({ path, bytes: new Uint8Array(bytes) }))).toEqual(
        sorted,
      );
    }),
  );
});

test('the order in which entries are given does not change a byte', () => {
  fc.assert(
    fc.property(
      entries.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => {
        expect(packTar(shuffled).equals(packTar(list))).toBe(true);
      },
    ),
  );
});

test.each(['/etc/passwd', '../x', 'a//b', 'A.json', 'x'.repeat(100)])('%s cannot be packed', (path) => {
  expect(() => packTar([{ path, bytes: Buffer.alloc(0) }])).toThrow(/cannot be called/);
});

function flippedAt(tar: Buffer, at: number): Buffer {
  const flipped = Buffer.from(tar);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  return flipped;
}

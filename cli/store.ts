import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { verifyPointer, type ChannelName } from '../dataplane/bundle/verify-pointer.ts';
import { POINTER_TYPE, signEnvelope, verifyEnvelope } from '../dataplane/format/dsse.ts';
import { packPointer } from '../dataplane/format/pointer.ts';
import { integer, literal, object, text } from '../dataplane/format/shape.ts';
import { readPayload } from '../dataplane/format/signed-json.ts';
import type { PrivateKey } from '../dataplane/format/signing-key.ts';
import { bundleEnvelopePath, bundleTarPath, channelPath } from '../dataplane/format/store-paths.ts';
import type { TrustedKeys } from '../dataplane/format/trust.ts';
import { BUNDLE_BYTES_MAX, ENVELOPE_BYTES_MAX } from '../dataplane/limits.ts';
import type { Pointer } from '../schemas/types/pointer.ts';
import { refusedFile } from './bundle-file.ts';
import { failure, onPath } from './failure.ts';
import { readBytes } from './read-file.ts';
import { PUBLIC, replaceFile } from './write-file.ts';

const ID = /^[0-9a-f]{64}$/;
const ID_PREFIX = /^[0-9a-f]{6,64}$/;

export interface StoredBundle {
  readonly id: string;
  readonly tar: Buffer;
  readonly envelope: Buffer;
}

/** Writes a bundle into a store: the tar first, so that whoever sees the signatures finds what they are for. */
export async function writeBundle(store: string, bundle: StoredBundle): Promise<void> {
  await replaceFile(join(store, bundleTarPath(bundle.id)), bundle.tar, PUBLIC);
  await replaceFile(join(store, bundleEnvelopePath(bundle.id)), bundle.envelope, PUBLIC);
}

/** A bundle of a store as it lies there: nothing of it is verified. */
export async function readBundle(store: string, id: string): Promise<StoredBundle> {
  const tar = await readBytes(join(store, bundleTarPath(id)), BUNDLE_BYTES_MAX);
  const envelope = await readBytes(join(store, bundleEnvelopePath(id)), ENVELOPE_BYTES_MAX);
  return { id, tar, envelope };
}

/** The envelope beside a tar. */
export function envelopeBeside(tarPath: string): string {
  return tarPath.replace(/\.tar$/, '.dsse.json');
}

/** Ids of the bundles in a store, sorted. */
export async function bundleIds(store: string): Promise<readonly string[]> {
  const folder = join(store, 'bundles');
  const names = await onPath(folder, readdir(folder), 'a bundle store has the folders bundles and channels');
  const ids = names.filter((name) => name.endsWith('.tar')).map((name) => basename(name, '.tar'));
  return ids.filter((id) => ID.test(id)).sort();
}

/** Names of the channels of a store, sorted. */
export async function channelNames(store: string): Promise<readonly string[]> {
  const folder = join(store, 'channels');
  if (!existsSync(folder)) return [];
  const names = await onPath(folder, readdir(folder));
  return names
    .filter((name) => name.endsWith('.dsse.json'))
    .map((name) => basename(name, '.dsse.json'))
    .sort();
}

/** The one bundle of a store whose id begins with `prefix`. @throws Failure when there is none, or more than one. */
export async function findBundle(store: string, prefix: string): Promise<string> {
  if (!ID_PREFIX.test(prefix)) throw failure(prefix, 'is no bundle id: 64 hex digits, or the first 6 or more of them');
  const found = (await bundleIds(store)).filter((id) => id.startsWith(prefix));
  const [first, second] = found;
  if (first === undefined) throw failure(prefix, `is no bundle in ${store}`);
  if (second !== undefined) throw failure(prefix, `begins the id of ${found.length} bundles in ${store}`);
  return first;
}

export interface PresentPointer {
  readonly seq: number;
  /** Null when it is of an earlier format, which proxies refuse: only its `seq` still counts. */
  readonly pointer: Pointer | null;
}

/**
 * The pointer of a channel, signed by keys of the trust file; null when the channel has none yet.
 * @throws Failure (verification) when somebody else signed it: its `seq` is then nothing to count on from.
 */
export async function readChannel(
  store: string,
  trust: TrustedKeys,
  name: ChannelName,
): Promise<PresentPointer | null> {
  const path = join(store, channelPath(name.channel));
  if (!existsSync(path)) return null;
  const envelope = await readBytes(path, ENVELOPE_BYTES_MAX);
  const verified = verifyPointer(envelope, trust, name);
  if (verified.ok) return { seq: verified.pointer.seq, pointer: verified.pointer };
  const seq = formerSeq(envelope, trust, name);
  if (seq === null) throw refusedFile(path, verified);
  return { seq, pointer: null };
}

const FORMER = object<Pick<Pointer, 'workspace' | 'environment' | 'channel' | 'seq' | 'bundle'> & { format: 1 }>({
  format: literal(1),
  workspace: text(),
  environment: text(),
  channel: text(),
  seq: integer(1),
  bundle: text(),
});

/** Null when the pointer is no good one of the format before. */
function formerSeq(envelope: Buffer, trust: TrustedKeys, name: ChannelName): number | null {
  const verified = verifyEnvelope(envelope, POINTER_TYPE, trust.pointer);
  const read = verified.ok ? readPayload(FORMER, verified.payload) : verified;
  if (!read.ok) return null;
  const { workspace, environment, channel, seq } = read.value;
  const isOurs = workspace === name.workspace && environment === name.environment && channel === name.channel;
  return isOurs ? seq : null;
}

/** Lets a channel run a bundle: the pointer with the next `seq`, signed. Rolling back is a new, higher `seq` as well. */
export async function writeChannel(store: string, pointer: Pointer, key: PrivateKey): Promise<void> {
  const envelope = signEnvelope(POINTER_TYPE, packPointer(pointer), [key]);
  await replaceFile(join(store, channelPath(pointer.channel)), envelope, PUBLIC);
}

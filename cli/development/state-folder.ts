import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPrivateKey, type PrivateKey } from '../../dataplane/format/signing-key.ts';
import { failure, onPath } from '../failure.ts';
import { makeSigningKey, readSigningKey } from '../signing-key.ts';
import { emptyTrust, renderTrust, trustKey } from '../trust-file.ts';
import { PRIVATE, PUBLIC, replaceFile, writeNewFile } from '../write-file.ts';

const SEAL_KEY_BYTES = 32;

/** Where the development loop keeps what it makes on first use. Nothing in it is of use anywhere else. */
export interface StateFolder {
  readonly path: string;
  readonly bundleKey: PrivateKey;
  readonly pointerKey: PrivateKey;
  readonly files: StateFiles;
}

export interface StateFiles {
  readonly trust: string;
  readonly sealKey: string;
  /** Bundles and channels. */
  readonly store: string;
  /** The proxy's last known good. */
  readonly lastGood: string;
  readonly audit: string;
  /** Robot keys, in the clear: this folder is private. */
  readonly robots: string;
  /** Issuers of people, as `mcpgw token` needs to know them. */
  readonly issuers: string;
}

export function stateFiles(path: string): StateFiles {
  const at = (name: string): string => join(path, name);
  return {
    trust: at('trust.json'),
    sealKey: at('seal.key'),
    store: at('store'),
    lastGood: at('last-good'),
    audit: at('audit.jsonl'),
    robots: at('robots.json'),
    issuers: at('issuers.json'),
  };
}

/** Opens the folder, making what it lacks. It ignores itself in git, and only its owner may look into it. */
export async function openStateFolder(path: string, workspace: string, environment: string): Promise<StateFolder> {
  await onPath(path, mkdir(path, { recursive: true, mode: 0o700 }));
  await onPath(path, chmod(path, 0o700));
  const ignore = join(path, '.gitignore');
  if (!existsSync(ignore)) await writeNewFile(ignore, '*\n', PUBLIC);
  const files = stateFiles(path);
  const bundleKey = await keptKey(join(path, 'bundle.pem'));
  const pointerKey = await keptKey(join(path, 'pointer.pem'));
  await writeTrust(files.trust, workspace, environment, bundleKey, pointerKey);
  if (!existsSync(files.sealKey)) {
    await writeNewFile(files.sealKey, `${randomBytes(SEAL_KEY_BYTES).toString('base64')}\n`, PRIVATE);
  }
  await mkdir(join(files.store, 'bundles'), { recursive: true });
  await mkdir(join(files.store, 'channels'), { recursive: true });
  await mkdir(files.lastGood, { recursive: true });
  return { path, bundleKey, pointerKey, files };
}

/** The key in a file, made on first use. */
export async function keptKey(path: string): Promise<PrivateKey> {
  if (existsSync(path)) return readSigningKey(path);
  const key = makeSigningKey();
  await writeNewFile(path, formatPrivateKey(key), PRIVATE);
  return key;
}

/** Written anew each time: it follows from the keys and the workspace's name, which may have changed. */
async function writeTrust(
  path: string,
  workspace: string,
  environment: string,
  bundle: PrivateKey,
  pointer: PrivateKey,
): Promise<void> {
  const first = trustKey(emptyTrust(workspace, environment), 'bundle', bundle.publicKey.text);
  const second = first.ok ? trustKey(first.trust, 'pointer', pointer.publicKey.text) : first;
  if (!second.ok) throw failure(path, second.message, 'remove bundle.pem and pointer.pem beside it: new ones are made');
  await replaceFile(path, renderTrust(second.trust), PUBLIC);
}

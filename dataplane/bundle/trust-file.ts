import { parseTrust, type TrustedKeys } from '../format/trust.ts';
import { TRUST_BYTES_MAX } from '../limits.ts';
import { readBounded } from './read-bounded.ts';
import { refuse, type Refusal } from './refusal.ts';

export interface TrustFile {
  readonly ok: true;
  readonly bytes: Buffer;
  readonly keys: TrustedKeys;
}

/**
 * Reads the trust file. Returns `previous` itself while the file has not changed, so that a change is seen by identity.
 */
export async function readTrustFile(
  path: string,
  { workspace, environment }: { readonly workspace: string; readonly environment: string },
  previous: TrustFile | null,
): Promise<TrustFile | Refusal> {
  const file = await readBounded('trust', path, TRUST_BYTES_MAX);
  if (!file.ok) return file;
  if (previous?.bytes.equals(file.bytes) === true) return previous;
  const parsed = parseTrust(file.bytes);
  if (!parsed.ok) return refuse('trust', parsed.reason, parsed.message);
  const keys = parsed.trust;
  if (keys.workspace !== workspace) {
    return refuse('trust', 'wrong-workspace', `the trust file is for workspace ${keys.workspace}`);
  }
  if (keys.environment !== environment) {
    return refuse('trust', 'wrong-environment', `the trust file is for environment ${keys.environment}`);
  }
  return { ok: true, bytes: file.bytes, keys };
}

import { isUtf8 } from 'node:buffer';
import type { Trust, TrustRole } from '../../schemas/types/trust.ts';
import { TRUST_BYTES_MAX, TRUST_KEYS_MAX } from '../limits.ts';
import type { TrustedRole } from './dsse.ts';
import { parseJsonTree, plainValue } from './json-tree.ts';
import { decodeShape, integer, list, literal, object, text } from './shape.ts';
import { parsePublicKey, type PublicKey } from './signing-key.ts';

/** Why a trust file is refused. */
export const TRUST_FAILURES = [
  'too-large',
  'not-json',
  'malformed',
  'bad-key',
  'threshold-zero',
  'few-keys',
  'repeated-key',
  'shared-key',
] as const;
export type TrustFailure = (typeof TRUST_FAILURES)[number];

/** The keys a proxy believes, and for what. */
export interface TrustedKeys {
  readonly workspace: string;
  readonly environment: string;
  readonly bundle: TrustedRole;
  readonly pointer: TrustedRole;
}

export type TrustResult = { readonly ok: true; readonly trust: TrustedKeys } | TrustRefusal;
interface TrustRefusal {
  readonly ok: false;
  readonly reason: TrustFailure;
  readonly message: string;
}

const ROLE = object<TrustRole>({ keys: list(text(), TRUST_KEYS_MAX), threshold: integer(0) });
const TRUST = object<Trust>({
  format: literal(1),
  workspace: text(),
  environment: text(),
  roles: object<Trust['roles']>({ bundle: ROLE, pointer: ROLE }),
});

/**
 * Reads `trust.json` (bundle.md, Trust file). Refused: threshold 0, fewer keys than the threshold, one key twice in a
 * role, one key in two roles, a key under which anybody can sign.
 */
export function parseTrust(bytes: Uint8Array): TrustResult {
  if (bytes.length > TRUST_BYTES_MAX) return refuse('too-large', `more than ${TRUST_BYTES_MAX} bytes`);
  if (!isUtf8(bytes)) return refuse('not-json', 'not UTF-8');
  const tree = parseJsonTree(Buffer.from(bytes).toString('utf8'));
  if (!tree.ok) return refuse('not-json', tree.message);
  const decoded = decodeShape(TRUST, plainValue(tree.tree));
  if (!decoded.ok)
    return refuse('malformed', decoded.at === '' ? decoded.message : `${decoded.at}: ${decoded.message}`);
  const { workspace, environment, roles } = decoded.value;

  const bundle = readRole('bundle', roles.bundle);
  if (!bundle.ok) return bundle;
  const pointer = readRole('pointer', roles.pointer);
  if (!pointer.ok) return pointer;
  const shared = bundle.role.keys.find(({ text }) => pointer.role.keys.some((other) => other.text === text));
  if (shared !== undefined) return refuse('shared-key', `the key ${shared.id} is in two roles`);
  return { ok: true, trust: { workspace, environment, bundle: bundle.role, pointer: pointer.role } };
}

type RoleResult = { readonly ok: true; readonly role: TrustedRole } | TrustRefusal;

function readRole(name: string, { keys, threshold }: TrustRole): RoleResult {
  if (threshold === 0) return refuse('threshold-zero', `the threshold of ${name} is 0`);
  const parsed: PublicKey[] = [];
  for (const [at, text] of keys.entries()) {
    const key = parsePublicKey(text);
    if (key === null) return refuse('bad-key', `key ${at + 1} of ${name} is no Ed25519 public key in base64`);
    if (parsed.some((other) => other.text === text))
      return refuse('repeated-key', `${name} has the key ${key.id} twice`);
    parsed.push(key);
  }
  if (parsed.length < threshold) {
    return refuse('few-keys', `${name} has ${parsed.length} keys for a threshold of ${threshold}`);
  }
  return { ok: true, role: { keys: parsed, threshold } };
}

function refuse(reason: TrustFailure, message: string): TrustRefusal {
  return { ok: false, reason, message };
}

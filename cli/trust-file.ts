import { existsSync } from 'node:fs';
import type { Trust, TrustRole } from '../schemas/types/trust.ts';
import { decodeShape, integer, list, literal, object, text } from '../dataplane/format/shape.ts';
import { TRUST_BYTES_MAX } from '../dataplane/limits.ts';
import { failure } from './failure.ts';
import { parseJson } from './parse-json.ts';
import { readText } from './read-file.ts';

const ROLE = object<TrustRole>({ keys: list(text()), threshold: integer(0) });
const TRUST = object<Trust>({
  format: literal(1),
  workspace: text(),
  environment: text(),
  roles: object<Trust['roles']>({ bundle: ROLE, pointer: ROLE }),
});

export type RoleName = keyof Trust['roles'];
export const ROLE_NAMES: readonly RoleName[] = ['bundle', 'pointer'];

/** A trust file without keys: what the first `keygen` adds to. The proxy refuses it until every role has one. */
export function emptyTrust(workspace: string, environment: string): Trust {
  const role: TrustRole = { keys: [], threshold: 1 };
  return { format: 1, workspace, environment, roles: { bundle: role, pointer: role } };
}

/**
 * The trust file with one more key in a role. One key in two roles is refused (bundle.md, trust file): whoever stole it
 * could then both make a bundle and promote it.
 */
export function trustKey(
  trust: Trust,
  role: RoleName,
  key: string,
): { ok: true; trust: Trust } | { ok: false; message: string } {
  for (const name of ROLE_NAMES) {
    if (!trust.roles[name].keys.includes(key)) continue;
    const message =
      name === role
        ? `holds this key already, as role ${name}`
        : `holds this key already, in role ${name}: one key, one role`;
    return { ok: false, message };
  }
  const grown: TrustRole = { ...trust.roles[role], keys: [...trust.roles[role].keys, key] };
  return { ok: true, trust: { ...trust, roles: { ...trust.roles, [role]: grown } } };
}

export function renderTrust(trust: Trust): string {
  return `${JSON.stringify(trust, null, 2)}\n`;
}

/** Reads a trust file, tolerating roles that have no key yet; null when there is no such file. @throws Failure */
export async function readTrust(path: string): Promise<Trust | null> {
  if (!existsSync(path)) return null;
  const decoded = decodeShape(TRUST, parseJson(await readText(path, TRUST_BYTES_MAX)));
  if (!decoded.ok) {
    const where = decoded.at === '' ? '' : `${decoded.at}: `;
    throw failure(path, `is no trust file: ${where}${decoded.message}`);
  }
  return decoded.value;
}

import { existsSync } from 'node:fs';
import type { Trust, TrustRole } from '../schemas/types/trust.ts';
import { failure } from './failure.ts';
import { readText } from './read-file.ts';

const TRUST_BYTES_MAX = 1024 * 1024;

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
  const text = await readText(path, TRUST_BYTES_MAX);
  const trust = parseTrust(text);
  if (trust === null) throw failure(path, 'is no trust file (schemas/trust.schema.json)');
  return trust;
}

function parseTrust(text: string): Trust | null {
  const value = parseJson(text);
  if (!isRecord(value) || value['format'] !== 1 || !isRecord(value['roles'])) return null;
  const { workspace, environment } = value;
  if (typeof workspace !== 'string' || typeof environment !== 'string') return null;
  const bundle = parseRole(value['roles']['bundle']);
  const pointer = parseRole(value['roles']['pointer']);
  if (bundle === null || pointer === null) return null;
  return { format: 1, workspace, environment, roles: { bundle, pointer } };
}

function parseRole(value: unknown): TrustRole | null {
  if (!isRecord(value) || !Array.isArray(value['keys'])) return null;
  const { keys, threshold } = value;
  if (typeof threshold !== 'number' || !keys.every((key) => typeof key === 'string')) return null;
  return { keys, threshold };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

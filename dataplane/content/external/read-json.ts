import { JsonScanner } from '../../json/scanner.ts';

const scanner = new JsonScanner();
const ROOT = 1;

/** Reads an answer as strictly as a message: what two readers could read differently is none. Undefined = it is none. */
export function readJson(bytes: Buffer): unknown {
  return scanner.scan(bytes, ROOT) === null ? JSON.parse(bytes.toString('utf8')) : undefined;
}

/** The members of an object; null of anything else. */
export function membersByName(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null;
}

/** How entities are named, of whatever detector. */
export function isEntity(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(name);
}

import type { Secret } from '../../schemas/types/proxy.ts';
import { parseHostPattern } from '../identity/egress.ts';
import { isMapping, type RawValue } from './raw-config.ts';
import { absoluteSource, isSource } from './source.ts';

const FIELDS: ReadonlySet<string> = new Set(['from', 'to', 'use']);
const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

type Wrong = (found: RawValue, message: string) => null;

/** The secrets of `secrets`. `wrong` takes each problem and says null; a secret with a problem is not returned. */
export function readSecrets(found: RawValue, wrong: Wrong): Readonly<Record<string, Secret>> | null {
  if (!isMapping(found.value)) return wrong(found, 'expected a mapping of names');
  const secrets: [string, Secret][] = [];
  for (const [name, value] of Object.entries(found.value)) {
    const secret = readSecret({ ...found, value, origin: `${found.origin}.${name}` }, name, wrong);
    if (secret !== null) secrets.push([name, secret]);
  }
  return Object.fromEntries(secrets);
}

function readSecret(found: RawValue, name: string, wrong: Wrong): Secret | null {
  if (!SECRET_NAME.test(name)) return wrong(found, 'the name has characters other than letters, digits, ., _ and -');
  const { value } = found;
  if (!isMapping(value)) return wrong(found, 'expected {from: file:PATH or env:NAME, to: [host]}');
  const extra = Object.keys(value).find((key) => !FIELDS.has(key));
  if (extra !== undefined) return wrong(found, `${JSON.stringify(extra)} is not a field of a secret: remove it`);
  const { from, to, use } = value;
  if (typeof from !== 'string' || !isSource(from)) return wrong(found, 'from is neither file:PATH nor env:NAME');
  if (use !== undefined) {
    if (use !== 'hash') return wrong(found, 'use is not hash, which is all that it can be');
    // Hashes are shown: what authenticates somewhere must not be guessed at from them.
    if (to !== undefined) return wrong(found, 'a key for hashes is sent nowhere: remove either to or use');
    return { from: absoluteSource(from, found.folder), use };
  }
  if (!isHosts(to)) return wrong(found, 'to is not a list of hosts: name where it may be sent');
  const bad = to.find((host) => parseHostPattern(host) === null);
  if (bad !== undefined) {
    return wrong(found, `${JSON.stringify(bad)} in to is neither host, host:port nor *.domain`);
  }
  return { from: absoluteSource(from, found.folder), to };
}

const isHosts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && item !== '');

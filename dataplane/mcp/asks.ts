import { memberOf, parseJsonTree, plainValue, type JsonTree } from '../format/json-tree.ts';
import { foldKey } from '../json/fold.ts';
import type { Ask, ClientCapabilities, ClientCapability } from './client-capabilities.ts';

/** What a server asks of a client, in either era: the method and parameters of a request, or of an input request. */
export interface Asked {
  readonly method: string | null;
  /** JSON text. */
  readonly params: string | null;
}

export type AskRefusal =
  | 'unknown-method'
  /** The assignment's `asks` do not have it. */
  | 'not-allowed'
  /** The client cannot do it. */
  | 'not-declared'
  | 'malformed'
  /** A form must not ask for secrets (2025-11-25 client/elicitation, Security Considerations). */
  | 'secret-field'
  /** Not https, or a host that `urlHosts` lacks. */
  | 'url';

export type AskVerdict = { readonly ok: true; readonly ask: Ask } | { readonly ok: false; readonly reason: AskRefusal };

/** Methods whose answer may ask for input (2026-07-28 basic/patterns/mrtr). */
export const MAY_ASK: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** What an assignment lets its server ask. */
export interface AskPolicy {
  readonly asks: readonly Ask[];
  readonly urlHosts: readonly string[];
}

/** Names of form fields that people would answer with a secret. Words of a name, in lower case. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'secret',
  'secrets',
  'credential',
  'credentials',
  'apikey',
  'accesskey',
  'privatekey',
  'accesstoken',
  'apitoken',
  'authtoken',
  'otp',
  'pin',
  'cvv',
  'cvc',
]);

/** Members on which is decided: one that only resembles them is refused, since a client may take it for them. */
const PARAMS: readonly string[] = ['mode', 'url', 'message', 'elicitationId', 'requestedSchema', 'messages', 'tools'];
const SCHEMA: readonly string[] = ['properties'];

/** https, a host and perhaps a port, then what every reader of URLs takes for the rest: no user, no backslash, no blank. */
const PLAIN_URL = /^https:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][!-[\]-~]*)?$/i;

/** Whether a server may ask that of this client (language.md, `asks`; protocol.md 1.6). */
export function checkAsk(policy: AskPolicy, client: ClientCapabilities, { method, params }: Asked): AskVerdict {
  const parsed = params === null ? null : parseJsonTree(params);
  if (parsed !== null && !parsed.ok) return refused('malformed');
  const tree = parsed?.tree ?? null;
  if (tree !== null && hasLookAlike(tree, PARAMS)) return refused('malformed');
  const ask = askOf(method, tree);
  if (ask === null) return refused('unknown-method');
  if (!policy.asks.includes(ask)) return refused('not-allowed');
  if (neededFor(ask, tree).some((capability) => !client.has.has(capability))) return refused('not-declared');
  if (ask === 'url' && !leadsTo(policy.urlHosts, textOf(tree, 'url'))) return refused('url');
  if (ask === 'form' && asksForSecret(tree)) return refused('secret-field');
  return { ok: true, ask };
}

function askOf(method: string | null, params: JsonTree | null): Ask | null {
  switch (method) {
    case 'elicitation/create':
      return elicitationOf(params);
    case 'sampling/createMessage':
      return 'sampling';
    case 'roots/list':
      return 'roots';
    case null:
    default:
      return null;
  }
}

/** Null: it is neither, or both. A form without a mode is one of before there were pages (2025-06-18). */
function elicitationOf(params: JsonTree | null): 'form' | 'url' | null {
  const mode = params === null ? null : memberOf(params, 'mode');
  if (mode?.kind === 'string' && mode.value === 'url') return 'url';
  const isForm = mode === null || (mode.kind === 'string' && mode.value === 'form');
  return isForm && (params === null || memberOf(params, 'url') === null) ? 'form' : null;
}

/** Whether an object has a key that some reader could take for one of these (language.md, rule 11). */
export function hasLookAlike(tree: JsonTree, names: readonly string[]): boolean {
  if (tree.kind !== 'object') return false;
  const folded = new Set(names.map(foldKey));
  return tree.members.some(({ key }) => !names.includes(key) && folded.has(foldKey(key)));
}

function neededFor(ask: Ask, params: JsonTree | null): readonly ClientCapability[] {
  if (ask !== 'sampling' || params === null) return [ask];
  return memberOf(params, 'tools') === null ? ['sampling'] : ['sampling', 'sampling-tools'];
}

function leadsTo(hosts: readonly string[], text: string | null): boolean {
  const url = text === null || !PLAIN_URL.test(text) ? null : URL.parse(text);
  return url !== null && hosts.includes(url.hostname);
}

function asksForSecret(params: JsonTree | null): boolean {
  const schema = params === null ? null : memberOf(params, 'requestedSchema');
  if (schema === null) return false;
  if (hasLookAlike(schema, SCHEMA)) return true;
  const properties = memberOf(schema, 'properties');
  if (properties?.kind !== 'object') return false;
  return properties.members.some(({ key, value }) => isSecret(key) || isSecretText(value));
}

const isSecret = (name: string): boolean => wordsOf(name).some((word) => SECRET_WORDS.has(word));

/** Whether a field that takes any text is shown as one for a secret, whatever its name. */
function isSecretText(field: JsonTree): boolean {
  if (textOf(field, 'type') !== 'string' || memberOf(field, 'enum') !== null) return false;
  return textOf(field, 'format') === 'password' || isSecret(textOf(field, 'title') ?? '');
}

/** `apiKey`, `api_key` and `API-KEY` are the words `api`, `key` and, joined, `apikey`. */
function wordsOf(name: string): readonly string[] {
  const words = name
    .normalize('NFKC')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return [...words, ...words.slice(1).map((word, at) => `${words[at] ?? ''}${word}`)];
}

function textOf(tree: JsonTree | null, key: string): string | null {
  const member = tree === null ? null : memberOf(tree, key);
  const value = member === null ? null : plainValue(member);
  return typeof value === 'string' ? value : null;
}

const refused = (reason: AskRefusal): AskVerdict => ({ ok: false, reason });

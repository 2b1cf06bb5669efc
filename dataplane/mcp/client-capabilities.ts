import { BoundedCache } from '../bounded-cache.ts';
import { memberOf, parseJsonTree, type JsonTree } from '../format/json-tree.ts';
import { CAPABILITIES_CACHED_MAX } from '../limits.ts';
import type { Span } from './scan-level.ts';

/** What an assignment lets its server ask of a client (language.md, `asks`). */
const ASKS = ['form', 'roots', 'sampling', 'url'] as const;
export type Ask = (typeof ASKS)[number];

/** What of it a client can do, finer where the protocol is. */
export const CLIENT_CAPABILITIES = [...ASKS, 'sampling-context', 'sampling-tools'] as const;
export type ClientCapability = (typeof CLIENT_CAPABILITIES)[number];

export interface ClientCapabilities {
  readonly has: ReadonlySet<ClientCapability>;
  /** Whether it declared anything that is not passed on: extensions, experiments, what nobody knows. */
  readonly more: boolean;
}

/** A client that can do everything that is passed on. */
export const EVERYTHING: ClientCapabilities = { has: new Set(CLIENT_CAPABILITIES), more: false };
/** A client that can do nothing. */
export const NOTHING: ClientCapabilities = { has: new Set(), more: false };

const ASK_OF: Readonly<Record<ClientCapability, Ask>> = {
  form: 'form',
  url: 'url',
  roots: 'roots',
  sampling: 'sampling',
  'sampling-context': 'sampling',
  'sampling-tools': 'sampling',
};

const known = new BoundedCache<string, ClientCapabilities>(CAPABILITIES_CACHED_MAX);

/** What a client declares, in `initialize` or in a modern request's `_meta`; `span` is an object in a scanned body. */
export function readCapabilities(body: Buffer, span: Span | null): ClientCapabilities {
  if (span === null || span.end - span.start <= 2) return NOTHING;
  const text = body.toString('utf8', span.start, span.end);
  const found = known.get(text);
  if (found !== undefined) return found;
  const parsed = parseJsonTree(text);
  const read = parsed.ok ? readCapabilityTree(parsed.tree) : NOTHING;
  known.set(text, read);
  return read;
}

/** As `readCapabilities`, of an object that was parsed before. */
export function readCapabilityTree(tree: JsonTree): ClientCapabilities {
  const has = new Set<ClientCapability>();
  const elicitation = memberOf(tree, 'elicitation');
  const sampling = memberOf(tree, 'sampling');
  if (elicitation !== null) {
    const url = memberOf(elicitation, 'url') !== null;
    // An empty object means forms (2025-11-25 client/elicitation, Capabilities).
    if (memberOf(elicitation, 'form') !== null || !url) has.add('form');
    if (url) has.add('url');
  }
  if (sampling !== null) {
    has.add('sampling');
    if (memberOf(sampling, 'tools') !== null) has.add('sampling-tools');
    if (memberOf(sampling, 'context') !== null) has.add('sampling-context');
  }
  if (memberOf(tree, 'roots') !== null) has.add('roots');
  return { has, more: !isWithin(tree, KNOWN) };
}

/** All that is passed on as it was declared, level by level; null = an empty object, or a boolean. */
interface KnownMembers {
  readonly [key: string]: KnownMembers | null;
}

const KNOWN: KnownMembers = {
  elicitation: { form: { applyDefaults: null }, url: null },
  roots: { listChanged: null },
  sampling: { context: null, tools: null },
};

/** Whether a declaration has nothing that is not known, and so no text of anybody's. */
function isWithin(tree: JsonTree, known: KnownMembers | null): boolean {
  if (tree.kind === 'literal') return known === null && tree.value !== null;
  if (tree.kind !== 'object') return false;
  return tree.members.every(({ key, value }) => {
    if (known === null || !Object.hasOwn(known, key)) return false;
    return isWithin(value, known[key] ?? null);
  });
}

/** What is left of a client's capabilities for a server that may ask for `asks`. */
export function allowedCapabilities(asks: readonly Ask[], client: ClientCapabilities): ClientCapabilities {
  if (client.has.size === 0 || asks.length === 0) return NOTHING;
  return { has: new Set([...client.has].filter((capability) => asks.includes(ASK_OF[capability]))), more: false };
}

/**
 * The capabilities declared to a server, as JSON text. Which tools some servers offer depends on them, so whoever records
 * a server's tools declares everything.
 */
export function renderCapabilities({ has }: ClientCapabilities): string {
  if (has.size === 0) return '{}';
  const elicitation = { ...(has.has('form') ? { form: {} } : {}), ...(has.has('url') ? { url: {} } : {}) };
  const sampling = {
    ...(has.has('sampling-context') ? { context: {} } : {}),
    ...(has.has('sampling-tools') ? { tools: {} } : {}),
  };
  return JSON.stringify({
    ...(has.has('form') || has.has('url') ? { elicitation } : {}),
    ...(has.has('roots') ? { roots: { listChanged: true } } : {}),
    ...(has.has('sampling') ? { sampling } : {}),
  });
}

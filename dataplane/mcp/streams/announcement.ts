import { memberOf, parseJsonTree } from '../../format/json-tree.ts';
import type { ScannedResponse } from '../scan-response.ts';

/** Kinds of lists that a server may announce a change of. */
export type ListKind = 'tools' | 'prompts' | 'resources';

/** Something a server says to nobody in particular. */
export type Announcement =
  | { readonly kind: 'list'; readonly list: ListKind }
  | { readonly kind: 'resource'; readonly uri: string }
  | { readonly kind: 'log'; readonly level: string | null }
  | { readonly kind: 'elicitation' }
  | { readonly kind: 'other' };

/** What a notification announces. */
export function readAnnouncement({ method, uri, level }: ScannedResponse): Announcement {
  switch (method ?? '') {
    case 'notifications/tools/list_changed':
      return { kind: 'list', list: 'tools' };
    case 'notifications/prompts/list_changed':
      return { kind: 'list', list: 'prompts' };
    case 'notifications/resources/list_changed':
      return { kind: 'list', list: 'resources' };
    case 'notifications/resources/updated':
      return uri === null ? { kind: 'other' } : { kind: 'resource', uri: uri.text };
    case 'notifications/message':
      return { kind: 'log', level };
    case 'notifications/elicitation/complete':
      return { kind: 'elicitation' };
    default:
      return { kind: 'other' };
  }
}

/**
 * A notification of our own. `subscription`: the id of the modern request that it belongs to, as JSON text; null = a
 * legacy stream.
 */
export function writeNotification(
  method: string,
  params: Readonly<Record<string, unknown>>,
  subscription: Buffer | null,
): Buffer {
  const members = Object.entries(params).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  if (subscription !== null) members.unshift(`"_meta":{${SUBSCRIPTION_ID}:${subscription.toString('utf8')}}`);
  const text = members.length === 0 ? '' : `,"params":{${members.join(',')}}`;
  return Buffer.from(`{"jsonrpc":"2.0","method":${JSON.stringify(method)}${text}}`);
}

/** The result that ends a subscription in good order (2026-07-28 basic/patterns/subscriptions, Graceful Closure). */
export function writeGracefulEnd(subscription: Buffer): string {
  return `{"resultType":"complete","_meta":{${SUBSCRIPTION_ID}:${subscription.toString('utf8')}}}`;
}

const SUBSCRIPTION_ID = '"io.modelcontextprotocol/subscriptionId"';

/** What a modern client wants to hear (2026-07-28 basic/patterns/subscriptions, Notification Filter). */
export interface Wants {
  readonly lists: ReadonlySet<ListKind>;
  readonly uris: readonly string[];
}

const FILTERS: readonly (readonly [member: string, list: ListKind])[] = [
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
];

/** Reads `params.notifications`, JSON text; null when it is none. */
export function readWants(text: string, urisMax: number): Wants | null {
  const parsed = parseJsonTree(text);
  if (!parsed.ok || parsed.tree.kind !== 'object') return null;
  const lists = new Set<ListKind>();
  for (const [member, list] of FILTERS) {
    const value = memberOf(parsed.tree, member);
    if (value === null) continue;
    if (value.kind !== 'literal' || value.value === null) return null;
    if (value.value) lists.add(list);
  }
  const subscriptions = memberOf(parsed.tree, 'resourceSubscriptions');
  if (subscriptions === null) return { lists, uris: [] };
  if (subscriptions.kind !== 'array' || subscriptions.items.length > urisMax) return null;
  const uris: string[] = [];
  for (const item of subscriptions.items) {
    if (item.kind !== 'string') return null;
    uris.push(item.value);
  }
  return { lists, uris: [...new Set(uris)] };
}

/** The same as a member of the acknowledgement, or of a request to a server. */
export function renderWants({ lists, uris }: Wants): Readonly<Record<string, unknown>> {
  const wanted = FILTERS.filter(([, list]) => lists.has(list)).map(([member]) => [member, true] as const);
  return { ...Object.fromEntries(wanted), ...(uris.length === 0 ? {} : { resourceSubscriptions: uris }) };
}

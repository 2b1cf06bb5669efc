import { KnownKeys } from '../../json/known-keys.ts';
import { JsonScanner } from '../../json/scanner.ts';
import { ARRAY, NUMBER, OBJECT } from '../../json/tape.ts';
import { LIST_BYTES_MAX, LIST_ITEMS_MAX, LIST_PAGES_MAX } from '../../limits.ts';
import type { Channel } from '../../upstream/channel.ts';
import type { CallFailure } from '../refusals.ts';
import type { Span } from '../scan-level.ts';
import { askChannel, type Question } from './ask-channel.ts';

/** A list of an upstream: the method, and the member of its result that has the entries. */
export interface UpstreamList {
  readonly method: 'tools/list' | 'prompts/list' | 'resources/templates/list' | 'resources/list';
  readonly member: 'tools' | 'prompts' | 'resourceTemplates' | 'resources';
}

export type Drained =
  | {
      readonly ok: true;
      /** The entries that are objects, byte for byte, in the server's order. */
      readonly items: readonly Buffer[];
      /** False: there is more than is taken of one server, or it sent a cursor twice. */
      readonly complete: boolean;
      /** How long the server lets the list be kept: the shortest time of its pages; null in the legacy eras, which do not say. */
      readonly ttlMs: number | null;
      /** Of all pages. */
      readonly bytes: number;
    }
  | { readonly ok: false; readonly reason: CallFailure };

interface Page {
  readonly items: readonly Buffer[];
  readonly ttlMs: number;
}

/**
 * All pages of a list of an upstream (2026-07-28 server/utilities/pagination: a cursor is whatever text the server sends,
 * the empty one included), within bounds of pages, entries and bytes. A server that does not have the method has an empty
 * list. A page that is not what it should be fails the whole: half a list is worse than none. Never rejects.
 *
 * @param ask What all questions have in common.
 * @param signal Gives it up.
 */
export async function drainList(
  channel: Channel,
  list: UpstreamList,
  ask: Pick<Question, 'capabilities' | 'headers'>,
  signal: AbortSignal,
): Promise<Drained> {
  const items: Buffer[] = [];
  const cursors = new Set<string>();
  let cursor: string | null = null;
  let ttlMs = Number.MAX_SAFE_INTEGER;
  let bytes = 0;
  const drained = (complete: boolean): Drained => {
    const known = channel.era === 'modern' ? ttlMs : null;
    return { ok: true, items: items.slice(0, LIST_ITEMS_MAX), complete, ttlMs: known, bytes };
  };
  for (let pages = 0; pages < LIST_PAGES_MAX; pages++) {
    const params: Record<string, string> = cursor === null ? {} : { cursor };
    const answer = await askChannel(channel, { ...ask, method: list.method, params }, signal);
    if (!answer.ok) return answer;
    const { message } = answer;
    if (message.kind === 'error') {
      if (pages === 0 && codeOf(answer.bytes, message.errorCode) === METHOD_NOT_FOUND) return EMPTY;
      return { ok: false, reason: 'upstream-rejected' };
    }
    const page = message.result === null ? null : readPage(answer.bytes, message.result, list.member);
    if (page === null) return { ok: false, reason: 'upstream-malformed' };
    items.push(...page.items);
    ttlMs = Math.min(ttlMs, page.ttlMs);
    bytes += answer.bytes.length;
    cursor = message.nextCursor?.text ?? null;
    if (cursor === null) return drained(items.length <= LIST_ITEMS_MAX);
    if (cursors.has(cursor) || items.length >= LIST_ITEMS_MAX || bytes >= LIST_BYTES_MAX) return drained(false);
    cursors.add(cursor);
  }
  return drained(false);
}

const METHOD_NOT_FOUND = -32_601;
const EMPTY: Drained = { ok: true, items: [], complete: true, ttlMs: 0, bytes: 0 };

const scanner = new JsonScanner();
/** The result, its members, the entries. */
const LEVELS = 3;
const TTL = new KnownKeys(['ttlMs']);

/** `result`: of a message that was scanned, so that no key only resembles the ones looked for. Null: it is no such page. */
function readPage(bytes: Buffer, result: Span, member: UpstreamList['member']): Page | null {
  const key = Buffer.from(JSON.stringify(member));
  if (scanner.scanWithin(bytes, result.start, result.end, LEVELS) !== null) return null;
  const { tape } = scanner;
  let items: Buffer[] | null = null;
  // Absent means that the list must not be kept (2026-07-28 server/utilities/caching).
  let ttlMs = 0;
  for (let node = 1; node < tape.length; node = tape.next(node)) {
    const start = tape.keyStart(node);
    const end = tape.keyEnd(node);
    if (TTL.indexOf(bytes, start, end) === 0 && tape.kind(node) === NUMBER) {
      const value = Number(bytes.toString('latin1', tape.start(node), tape.end(node)));
      ttlMs = Number.isSafeInteger(value) ? Math.max(value, 0) : 0;
    } else if (key.equals(bytes.subarray(start, end)) && tape.kind(node) === ARRAY) {
      items = [];
      const after = tape.next(node);
      for (let item = node + 1; item < after; item = tape.next(item)) {
        if (tape.kind(item) === OBJECT) items.push(bytes.subarray(tape.start(item), tape.end(item)));
      }
    }
  }
  return items === null ? null : { items, ttlMs };
}

function codeOf(bytes: Buffer, span: Span | null): number {
  return span === null ? Number.NaN : Number(bytes.toString('latin1', span.start, span.end));
}

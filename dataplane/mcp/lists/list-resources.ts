import type { Assignment } from '../../../schemas/types/policy.ts';
import { readable, type View } from '../../decide/index.ts';
import {
  LIST_SCREENING_MS_MAX,
  LIST_TTL_MS,
  RESOURCES_PAGE_BYTES_MAX,
  RESOURCES_PAGE_ITEMS_MAX,
} from '../../limits.ts';
import { traceHeaders } from '../../upstream/request-headers.ts';
import { renderCapabilities } from '../client-capabilities.ts';
import { contentRules } from '../content-rules.ts';
import type { McpRequest, Services } from '../mcp-request.ts';
import { capabilitiesFor, channelOwner, openChannel } from '../open-channel.ts';
import type { Waiter } from '../redact-scanned.ts';
import type { CallFailure } from '../refusals.ts';
import { serverInfoOf } from '../server-profile.ts';
import { uriMapper } from '../uri-mapper.ts';
import { watchClient } from '../watch-client.ts';
import { drainList, type Drained } from './drain-list.ts';
import { digestList, openCursor, sealCursor, type Cursor, type CursorOwner } from './list-cursor.ts';
import { LiveLists, type LiveResult } from './live-lists.ts';
import { modernMembers } from './modern-members.ts';
import { showEntries } from './resource-entries.ts';

const RESOURCES = { method: 'resources/list', member: 'resources' } as const;

const liveLists = new WeakMap<Services['channels'], LiveLists>();

/** The resources of an upstream changed: what is kept for the owner of a channel to it answers nobody any more. */
export function forgetResources(channels: Services['channels'], owner: string): void {
  liveLists.get(channels)?.forget(owner);
}

/**
 * `resources/list`: resources are data and in no bundle, so every server of which the caller may read something is asked,
 * all at once, and what the caller may not know of is left out (design.md, decision 5). In the order of the assignments'
 * names, then the server's own. A server that does not answer costs its own resources; when none does, there is no list.
 */
export async function listResources(services: Services, request: McpRequest): Promise<void> {
  const { turn, choice, call } = request;
  const { view } = choice;
  const cursor = cursorOf(services, request);
  if (cursor === 'unknown') {
    turn.refuse('unknown-cursor');
    return;
  }
  const sources = view === null ? [] : readable(view, call);
  if (view === null || sources.length === 0) {
    answer(services, request, { entries: [], ttlMs: LIST_TTL_MS }, cursor);
    return;
  }
  const startedMs = performance.now();
  const leaving = watchClient(services, request, 'ends');
  const lists = await Promise.all(
    sources.map((source) => fetchResources(services, request, source, cursor !== null, leaving.signal)),
  );
  if (turn.over) return;
  turn.record.upstreamMs = performance.now() - startedMs;
  const failures = lists.flatMap((list, at) => (list.ok ? [] : [{ reason: list.reason, source: sources[at] }]));
  const [failure] = failures;
  if (failure !== undefined && failures.length === lists.length) {
    const { reason, source } = failure;
    leaving.stop();
    turn.refuse(reason, reason === 'internal' ? {} : { subject: `server ${source?.name ?? ''}` });
    return;
  }
  const waiter: Waiter = {
    get signal() {
      return AbortSignal.any([leaving.signal, AbortSignal.timeout(LIST_SCREENING_MS_MAX)]);
    },
  };
  const shown = await Promise.all(sources.map((source, at) => show(request, view, source, lists[at], waiter)));
  leaving.stop();
  if (turn.over) return;
  const entries = shown.flat();
  const isWhole = lists.every((list) => list.ok && list.list.drained.complete);
  if (!isWhole) turn.record.error = 'partial';
  answer(services, request, { entries, ttlMs: isWhole ? remainingMs(lists) : 0 }, cursor);
}

async function fetchResources(
  services: Services,
  request: McpRequest,
  assignment: Assignment,
  isContinued: boolean,
  signal: AbortSignal,
): Promise<LiveResult> {
  const { bundle } = request.snapshot;
  const known = liveLists.get(services.channels) ?? new LiveLists();
  liveLists.set(services.channels, known);
  const fetch = async (given: AbortSignal): Promise<Drained> => {
    const opened = await openChannel(services, request, assignment);
    if (!opened.ok) return opened;
    const capabilities = renderCapabilities(capabilitiesFor(request, assignment));
    const headers = traceHeaders(request.turn.exchange.headers.get('traceparent'));
    const drained = await drainList(opened.channel, RESOURCES, { capabilities, headers }, given);
    const failure: CallFailure | null = drained.ok ? null : drained.reason;
    services.health.note(bundle.policy.servers[assignment.server]?.name ?? '', failure);
    return drained;
  };
  return known.get({ owner: channelOwner(request, assignment), bundle: bundle.id, isContinued, fetch }, signal);
}

/** What the caller gets of one server's list, and the record of what content rules found in it. */
async function show(
  request: McpRequest,
  view: View,
  assignment: Assignment,
  result: LiveResult | undefined,
  waiter: Waiter,
): Promise<readonly Buffer[]> {
  const { turn, snapshot, call, choice } = request;
  if (result?.ok !== true) return [];
  const about = { server: assignment.server, definition: -1 };
  const rules = contentRules(snapshot, call.caller, choice, about, 'to-client');
  const mapUri = uriMapper(request, assignment);
  const { items } = result.list.drained;
  const { entries, findings, complete } = await showEntries({ view, call, assignment, rules, mapUri }, items, waiter);
  turn.record.addFindings('to-client', findings);
  if (!complete) turn.record.error = 'partial';
  return entries;
}

/** How long the youngest of the lists is still good. */
function remainingMs(lists: readonly LiveResult[]): number {
  const nowMs = performance.now();
  const remaining = lists.map((list) => (list.ok ? list.list.freshUntilMs - nowMs : 0));
  return Math.max(0, Math.floor(Math.min(LIST_TTL_MS, ...remaining)));
}

interface WholeList {
  readonly entries: readonly Buffer[];
  readonly ttlMs: number;
}

/** Answers with the page that begins where the cursor says. */
function answer(services: Services, request: McpRequest, { entries, ttlMs }: WholeList, cursor: Cursor | null): void {
  const { turn, era, call, choice, snapshot } = request;
  const offset = cursor?.offset ?? 0;
  const after = pageEnd(entries, offset);
  const isPart = cursor !== null || after < entries.length;
  const digest = isPart ? digestList(entries) : '';
  if (cursor !== null && cursor.digest !== digest) {
    turn.refuse('list-changed');
    return;
  }
  const next =
    after < entries.length ? sealCursor(services.ring, ownerOf(request), { offset: after, digest }, call.nowMs) : null;
  const more = era === 'modern' ? modernMembers(ttlMs, serverInfoOf(choice, snapshot.bundle.catalog)) : '';
  const parts: Buffer[] = [HEAD];
  for (const [at, entry] of entries.slice(offset, after).entries()) parts.push(at === 0 ? NOTHING : COMMA, entry);
  parts.push(Buffer.from(`]${next === null ? '' : `,"nextCursor":${JSON.stringify(next)}`}${more}}`));
  turn.record.outcome = 'ok';
  turn.result(Buffer.concat(parts));
}

const HEAD = Buffer.from('{"resources":[');
const COMMA = Buffer.from(',');
const NOTHING = Buffer.alloc(0);

/** The entry after the last of the page that begins at `offset`; there is at least one where any is left. */
function pageEnd(entries: readonly Buffer[], offset: number): number {
  let bytes = 0;
  let after = offset;
  while (after < entries.length && after - offset < RESOURCES_PAGE_ITEMS_MAX) {
    bytes += (entries[after]?.length ?? 0) + 1;
    if (bytes > RESOURCES_PAGE_BYTES_MAX && after > offset) break;
    after++;
  }
  return after;
}

function cursorOf(services: Services, request: McpRequest): Cursor | null | 'unknown' {
  const { cursor } = request.message;
  if (cursor === null) return null;
  return openCursor(services.ring, ownerOf(request), cursor.text, request.call.nowMs) ?? 'unknown';
}

const ownerOf = ({ identity, choice }: McpRequest): CursorOwner => ({
  principal: identity.key,
  gateway: choice.gateway ?? '',
  method: RESOURCES.method,
});

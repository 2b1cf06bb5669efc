import { notNormal } from '../format/normal-uri.ts';
import { RESOURCE_URI_UNITS_MAX } from '../limits.ts';
import type { Assignment } from '../../schemas/types/policy.ts';
import type { Call } from './call.ts';
import { denied, UNKNOWN_NAME, type Absence, type Decision } from './decision.ts';
import { conceals, isInForce, judge, mayOpen } from './judge.ts';
import { leadsBack, ownUri } from './uris.ts';
import type { ResourceAccess, View } from './view.ts';

/** Whether a resource may be read, and whose it is. */
export interface ResourceDecision {
  readonly decision: Decision;
  /** Where it would be read; `uri` is the upstream's own. Null when the URI is nobody's, or not in normal form. */
  readonly target: { readonly assignment: Assignment; readonly server: number; readonly uri: string } | null;
  /** Why the URI names nothing; null when it does. */
  readonly problem: 'not-normal' | 'unknown' | null;
}

const UNKNOWN_URI: ResourceDecision = { decision: UNKNOWN_NAME, target: null, problem: 'unknown' };
const NOT_NORMAL: ResourceDecision = { decision: UNKNOWN_NAME, target: null, problem: 'not-normal' };

/**
 * HOT PATH: once per read of a resource, whose URI is as the client wrote it. Allocates what it answers and, where
 * conditions are to be asked, a frame; cannot throw, and ends in deny. Patterns and conditions see the upstream's own URI
 * (language.md, rule 10); one that is not in normal form is refused before it is compared, unless its server's are opaque.
 */
export function decideResource(view: View, uri: string, call: Call): ResourceDecision {
  const { gateway } = view;
  if (uri.length > RESOURCE_URI_UNITS_MAX) return NOT_NORMAL;
  const owned = ownUri(gateway, uri);
  if (owned === null) return notNormal(uri) === null ? UNKNOWN_URI : NOT_NORMAL;
  const { assignment } = owned;
  if (!isComparable(view, assignment, owned.uri)) return NOT_NORMAL;
  const access = view.resources.get(assignment.name);
  if (access === undefined) return UNKNOWN_URI;
  const target = { assignment, server: assignment.server, uri: owned.uri };
  return { decision: decideOwn(view, access, owned.uri, call), target, problem: null };
}

function isComparable({ gateway }: View, { server }: Assignment, uri: string): boolean {
  return (gateway.policy.servers[server]?.opaqueUris ?? false) || notNormal(uri) === null;
}

function decideOwn(view: View, access: ResourceAccess, uri: string, call: Call): Decision {
  const decision = decideGranted(view, access, uri, call);
  if (!decision.allow && decision.hidden) return decision;
  // Nobody is told that it would be there at other times.
  const withheld = view.gateway.tables.withheld.reason(access.slot, call.nowMs);
  return withheld === null ? decision : denied(withheld, access.slot);
}

function decideGranted(view: View, access: ResourceAccess, uri: string, call: Call): Decision {
  const { slot } = access;
  if (access.isConditional) return decideConditionally(view, access, uri, call);
  const found = access.index.ownersOf(uri);
  if (found.length === 0) return denied(absence(access, uri), slot);
  if (isOver(view, call)) return denied('expired', slot);
  let first = access.candidates.length;
  for (const at of found) if (at < first && isOpenAt(access, at, call)) first = at;
  return access.candidates[first]?.decision ?? denied('expired', slot);
}

function isOpenAt({ candidates }: ResourceAccess, at: number, { nowMs }: Call): boolean {
  const candidate = candidates[at];
  return candidate !== undefined && isInForce(candidate, nowMs);
}

function decideConditionally(view: View, access: ResourceAccess, uri: string, call: Call): Decision {
  const { policy } = view.gateway;
  const { slot } = access;
  const found = [...new Set(access.index.ownersOf(uri))].sort((a, b) => a - b);
  const candidates = found.flatMap((at) => access.candidates[at] ?? []);
  if (candidates.length === 0) return denied(absence(access, uri), slot);
  const isExpired = isOver(view, call) || !candidates.some((candidate) => isInForce(candidate, call.nowMs));
  if (isExpired) return denied('expired', slot);
  const guards = access.guards.filter(({ uris }) => uris === null || uris.matches(uri));
  const asked = { call, frame: call.resourceFrame(policy, uri), policy, unfit: null };
  const decision = judge({ slot, candidates, guards }, asked);
  return decision.allow ? decision : { ...decision, hidden: !isVisible(view, access, uri, call.listing) };
}

const isOver = (view: View, { nowMs }: Call): boolean => view.expires !== 0 && view.expires <= nowMs;

/** Why no candidate matches: what would have given it to the caller has stopped, or nothing ever did. */
function absence({ stopped, reason }: ResourceAccess, uri: string): Absence {
  for (const uris of stopped) if (uris.matches(uri)) return reason;
  return 'no-grant';
}

/**
 * HOT PATH: once per resource of an upstream's list. Whether the list that a caller gets may show it (language.md, rule 5):
 * its URI is known, the time of a call is not. What `decideResource` allows is visible.
 *
 * @param upstreamUri The upstream's own.
 */
export function resourceVisible(view: View, assignment: Assignment, upstreamUri: string, call: Call): boolean {
  const access = view.resources.get(assignment.name);
  if (access === undefined || access.candidates.length === 0 || upstreamUri.length > RESOURCE_URI_UNITS_MAX)
    return false;
  if (!leadsBack(view.gateway, assignment, upstreamUri) || !isComparable(view, assignment, upstreamUri)) return false;
  return isVisible(view, access, upstreamUri, call.listing);
}

function isVisible(view: View, access: ResourceAccess, uri: string, listing: Call): boolean {
  const { nowMs } = listing;
  if (isOver(view, listing) || view.gateway.tables.withheld.reason(access.slot, nowMs) !== null) return false;
  const found = access.index.ownersOf(uri);
  if (!access.isConditional) {
    for (const at of found) if (isOpenAt(access, at, listing)) return true;
    return false;
  }
  if (found.length === 0) return false;
  const frame = listing.resourceFrame(view.gateway.policy, uri);
  const mayHold = (at: number): boolean => {
    const candidate = access.candidates[at];
    return candidate !== undefined && mayOpen(candidate, frame, nowMs);
  };
  return (
    found.some(mayHold) &&
    !access.guards.some((guard) => (guard.uris === null || guard.uris.matches(uri)) && conceals(guard, frame))
  );
}

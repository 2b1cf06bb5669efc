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
  let isMatched = false;
  for (const candidate of access.candidates) {
    if (!candidate.uris.matches(uri)) continue;
    isMatched = true;
    if (isInForce(candidate, call.nowMs) && !isOver(view, call)) return candidate.decision;
  }
  return denied(isMatched ? 'expired' : absence(access, uri), slot);
}

function decideConditionally(view: View, access: ResourceAccess, uri: string, call: Call): Decision {
  const { policy } = view.gateway;
  const { slot } = access;
  const candidates = access.candidates.filter(({ uris }) => uris.matches(uri));
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
  if (!access.isConditional) {
    for (const candidate of access.candidates) {
      if (isInForce(candidate, nowMs) && candidate.uris.matches(uri)) return true;
    }
    return false;
  }
  const frame = listing.resourceFrame(view.gateway.policy, uri);
  return (
    access.candidates.some((candidate) => candidate.uris.matches(uri) && mayOpen(candidate, frame, nowMs)) &&
    !access.guards.some((guard) => (guard.uris === null || guard.uris.matches(uri)) && conceals(guard, frame))
  );
}

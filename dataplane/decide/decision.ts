import type { Assignment } from '../../schemas/types/policy.ts';

/** What a list shows; each kind has names of its own. */
export type ListedKind = 'tool' | 'prompt' | 'template';

/** A tool, prompt or resource template as a gateway exposes it; or the resources of an assignment, whatever their URIs. */
export interface Slot {
  /** Resources are in no list of slots: a server says by itself which it has. */
  readonly kind: ListedKind | 'resource';
  /** Position in the gateway's slots, which are sorted by kind, then exposed name; -1 of resources. */
  readonly index: number;
  /** Name, or URI template; empty of resources. */
  readonly exposed: string;
  readonly assignment: Assignment;
  /** Index into the policy's servers. */
  readonly server: number;
  /** Index into the catalog's definitions; -1 of resources, which none describes. */
  readonly definition: number;
  /** Not reviewed yet: known, denied, hidden. */
  readonly pending: boolean;
  /** Not to be had once the pointer has expired: what the gateway's stale mode takes away. */
  readonly endsWhenStale: boolean;
}

export interface Decision {
  readonly allow: boolean;
  readonly reason: Reason;
  /** Rule id of the bundle's source map, or the reserved id of an absence. */
  readonly rule: number;
  /** Null when the gateway has nothing of that name. */
  readonly slot: Slot | null;
  /** Whether the caller must not learn that it exists: it is not in the caller's list either. */
  readonly hidden: boolean;
  /** What the caller is told about a denial; null = nothing in particular. */
  readonly message: string | null;
  /** Rule ids of guards in alert mode that would have denied the call. */
  readonly alerts: readonly number[];
}

/** `condition`: a grant reaches it, but not with these arguments; `guard`: a guard did not clearly pass. */
export type Reason = 'granted' | 'condition' | 'guard' | Absence;
export type Absence = keyof typeof ABSENCES;

/** Reserved rule ids: why nothing allowed a call (language.md, rule 4). A number, once released, keeps its meaning. */
export const ABSENCES = {
  'no-grant': -1,
  unknown: -2,
  pending: -3,
  disabled: -4,
  expired: -5,
  client: -6,
  arguments: -7,
  drift: -8,
  stale: -9,
} as const;

const NO_ALERTS: readonly number[] = [];

export function granted(rule: number, slot: Slot): Decision {
  return { allow: true, reason: 'granted', rule, slot, hidden: false, message: null, alerts: NO_ALERTS };
}

export function denied(reason: Absence, slot: Slot | null): Decision {
  return { allow: false, reason, rule: ABSENCES[reason], slot, hidden: true, message: null, alerts: NO_ALERTS };
}

/** A denial by a rule, of something that may well be in the caller's list: `decide` says whether it is. */
export function refused(reason: 'condition' | 'guard', rule: number, slot: Slot, message: string | null): Decision {
  return { allow: false, reason, rule, slot, hidden: true, message, alerts: NO_ALERTS };
}

export const UNKNOWN_NAME: Decision = denied('unknown', null);
/** Of whoever holds nothing in a gateway at all. */
export const NO_GRANT: Decision = denied('no-grant', null);

import type { Assignment } from '../../schemas/types/policy.ts';

/** A tool as a gateway exposes it. */
export interface Slot {
  /** Position in the gateway's slots, which are sorted by exposed name. */
  readonly index: number;
  readonly exposed: string;
  readonly assignment: Assignment;
  /** Index into the policy's servers. */
  readonly server: number;
  /** Index into the catalog's definitions. */
  readonly definition: number;
  /** Not reviewed yet: known, denied, hidden. */
  readonly pending: boolean;
}

export interface Decision {
  readonly allow: boolean;
  readonly reason: Reason;
  /** Rule id of the bundle's source map, or the reserved id of an absence. */
  readonly rule: number;
  /** Null when the gateway has no such tool. */
  readonly slot: Slot | null;
}

export type Reason = 'granted' | Absence;
export type Absence = keyof typeof ABSENCES;

/** Reserved rule ids: why nothing allowed a call (language.md, rule 4). A number, once released, keeps its meaning. */
export const ABSENCES = {
  'no-grant': -1,
  unknown: -2,
  pending: -3,
  disabled: -4,
  expired: -5,
  client: -6,
} as const;

export function denied(reason: Absence, slot: Slot | null): Decision {
  return { allow: false, reason, rule: ABSENCES[reason], slot };
}

export const UNKNOWN_TOOL: Decision = denied('unknown', null);

import type { Policy, RobotSubject } from '../../schemas/types/policy.ts';
import type { Caller } from './caller.ts';
import { denied, type Absence, type Decision } from './decision.ts';
import type { GatewayEngine, Holding } from './gateway.ts';

/** What one set of subjects holds in one gateway: all that does not depend on the call is decided here. */
export interface View {
  readonly gateway: GatewayEngine;
  /**
   * Sorted: who the caller counts as when rules are matched. Beside its own subjects (disabled ones too, so that rules
   * that name them still reach their members) the teams that `use-all-gateways` makes it a member of.
   */
  readonly subjects: readonly number[];
  /** By slot index; null where nothing was ever granted. */
  readonly slots: readonly (readonly Candidate[] | null)[];
  /** By slot index: the answer when no candidate holds. */
  readonly absent: readonly Decision[];
  /** Unix milliseconds at which the caller itself stops being valid; 0 = never. */
  readonly expires: number;
  /** Why the caller sees nothing, for a person to read; null when something was granted. */
  readonly notice: string | null;
  listed: Listed | null;
}

/** A grant that opens a slot. */
export interface Candidate {
  readonly expires: number;
  readonly decision: Decision;
}

/** The visible slots of a view, valid in a span of time that no expiry falls into. */
export interface Listed {
  /** Unix milliseconds, inclusive. */
  readonly from: number;
  /** Unix milliseconds, exclusive. */
  readonly until: number;
  readonly visible: Visible;
}

export interface Visible {
  /** Equal for equal sets of slots of one gateway: the key of assembled lists. */
  readonly key: string;
  readonly slots: GatewayEngine['slots'];
}

/** The view of a caller, from the gateway's bounded cache. */
export function viewOf(gateway: GatewayEngine, caller: Caller): View {
  const admitted = clientIsAdmitted(gateway, caller);
  const key = `${caller.kind}${admitted ? '+' : '-'}${caller.subjects.join()}`;
  const known = gateway.views.get(key);
  if (known !== undefined) return known;
  const view = buildView(gateway, caller, admitted);
  gateway.views.set(key, view);
  return view;
}

function buildView(gateway: GatewayEngine, caller: Caller, admitted: boolean): View {
  const { policy } = gateway;
  const robot = robotOf(policy, caller);
  const enabled = admitted ? enabledSubjects(gateway, caller, robot) : new Set<number>();
  const stopped = new Set(caller.subjects.filter((subject) => !enabled.has(subject)));

  const slots: (Candidate[] | null)[] = gateway.slots.map(() => null);
  const wouldHold = new Set<number>();
  for (const holding of gateway.holdings) {
    if (holding.to.some((subject) => stopped.has(subject))) for (const slot of holding.slots) wouldHold.add(slot);
    if (!holding.to.some((subject) => enabled.has(subject))) continue;
    for (const slot of holding.slots) (slots[slot] ??= []).push(candidate(gateway, holding, slot));
  }
  const reason: Absence = admitted ? 'disabled' : 'client';
  const absent = gateway.slots.map((slot) => {
    if (slot.pending) return denied('pending', slot);
    if ((slots[slot.index] ?? null) !== null) return denied('expired', slot);
    return denied(wouldHold.has(slot.index) ? reason : 'no-grant', slot);
  });
  const nothing = slots.every((candidates) => candidates === null);
  return {
    gateway,
    subjects: [...new Set([...enabled, ...caller.subjects])].sort((a, b) => a - b),
    slots,
    absent,
    expires: robot?.expires ?? 0,
    // Whom the app alone keeps out is told so; who holds nothing anyway must not learn that the gateway exists.
    notice: nothing ? noticeFor(gateway, caller, admitted || wouldHold.size === 0, robot) : null,
    listed: null,
  };
}

function candidate(gateway: GatewayEngine, holding: Holding, at: number): Candidate {
  const slot = gateway.slots[at] ?? null;
  return { expires: holding.expires, decision: { allow: true, reason: 'granted', rule: holding.rule, slot } };
}

/** The subjects whose grants count: `use-all-gateways` adds every enabled team granted here (language.md, rule 7). */
function enabledSubjects(gateway: GatewayEngine, caller: Caller, robot: RobotSubject | null): Set<number> {
  const { subjects } = gateway.policy;
  const enabled = new Set<number>();
  for (const at of caller.subjects) {
    const subject = subjects[at];
    if (subject === undefined) continue;
    if (subject.kind === 'team' && subject.disabled === null) enabled.add(at);
    if (subject.kind === 'robot' && robot !== null && ownerMessage(gateway.policy, robot) === null) enabled.add(at);
    if (subject.kind === 'role' && subject.capabilities.includes('use-all-gateways')) {
      for (const holding of gateway.holdings) {
        for (const to of holding.to) {
          const granted = subjects[to];
          if (granted?.kind === 'team' && granted.disabled === null) enabled.add(to);
        }
      }
    }
  }
  return enabled;
}

function robotOf(policy: Policy, caller: Caller): RobotSubject | null {
  if (caller.kind !== 'robot') return null;
  const subject = policy.subjects[caller.subjects[0] ?? -1];
  return subject?.kind === 'robot' ? subject : null;
}

/** What a disabled owner says; null when the owner is enabled. */
function ownerMessage(policy: Policy, robot: RobotSubject): string | null {
  const owner = policy.subjects[robot.owner];
  return owner?.kind === 'team' ? owner.disabled : 'its owner is missing';
}

/** Filters of apps apply to people (language.md, rule 9); `only` counts verified ids alone. */
function clientIsAdmitted(gateway: GatewayEngine, caller: Caller): boolean {
  const filter = gateway.gateway.clients;
  if (filter === null || caller.kind === 'robot') return true;
  const named = filter.clients.some((at) => {
    const client = gateway.policy.clients[at];
    if (client === undefined) return false;
    if (caller.clientId !== '' && client.ids.includes(caller.clientId)) return true;
    return filter.mode === 'except' && caller.clientName !== '' && client.names.includes(caller.clientName);
  });
  return filter.mode === 'only' ? named : !named;
}

function noticeFor(gateway: GatewayEngine, caller: Caller, admitted: boolean, robot: RobotSubject | null): string {
  if (!admitted) return `this app is not allowed in gateway ${gateway.name}`;
  const reasons: string[] = [];
  for (const at of caller.subjects) {
    const subject = gateway.policy.subjects[at];
    const granted = gateway.holdings.some((holding) => holding.to.includes(at));
    if (subject?.kind !== 'team' || subject.disabled === null || !granted) continue;
    reasons.push(`team ${subject.name} is disabled${subject.disabled === '' ? '' : `: ${subject.disabled}`}`);
  }
  const owner = robot === null ? null : ownerMessage(gateway.policy, robot);
  if (owner !== null) reasons.push(`the robot's owner is disabled${owner === '' ? '' : `: ${owner}`}`);
  return reasons.length > 0 ? reasons.join('; ') : `nothing is granted to you in gateway ${gateway.name}`;
}

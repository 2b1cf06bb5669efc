import type { Policy, Subject } from '../../schemas/types/policy.ts';
import { countsAs } from '../../dataplane/decide/membership.ts';
import type { Caller, GatewayEngine } from '../../dataplane/decide/index.ts';
import type { GrantReach } from './gateway-reach.ts';
import { SlotSet } from './slot-set.ts';

/** A subject that holds something in a gateway, alone: whoever is in several teams holds what each of them does. */
export interface Holder {
  /** Index into the policy's subjects. */
  readonly index: number;
  readonly subject: Subject;
  readonly kind: 'person' | 'robot';
  /** Whom rules take it for: itself, and the teams that `use-all-gateways` makes it a member of. */
  readonly subjects: ReadonlySet<number>;
  readonly grants: readonly GrantReach[];
  /** What its grants open, before guards; a condition that somebody could fulfil counts. */
  readonly possible: SlotSet;
}

/** Expired grants and robots count: the policy says what it says whenever it is read. Disabled teams hold nothing. */
export function holdersOf(policy: Policy, gateway: GatewayEngine, grants: readonly GrantReach[]): readonly Holder[] {
  const grantsBySubject = new Map<number, GrantReach[]>();
  for (const grant of grants) {
    for (const to of grant.holding.to) {
      const list = grantsBySubject.get(to);
      if (list === undefined) grantsBySubject.set(to, [grant]);
      else list.push(grant);
    }
  }
  const isEnabledTeam = (at: number): boolean => policy.subjects[at]?.kind === 'team' && isEnabled(policy, at);
  const ofEveryTeam = grants.filter(({ holding }) => holding.to.some(isEnabledTeam));
  const roles = policy.subjects.flatMap(({ kind }, index) => (kind === 'role' ? [index] : []));
  const candidates = [...roles, ...grantsBySubject.keys()].sort((a, b) => a - b);
  const found = candidates.flatMap((index): readonly Holder[] => {
    const subject = policy.subjects[index];
    if (subject === undefined) return [];
    const isRole = subject.kind === 'role';
    const isRobot = subject.kind === 'robot';
    if (isRole && !subject.capabilities.includes('use-all-gateways')) return [];
    const own = isRole ? ofEveryTeam : (grantsBySubject.get(index) ?? []);
    if (own.length === 0 || !isEnabled(policy, index)) return [];
    const possible = new SlotSet(gateway.slots.length);
    for (const grant of own) possible.addAll(grant.possible);
    return [
      {
        index,
        subject,
        kind: isRobot ? 'robot' : 'person',
        subjects: new Set(countsAs(gateway, asCaller(index, isRobot ? 'robot' : 'person'))),
        grants: own,
        possible,
      },
    ];
  });
  return found.sort((a, b) => ORDER.indexOf(a.subject.kind) - ORDER.indexOf(b.subject.kind));
}

/** Whoever comes first stands for the others in messages: a role has what teams have. */
const ORDER: readonly Subject['kind'][] = ['team', 'robot', 'role'];

function isEnabled(policy: Policy, at: number): boolean {
  const subject = policy.subjects[at];
  if (subject?.kind === 'team') return subject.disabled === null;
  if (subject?.kind !== 'robot') return true;
  const owner = policy.subjects[subject.owner];
  return owner?.kind === 'team' && owner.disabled === null;
}

const asCaller = (subject: number, kind: Caller['kind']): Caller => ({
  kind,
  subjects: [subject],
  clientId: '',
  clientName: '',
  id: '',
  email: '',
  claims: new Map(),
});

/** `team payments`. */
export function subjectName({ kind, name }: Subject): string {
  return `${kind} ${name}`;
}

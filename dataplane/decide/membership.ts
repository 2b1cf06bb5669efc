import type { Policy, RobotSubject } from '../../schemas/types/policy.ts';
import type { Caller } from './caller.ts';
import type { GatewayEngine } from './gateway.ts';

/** The subjects whose grants count: `use-all-gateways` adds every enabled team granted here (language.md, rule 7). */
export function enabledSubjects(gateway: GatewayEngine, caller: Caller, robot: RobotSubject | null): Set<number> {
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
          const member = subjects[to];
          if (member?.kind === 'team' && member.disabled === null) enabled.add(to);
        }
      }
    }
  }
  return enabled;
}

/**
 * Sorted: who the caller counts as when rules are matched: itself and, by `use-all-gateways`, every team granted here.
 * Disabled ones too, so that disabling a team lifts no guard that names it.
 */
export function countsAs({ policy, holdings }: GatewayEngine, caller: Caller): readonly number[] {
  const found = new Set(caller.subjects);
  const usesAll = caller.subjects.some((at) => {
    const subject = policy.subjects[at];
    return subject?.kind === 'role' && subject.capabilities.includes('use-all-gateways');
  });
  for (const holding of usesAll ? holdings : []) {
    for (const to of holding.to) if (policy.subjects[to]?.kind === 'team') found.add(to);
  }
  return [...found].sort((a, b) => a - b);
}

export function robotOf(policy: Policy, caller: Caller): RobotSubject | null {
  if (caller.kind !== 'robot') return null;
  const subject = policy.subjects[caller.subjects[0] ?? -1];
  return subject?.kind === 'robot' ? subject : null;
}

/** What a disabled owner says; null when the owner is enabled. */
export function ownerMessage(policy: Policy, robot: RobotSubject): string | null {
  const owner = policy.subjects[robot.owner];
  return owner?.kind === 'team' ? owner.disabled : 'its owner is missing';
}

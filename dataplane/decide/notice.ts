import type { RobotSubject } from '../../schemas/types/policy.ts';
import type { Caller } from './caller.ts';
import type { GatewayEngine } from './gateway.ts';
import { ownerMessage } from './membership.ts';

/** Why a caller sees nothing in a gateway, for a person to read. */
export function noticeFor(
  gateway: GatewayEngine,
  caller: Caller,
  admitted: boolean,
  robot: RobotSubject | null,
): string {
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

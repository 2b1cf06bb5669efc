import type { Problem, Report } from '../diagnostics/diagnostic.ts';
import { Memo } from '../memo.ts';
import type { LinkedAssignment, LinkedGateway, LinkedGrant } from './model.ts';
import { checkRobotTokens } from './robot-tokens.ts';
import { linkUris, type AssignmentUris } from './uri-owners.ts';

/** What a gateway and its grants come to together. */
interface SettledGateway {
  readonly gateway: LinkedGateway;
  /** By name. The very same list as before when it has the very same grants. */
  readonly grants: readonly LinkedGrant[];
  readonly uris: ReadonlyMap<LinkedAssignment, AssignmentUris>;
}

interface Settled extends SettledGateway {
  readonly problems: readonly Problem[];
}

const before = new Memo<LinkedGateway, Settled>();

/** @param grants Of any gateway, in any order; but what is in the same order as before, is what it was before. */
export function settleGateways(
  gateways: readonly LinkedGateway[],
  grants: readonly LinkedGrant[],
  report: Report,
): readonly SettledGateway[] {
  const byGateway = Map.groupBy(grants, (grant) => grant.gateway);
  return gateways.map((gateway) => {
    const own = byGateway.get(gateway) ?? [];
    const settled = before.of(gateway, own, () => settle(gateway, own));
    for (const problem of settled.problems) report(problem);
    return settled;
  });
}

function settle(gateway: LinkedGateway, unordered: readonly LinkedGrant[]): Settled {
  const problems: Problem[] = [];
  const add: Report = (problem) => problems.push(problem);
  const grants = unordered.toSorted((a, b) => (a.document.name < b.document.name ? -1 : 1));
  checkRobotTokens(grants, add);
  return { gateway, grants, uris: linkUris(gateway, grants, add), problems };
}

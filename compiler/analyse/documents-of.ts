import type { LinkedPolicy } from '../link/model.ts';
import type { Document } from '../source/document.ts';

/** Every document of a policy. */
export function documentsOf(linked: LinkedPolicy): readonly Document[] {
  const { workspace, teams, roles, clients, suites } = linked;
  const { robots, servers, gateways, allowlists, grants, content, guards, limits, invariants } = linked;
  const others = [robots, servers, gateways, allowlists, grants, content, guards, limits, invariants];
  return [
    workspace,
    ...teams,
    ...roles,
    ...clients,
    ...suites,
    ...others.flatMap((list) => list.map((item) => item.document)),
  ];
}

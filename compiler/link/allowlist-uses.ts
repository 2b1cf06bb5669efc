import type { LinkedGateway, LinkedServer } from './model.ts';
import type { Lookups, Table } from './lookups.ts';
import { allowlistNames } from './grants.ts';
import type { Names } from './names.ts';

/** Where Allowlists are used: by the grants that name them. In an order that no grant decides. */
export interface AllowlistUses {
  /** The gateways that grants bring together with an Allowlist, by name. */
  readonly gateways: (allowlist: string) => readonly LinkedGateway[];
  /** Which servers an assignment name stands for there, by name. */
  readonly servers: (allowlist: string, assignment: string) => readonly LinkedServer[];
  /** Whether robots are granted it. */
  readonly byRobots: (allowlist: string) => boolean;
}

interface Named {
  readonly document: { readonly name: string };
}

/** Collects where the grants of an environment use Allowlists. */
export function allowlistUses(names: Names, gateways: Table<LinkedGateway>, lookups: Lookups): AllowlistUses {
  const gatewaysByAllowlist = new Map<string, Set<LinkedGateway>>();
  const grantedToRobots = new Set<string>();
  for (const grant of names.each('Grant')) {
    const gateway = gateways.get(grant.value.gateway);
    if (gateway === undefined) continue;
    for (const { name } of allowlistNames(grant)) {
      const found = gatewaysByAllowlist.get(name);
      if (found === undefined) gatewaysByAllowlist.set(name, new Set([gateway]));
      else found.add(gateway);
      if (grant.value.to.robots !== undefined) grantedToRobots.add(name);
    }
  }
  const gatewaysOf = (allowlist: string): readonly LinkedGateway[] => sortedByName(gatewaysByAllowlist.get(allowlist));
  const servers = lookups.way('servers of an Allowlist', (key) => {
    const [allowlist = '', assignment = ''] = key.split('/');
    return sortedByName(
      new Set(gatewaysOf(allowlist).flatMap((gateway) => gateway.assignments.get(assignment)?.server ?? [])),
    );
  });
  return {
    gateways: lookups.way('gateways of an Allowlist', gatewaysOf),
    servers: (allowlist, assignment) => servers(`${allowlist}/${assignment}`),
    byRobots: lookups.way('Allowlists of robots', (allowlist) => grantedToRobots.has(allowlist)),
  };
}

function sortedByName<T extends Named>(items: Iterable<T> | undefined): readonly T[] {
  return [...(items ?? [])].sort((a, b) => (a.document.name < b.document.name ? -1 : 1));
}

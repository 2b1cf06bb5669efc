import type { Report } from '../diagnostics/diagnostic.ts';
import type { LinkedAllowlist, LinkedGateway, LinkedGrant, LinkedPolicy, LinkedRobot } from '../link/model.ts';
import { Memo } from '../memo.ts';
import type { Document } from '../source/document.ts';
import type { Analysed } from './analysed.ts';
import { isAboutAnything } from './about-anything.ts';

/** Documents that change nothing, since nothing refers to them or what they refer to is not there. */
export function findUnused(analysed: Analysed, report: Report): void {
  const { linked } = analysed;
  // Without teams nobody is granted anything: all else would follow from it.
  if (linked.teams.length === 0) {
    report({
      code: 'dead/no-teams',
      message: 'there is no Team, so nobody can be granted anything',
      span: linked.workspace.span,
      help: 'write one: `mcpgw team add NAME ADDRESS...`',
    });
    return;
  }
  findUnusedTeams(linked, report);
  findUnusedRobots(linked, report);
  findUnusedClients(linked, report);
  findUnusedGateways(linked, report);
  findUnusedAllowlists(linked, report);
  findUnusedRules(analysed, report);
}

/** What the grants of a gateway bring together. */
interface Used {
  readonly teams: ReadonlySet<LinkedGrant['teams'][number]>;
  readonly robots: ReadonlySet<LinkedRobot>;
  readonly allowlists: ReadonlySet<LinkedAllowlist>;
}

const usedBefore = new Memo<readonly LinkedGrant[], Used>();

function usedBy(grants: readonly LinkedGrant[]): Used {
  return usedBefore.of(grants, [], () => ({
    teams: new Set(grants.flatMap(({ teams }) => teams)),
    robots: new Set(grants.flatMap(({ robots }) => robots)),
    allowlists: new Set(grants.flatMap(({ allowlists }) => allowlists)),
  }));
}

/** What no gateway's grants name. */
function notUsed<T>(
  all: readonly T[],
  { ownGrants }: LinkedPolicy,
  namedBy: (used: Used) => ReadonlySet<T>,
): ReadonlySet<T> {
  const left = new Set(all);
  for (const grants of ownGrants.values()) {
    if (left.size === 0) break;
    for (const item of namedBy(usedBy(grants))) left.delete(item);
  }
  return left;
}

function findUnusedTeams(linked: LinkedPolicy, report: Report): void {
  const { teams, robots, servers, gateways } = linked;
  const owners = new Set([
    ...robots.map(({ owner }) => owner.name),
    ...[...servers, ...gateways].flatMap(({ document }) => document.value.owners ?? []),
  ]);
  for (const team of notUsed(teams, linked, (used) => used.teams)) {
    if (owners.has(team.name)) continue;
    report({
      code: 'dead/team',
      message: 'no grant names this team, and it owns nothing',
      span: team.span,
      help: `grant it something with \`to: { teams: [${team.name}] }\`, or remove it`,
    });
  }
}

function findUnusedRobots(linked: LinkedPolicy, report: Report): void {
  for (const { document } of notUsed(linked.robots, linked, (used) => used.robots)) {
    const { name, span } = document;
    report({
      code: 'dead/robot',
      message: 'no grant names this robot, and robots inherit nothing',
      span,
      help: `grant it something with \`to: { robots: [${name}] }\`, or remove it`,
    });
  }
}

function findUnusedClients(linked: LinkedPolicy, report: Report): void {
  const { gateways, guards, limits, content, invariants, suites } = linked;
  const rules = [...guards, ...limits, ...content, ...invariants];
  const used = new Set([
    ...gateways.flatMap(({ clients }) => clients?.clients ?? []),
    ...rules.flatMap(({ match }) => match.clients ?? []),
  ]);
  const tested = new Set(suites.flatMap(({ value }) => value.tests.map(({ client }) => client)));
  for (const client of linked.clients) {
    if (used.has(client) || tested.has(client.name)) continue;
    report({
      code: 'dead/client',
      message: 'no gateway and no rule names this client',
      span: client.span,
      help: 'name it under `clients` of a Gateway, or remove it',
    });
  }
}

function findUnusedGateways({ gateways, ownGrants }: LinkedPolicy, report: Report): void {
  for (const gateway of gateways) {
    if ((ownGrants.get(gateway)?.length ?? 0) > 0) continue;
    const { name, span } = gateway.document;
    report({
      code: 'dead/gateway',
      message: 'nobody is granted anything in this gateway',
      span,
      help: `write a Grant with \`gateway: ${name}\`, or remove the gateway`,
    });
  }
}

function findUnusedAllowlists({ allowlists, ownGrants }: LinkedPolicy, report: Report): void {
  const gatewaysByAllowlist = new Map<LinkedAllowlist, LinkedGateway[]>();
  for (const [gateway, grants] of ownGrants) {
    for (const allowlist of usedBy(grants).allowlists) {
      const gateways = gatewaysByAllowlist.get(allowlist);
      if (gateways === undefined) gatewaysByAllowlist.set(allowlist, [gateway]);
      else gateways.push(gateway);
    }
  }
  for (const allowlist of allowlists) {
    const gateways = gatewaysByAllowlist.get(allowlist);
    if (gateways === undefined) {
      report({
        code: 'dead/allowlist',
        message: 'no grant uses this Allowlist',
        span: allowlist.document.span,
        help: `name it under \`allow\` of a Grant, or remove it`,
      });
    } else {
      findDeadEntries(allowlist, gateways, report);
    }
  }
}

/** An entry for an assignment that a gateway lacks has no effect there (language.md, rule 2). */
function findDeadEntries({ entries }: LinkedAllowlist, gateways: readonly LinkedGateway[], report: Report): void {
  const names = gateways.map(({ document }) => document.name);
  for (const { assignment, server, span } of entries) {
    if (gateways.some(({ assignments }) => assignments.get(assignment)?.server === server)) continue;
    const [first] = gateways;
    report({
      code: 'dead/entry',
      message: `no gateway where this Allowlist is used has an assignment \`${assignment}\``,
      span,
      help: `it is used in ${names.join(', ')}; remove the entry, or correct its \`server\``,
      related: first === undefined ? [] : [{ message: 'a gateway where it is used', span: first.document.span }],
    });
  }
}

function findUnusedRules(analysed: Analysed, report: Report): void {
  const { linked } = analysed;
  const rules: readonly { readonly document: Document; readonly match: LinkedPolicy['limits'][number]['match'] }[] = [
    ...linked.content,
    ...linked.limits,
  ];
  for (const { document, match } of rules) {
    // A rule for everything is waiting for what will come.
    if (Object.values(match).every((value) => value === null || value === 'any')) continue;
    if (isAboutAnything(analysed, match)) continue;
    report({
      code: 'dead/rule',
      message: 'nobody is granted anything that this rule is about',
      span: document.span,
      help: 'correct its `match`, or remove the rule',
    });
  }
}

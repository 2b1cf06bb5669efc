import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document, ReadResult } from '../source/document.ts';
import type { SourceFile } from '../diagnostics/diagnostic.ts';
import { linkAllowlist, UNUSED, type AllowlistUse } from './allow.ts';
import { ConditionLinker } from './conditions.ts';
import { linkContentRule } from './content.ts';
import { linkGateway } from './gateways.ts';
import { allowlistNames, linkGrant } from './grants.ts';
import { linkGuard, linkInvariant, linkLimit } from './guards.ts';
import type { LinkedAllowlist, LinkedGateway, LinkedPolicy, LinkedServer } from './model.ts';
import { checkDuplicateNames, Names } from './names.ts';
import { checkRobotTokens } from './robot-tokens.ts';
import { checkSecrets, linkServer } from './servers.ts';
import { checkKeyIds, checkRoles, checkTeam, linkRobot } from './subjects.ts';
import { checkSuite } from './suites.ts';
import { checkEnvironment, checkEnvironments, checkOwnersAndDefaults, linkWorkspace } from './workspace.ts';

/**
 * Names become references, selectors become exact definitions. Reports everything it finds; what it returns is only
 * good for `lower` when nothing was reported. Null when there is no workspace, or it lacks the environment.
 */
export function link(
  read: ReadResult,
  locks: readonly SourceFile[],
  environment: string,
  report: Report,
): LinkedPolicy | null {
  const workspace = linkWorkspace(read.documents, read.broken, report);
  if (workspace === null) return null;
  checkEnvironment(workspace, environment, report);
  checkDuplicateNames(read.documents, report);
  checkEnvironments(workspace, read.documents, report);
  const documents = read.documents.filter((document) => applies(document, environment));
  const names = new Names(documents, read.broken, report);
  checkOwnersAndDefaults(workspace, names);

  const servers = new Map<string, LinkedServer>();
  for (const document of names.all('Server')) {
    const server = linkServer(document, locks, report);
    if (server !== null) servers.set(document.name, server);
  }
  checkSecrets(names.all('Server'), report);

  const teams = names.all('Team');
  for (const team of teams) checkTeam(team, workspace, report);
  const roles = names.all('Role');
  checkRoles(roles, workspace, report);
  checkKeyIds(names.all('Robot'), report);
  const robots = new Map(
    names.all('Robot').flatMap((document) => {
      const robot = linkRobot(document, workspace, names, report);
      return robot === null ? [] : [[document.name, robot]];
    }),
  );

  const gateways = new Map(
    names.all('Gateway').map((document) => [document.name, linkGateway(document, servers, names, report)]),
  );
  const conditions = new ConditionLinker(workspace, report);
  const allowlists = new Map<string, LinkedAllowlist>();
  const uses = allowlistUses(names, gateways);
  for (const document of names.all('Allowlist')) {
    const use = uses.get(document.name) ?? UNUSED;
    allowlists.set(document.name, linkAllowlist(document, use, { servers, gateways, conditions }, names, report));
  }
  const targets = { gateways, robots, allowlists };
  const grants = names.all('Grant').flatMap((document) => linkGrant(document, targets, names, report) ?? []);
  checkRobotTokens(grants, report);
  const matchTargets = { gateways, robots, servers };
  const guards = names.all('Guard').map((document) => linkGuard(document, matchTargets, conditions, names, report));
  const limits = names.all('Limit').map((document) => linkLimit(document, matchTargets, names, report));
  const invariants = names.all('Invariant').map((document) => linkInvariant(document, matchTargets, names, report));
  const content = names
    .all('RedactionRule')
    .map((document) => linkContentRule(document, { gateways, robots, servers }, names, report));
  for (const suite of names.all('TestSuite')) checkSuite(suite, gateways, workspace, names, report);

  return {
    workspace,
    environment,
    teams,
    robots: [...robots.values()],
    roles,
    clients: names.all('Client'),
    servers: [...servers.values()],
    gateways: [...gateways.values()],
    allowlists: [...allowlists.values()],
    grants,
    content,
    guards,
    limits,
    invariants,
    suites: names.all('TestSuite'),
  };
}

function applies(document: Document, environment: string): boolean {
  if (document.kind === 'Workspace') return true;
  return document.value.environments?.includes(environment) ?? true;
}

/** Per Allowlist: the gateways, servers and robots that the grants which name it bring together. */
function allowlistUses(names: Names, gateways: ReadonlyMap<string, LinkedGateway>): ReadonlyMap<string, AllowlistUse> {
  const uses = new Map<
    string,
    { gateways: Set<LinkedGateway>; byAssignment: Map<string, Set<LinkedServer>>; robots: boolean }
  >();
  for (const grant of names.all('Grant')) {
    const gateway = gateways.get(grant.value.gateway);
    if (gateway === undefined) continue;
    for (const { name } of allowlistNames(grant)) {
      const use = uses.get(name) ?? {
        gateways: new Set(),
        byAssignment: new Map<string, Set<LinkedServer>>(),
        robots: false,
      };
      uses.set(name, use);
      use.robots ||= grant.value.to.robots !== undefined;
      if (use.gateways.has(gateway)) continue;
      use.gateways.add(gateway);
      for (const assignment of gateway.assignments.values()) {
        const of = use.byAssignment.get(assignment.name) ?? new Set<LinkedServer>();
        use.byAssignment.set(assignment.name, of.add(assignment.server));
      }
    }
  }
  return uses;
}

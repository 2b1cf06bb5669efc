import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document, ReadResult } from '../source/document.ts';
import type { SourceFile } from '../diagnostics/diagnostic.ts';
import { linkAllowlist, type ServersByAssignment } from './allow.ts';
import { linkContentRule } from './content.ts';
import { linkGateway } from './gateways.ts';
import { allowlistNames, linkGrant } from './grants.ts';
import type { LinkedAllowlist, LinkedGateway, LinkedPolicy, LinkedServer } from './model.ts';
import { checkDuplicateNames, Names } from './names.ts';
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
  const allowlists = new Map<string, LinkedAllowlist>();
  const used = assignmentsWhereUsed(names, gateways);
  for (const document of names.all('Allowlist')) {
    allowlists.set(
      document.name,
      linkAllowlist(document, used.get(document.name) ?? new Map(), { servers, gateways }, names, report),
    );
  }
  const targets = { gateways, robots, allowlists };
  const grants = names.all('Grant').flatMap((document) => linkGrant(document, targets, names, report) ?? []);
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
    suites: names.all('TestSuite'),
  };
}

function applies(document: Document, environment: string): boolean {
  if (document.kind === 'Workspace') return true;
  return document.value.environments?.includes(environment) ?? true;
}

/** Per Allowlist: what its assignment names stand for in the gateways that use it. */
function assignmentsWhereUsed(
  names: Names,
  gateways: ReadonlyMap<string, LinkedGateway>,
): ReadonlyMap<string, ServersByAssignment> {
  const used = new Map<string, Map<string, Set<LinkedServer>>>();
  for (const grant of names.all('Grant')) {
    const gateway = gateways.get(grant.value.gateway);
    if (gateway === undefined) continue;
    for (const { name } of allowlistNames(grant)) {
      const byAssignment = used.get(name) ?? new Map<string, Set<LinkedServer>>();
      used.set(name, byAssignment);
      for (const assignment of gateway.assignments.values()) {
        const of = byAssignment.get(assignment.name) ?? new Set<LinkedServer>();
        byAssignment.set(assignment.name, of.add(assignment.server));
      }
    }
  }
  return used;
}

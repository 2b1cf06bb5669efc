import type { Workspace } from '../../schemas/types/documents.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document, ReadResult } from '../source/document.ts';
import type { SourceFile } from '../diagnostics/diagnostic.ts';
import { linkAllowlist } from './allow.ts';
import { allowlistUses } from './allowlist-uses.ts';
import { ConditionLinker } from './conditions.ts';
import { linkContentRule } from './content.ts';
import { linkGateway } from './gateways.ts';
import { linkGrant } from './grants.ts';
import { linkGuard, linkInvariant, linkLimit } from './guards.ts';
import { Lookups, type Memory } from './lookups.ts';
import type {
  LinkedAllowlist,
  LinkedContentRule,
  LinkedGateway,
  LinkedGrant,
  LinkedGuard,
  LinkedInvariant,
  LinkedLimit,
  LinkedPolicy,
  LinkedRobot,
  LinkedServer,
} from './model.ts';
import { checkDuplicateNames, Names } from './names.ts';
import { checkRobotTokens } from './robot-tokens.ts';
import { checkPrograms, checkSecrets, linkServer } from './servers.ts';
import { checkKeyIds, checkRoles, checkTeam, linkRobot } from './subjects.ts';
import { checkSuite } from './suites.ts';
import { linkUris } from './uri-owners.ts';
import { checkEnvironment, checkEnvironments, checkOwnersAndDefaults, linkWorkspace } from './workspace.ts';

/**
 * Names become references, selectors become exact definitions. Reports everything it finds; what it returns is only
 * good for `lower` when nothing was reported. Null when there is no workspace, or it lacks the environment.
 *
 * What was linked before, of the very same documents, is the very same object if nothing that it depends on changed.
 */
export function link(
  read: ReadResult,
  locks: readonly SourceFile[],
  environment: string,
  reportTo: Report,
): LinkedPolicy | null {
  const lookups = new Lookups(reportTo);
  const { report } = lookups;
  const workspace = linkWorkspace(read.documents, read.broken, report);
  if (workspace === null) return null;
  checkEnvironment(workspace, environment, report);
  checkDuplicateNames(read.documents, report);
  checkEnvironments(workspace, read.documents, report);
  const documents = read.documents.filter((document) => applies(document, environment));
  const names = new Names(documents, read.broken, lookups);
  checkOwnersAndDefaults(workspace, names);
  const memory = memoryOf(workspace, environment);

  const servers = lookups.table<LinkedServer>('servers');
  const filesByPath = new Map(locks.map((lock) => [lock.path, lock]));
  for (const document of names.all('Server')) {
    const server = linkServer(document, filesByPath, report);
    if (server !== null) servers.set(document.name, server);
  }
  checkSecrets(names.all('Server'), report);
  checkPrograms(names.all('Server'), report);

  const teams = names.all('Team');
  for (const team of teams) checkTeam(team, workspace, report);
  const roles = names.all('Role');
  checkRoles(roles, workspace, report);
  checkKeyIds(names.all('Robot'), report);
  const robots = lookups.table<LinkedRobot>('robots');
  for (const document of names.all('Robot')) {
    const robot = lookups.kept(memory.robots, document, () => linkRobot(document, workspace, names, report));
    if (robot !== null) robots.set(document.name, robot);
  }

  const gateways = lookups.table<LinkedGateway>('gateways');
  for (const document of names.all('Gateway')) {
    const gateway = lookups.kept(memory.gateways, document, () => linkGateway(document, servers, names, report));
    gateways.set(document.name, gateway);
  }
  const conditions = new ConditionLinker(workspace, report);
  const allowlists = lookups.table<LinkedAllowlist>('allowlists');
  const allowlistTargets = { servers, gateways, uses: allowlistUses(names, gateways, lookups), conditions };
  for (const document of names.all('Allowlist')) {
    const work = (): LinkedAllowlist => linkAllowlist(document, allowlistTargets, names, report);
    allowlists.set(document.name, lookups.kept(memory.allowlists, document, work));
  }
  const targets = { gateways, robots, allowlists };
  const linkedGrants = names.each('Grant').flatMap((document) => {
    return lookups.kept(memory.grants, document, () => linkGrant(document, targets, names, report)) ?? [];
  });
  const grants = inOrder(linkedGrants, gateways.values());
  checkRobotTokens(grants, report);
  const matchTargets = { gateways, robots, servers };
  const guards = names.all('Guard').map((document) => {
    const work = (): LinkedGuard => linkGuard(document, matchTargets, conditions, names, report);
    return lookups.kept(memory.guards, document, work);
  });
  const limits = names.all('Limit').map((document) => {
    return lookups.kept(memory.limits, document, () => linkLimit(document, matchTargets, names, report));
  });
  const invariants = names.all('Invariant').map((document) => {
    return lookups.kept(memory.invariants, document, () => linkInvariant(document, matchTargets, names, report));
  });
  const content = names.all('RedactionRule').map((document) => {
    return lookups.kept(memory.content, document, () => linkContentRule(document, matchTargets, names, report));
  });
  for (const suite of names.all('TestSuite')) checkSuite(suite, gateways, workspace, names, report);

  return {
    workspace,
    environment,
    teams,
    robots: robots.values(),
    roles,
    clients: names.all('Client'),
    servers: servers.values(),
    gateways: gateways.values(),
    uris: linkUris(gateways.values(), grants, report),
    allowlists: allowlists.values(),
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

/** By gateway, then by name: each gateway's own are sorted, which costs less than to sort them all. */
function inOrder(grants: readonly LinkedGrant[], gateways: readonly LinkedGateway[]): readonly LinkedGrant[] {
  const byGateway = Map.groupBy(grants, (grant) => grant.gateway);
  return gateways.flatMap((gateway) =>
    (byGateway.get(gateway) ?? []).sort((a, b) => (a.document.name < b.document.name ? -1 : 1)),
  );
}

/** What was linked in an environment. What a document's workspace says is never looked up: another one, another memory. */
interface LinkMemory {
  readonly robots: Memory<LinkedRobot | null>;
  readonly gateways: Memory<LinkedGateway>;
  readonly allowlists: Memory<LinkedAllowlist>;
  readonly grants: Memory<LinkedGrant | null>;
  readonly guards: Memory<LinkedGuard>;
  readonly limits: Memory<LinkedLimit>;
  readonly invariants: Memory<LinkedInvariant>;
  readonly content: Memory<LinkedContentRule>;
}

const memories = new WeakMap<Document<Workspace>, Map<string, LinkMemory>>();

function memoryOf(workspace: Document<Workspace>, environment: string): LinkMemory {
  const byEnvironment = memories.get(workspace) ?? new Map<string, LinkMemory>();
  memories.set(workspace, byEnvironment);
  const known = byEnvironment.get(environment);
  if (known !== undefined) return known;
  const memory: LinkMemory = {
    robots: new WeakMap(),
    gateways: new WeakMap(),
    allowlists: new WeakMap(),
    grants: new WeakMap(),
    guards: new WeakMap(),
    limits: new WeakMap(),
    invariants: new WeakMap(),
    content: new WeakMap(),
  };
  byEnvironment.set(environment, memory);
  return memory;
}

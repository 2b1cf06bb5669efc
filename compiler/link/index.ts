import type { Workspace } from '../../schemas/types/documents.ts';
import type { Report, SourceFile } from '../diagnostics/diagnostic.ts';
import type { Document, ReadResult } from '../source/document.ts';
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
import { checkPrograms, checkSecrets, linkServer } from './servers.ts';
import { settleGateways } from './settle-gateways.ts';
import { checkKeyIds, checkRoles, checkTeam, linkRobot } from './subjects.ts';
import { checkSuite } from './suites.ts';
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
  checkEnvironments(workspace, read.restricted, report);
  const documents = applying(read, environment);
  const names = new Names(documents, read.broken, lookups);
  if (!names.areUnique || documents.length < read.documents.length) checkDuplicateNames(read.documents, report);
  checkOwnersAndDefaults(workspace, names);
  const memory = memoryOf(workspace, environment);

  const servers = lookups.table<LinkedServer>('servers');
  const filesByPath = new Map(locks.map((lock) => [lock.path, lock]));
  for (const document of names.all('Server')) {
    const server = linkServer(document, filesByPath, report);
    if (server !== null) servers.set(document.name, server);
  }
  checkSecrets(names.all('Server'), names.all('RedactionRule'), report);
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
  const settled = settleGateways(gateways.values(), linkedGrants, report);
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
    files: filesOf(documents),
    teams,
    robots: robots.values(),
    roles,
    clients: names.all('Client'),
    servers: servers.values(),
    gateways: gateways.values(),
    uris: new Map(settled.flatMap(({ uris }) => [...uris])),
    allowlists: allowlists.values(),
    grants: settled.flatMap(({ grants }) => grants),
    ownGrants: new Map(settled.map(({ gateway, grants }) => [gateway, grants])),
    content,
    guards,
    limits,
    invariants,
    suites: names.all('TestSuite'),
  };
}

/** Documents of a file stand together. */
function filesOf(documents: readonly Document[]): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (const { file } of documents) if (files.at(-1) !== file) files.push(file);
  return files;
}

function applying({ documents, restricted }: ReadResult, environment: string): readonly Document[] {
  const elsewhere = restricted.filter(({ value }) => !(value.environments?.includes(environment) ?? true));
  if (elsewhere.length === 0) return documents;
  const left = new Set(elsewhere);
  return documents.filter((document) => !left.has(document));
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

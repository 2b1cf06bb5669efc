import assert from 'node:assert/strict';
import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Assignment, Entry, Gateway, Grant, Policy, RobotKey, Server } from '../../schemas/types/policy.ts';
import type { SourceMap } from '../../schemas/types/sourcemap.ts';
import { NO_CAPABILITIES } from '../catalog/capabilities.ts';
import type { LinkedEntry, LinkedGateway, LinkedPolicy, LinkedServer } from '../link/model.ts';
import type { AssignmentUris } from '../link/uri-owners.ts';
import { Memo } from '../memo.ts';
import type { Document } from '../source/document.ts';
import { lowerCondition, lowerProjections } from './conditions.ts';
import { lowerContent } from './content.ts';
import { lowerGuards, lowerLimit } from './guards.ts';
import { Interned } from './interned.ts';
import { lowerClaims, lowerIssuers } from './issuers.ts';
import { lowerServer } from './servers.ts';
import { Rules } from './rules.ts';
import { lowerSubjects } from './subjects.ts';
import { lowerSet, sorted, type Tables } from './tables.ts';

export interface LoweredPolicy {
  readonly policy: Policy;
  readonly catalog: Catalog;
  /** Made when asked for: checking needs none. */
  readonly sourcemap: () => SourceMap;
}

/** Policies as they are served on a developer's own machine. */
export interface Development {
  /** Where gateways answer there; null = the workspace's URL. */
  readonly url: string | null;
  /** By robot; no file has them. */
  readonly keys: ReadonlyMap<string, RobotKey>;
}

/** Linked documents become the factored tables of the bundle. Every list is in an order that no file decides. */
export function lower(linked: LinkedPolicy, development: Development | null): LoweredPolicy {
  const { workspace, servers, gateways, allowlists } = linked;
  const definitions = servers.flatMap((server) => server.definitions);
  const issuers = lowerIssuers(workspace);
  const { subjects, indexOf } = lowerSubjects(linked, issuers, development?.keys ?? new Map<string, RobotKey>());
  const tables: Tables = {
    rules: new Rules(),
    sets: new Interned(),
    setsOfOne: new Map(),
    uriPatterns: new Interned(),
    patterns: new Interned(),
    conditions: new Interned(),
    forms: new Interned(),
    lowered: new Map(),
    projections: new Map(),
    serverIndex: indexed(servers),
    gatewayIndex: indexed(gateways),
    clientIndex: indexed(linked.clients.map((client) => client.name)),
    definitionIndex: indexed(definitions),
    subjectIndex: indexOf,
  };
  const allowlistIndex = indexed(allowlists);

  const loweredGateways = gateways.map((gateway) => lowerGateway(gateway, linked, tables));
  const loweredAllowlists = allowlists.map((allowlist) => ({
    name: allowlist.document.name,
    entries: allowlist.entries.map((entry) => lowerEntry(entry, allowlist.document, tables)),
  }));
  const grants = linked.grants.map(
    ({ document, gateway, teams, robots, allowlists: used, entries, expires }): Grant => ({
      rule: tables.rules.add(document, document.span),
      gateway: tables.gatewayIndex.get(gateway) ?? -1,
      to: sorted([
        ...teams.map((team) => indexOf('team', team.name)),
        ...robots.map((robot) => indexOf('robot', robot.document.name)),
      ]),
      allowlists: sorted(used.map((allowlist) => allowlistIndex.get(allowlist) ?? -1)),
      entries: entries.map((entry) => lowerEntry(entry, document, tables)),
      expires,
    }),
  );
  const content = linked.content.map((rule) => lowerContent(rule, tables));
  const guards = lowerGuards(linked.guards, tables);
  const limits = linked.limits.map((limit) => lowerLimit(limit, tables));

  const policy: Policy = {
    format: 1,
    workspace: workspace.name,
    environment: linked.environment,
    url: development?.url ?? workspace.value.url,
    issuers,
    claims: lowerClaims(workspace),
    subjects,
    clients: linked.clients.map((client) => ({
      name: client.name,
      ids: client.value.ids ?? [],
      names: client.value.names ?? [],
    })),
    servers: servers.map((server): Server => lowerServer(server.document)),
    sets: tables.sets.values,
    uriPatterns: tables.uriPatterns.values,
    allowlists: loweredAllowlists,
    gateways: loweredGateways,
    grants,
    patterns: tables.patterns.values,
    content,
    conditions: tables.conditions.values,
    forms: tables.forms.values,
    projections: lowerProjections(tables),
    guards,
    limits,
  };
  const catalog: Catalog = {
    format: 1,
    servers: servers.map(({ document, lock }) => ({
      name: document.name,
      era: lock.era,
      protocolVersion: lock.protocolVersion,
      legacyVersion: lock.legacyVersion,
      serverInfo: lock.serverInfo,
      instructions: lock.instructions,
      capabilities: lock.capabilities ?? NO_CAPABILITIES,
    })),
    definitions: servers.flatMap((server, at) => lowered.of(server, [at], () => lowerDefinitions(server, at))),
  };
  return { policy, catalog, sourcemap: () => tables.rules.sourceMap() };
}

const lowered = new Memo<LinkedServer, Catalog['definitions']>();

function lowerDefinitions({ definitions }: LinkedServer, server: number): Catalog['definitions'] {
  return definitions.map(({ definition }) => ({ server, ...definition }));
}

function lowerGateway(gateway: LinkedGateway, linked: LinkedPolicy, tables: Tables): Gateway {
  const { document } = gateway;
  const assignments = [...gateway.assignments.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    rule: tables.rules.add(document, document.span),
    name: document.name,
    assignments: assignments.map((assignment): Assignment => ({
      rule: tables.rules.add(document, assignment.span),
      name: assignment.name,
      server: tables.serverIndex.get(assignment.server) ?? -1,
      identity: assignment.identity,
      prefix: assignment.prefix,
      rename: Object.fromEntries(Object.entries(assignment.rename).sort(([a], [b]) => (a < b ? -1 : 1))),
      asks: assignment.asks,
      urlHosts: assignment.urlHosts,
      ...lowerUris(linked.uris.get(assignment), tables),
    })),
    clients:
      gateway.clients === null
        ? null
        : {
            mode: gateway.clients.mode,
            clients: sorted(gateway.clients.clients.map((client) => tables.clientIndex.get(client.name) ?? -1)),
          },
    staleMode: document.value.staleMode ?? linked.workspace.value.defaults?.staleMode ?? 'closed',
  };
}

function lowerUris(uris: AssignmentUris | undefined, tables: Tables): Pick<Assignment, 'ownUris' | 'uris'> {
  assert(uris !== undefined, 'every assignment was linked');
  return { ownUris: uris.isOwn, uris: uris.patterns.length === 0 ? -1 : tables.uriPatterns.index(uris.patterns) };
}

function lowerEntry(entry: LinkedEntry, document: Document, tables: Tables): Entry {
  return {
    rule: tables.rules.add(document, entry.span),
    assignment: entry.assignment,
    server: tables.serverIndex.get(entry.server) ?? -1,
    tools: lowerSet(entry.tools, tables),
    prompts: lowerSet(entry.prompts, tables),
    resources: entry.resources.length === 0 ? -1 : tables.uriPatterns.index([...new Set(entry.resources)].sort()),
    templates: lowerSet(entry.templates, tables),
    when: lowerCondition(entry.when, tables),
  };
}

function indexed<T>(list: readonly T[]): ReadonlyMap<T, number> {
  return new Map(list.map((item, index) => [item, index]));
}

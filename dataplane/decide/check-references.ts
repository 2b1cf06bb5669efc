import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Assignment, Entry, Match, Policy } from '../../schemas/types/policy.ts';
import { exposedName } from './slots.ts';

/**
 * Every index of a policy points into its table, tables that are searched are sorted, and exposed names are unique.
 * The compiler guarantees it; the engine, which indexes without asking, does not take its word. Null when all is well.
 */
export function checkReferences(policy: Policy, catalog: Catalog): string | null {
  const problems: string[] = [];
  const within = (what: string, index: number, length: number, least = 0): void => {
    if (!Number.isInteger(index) || index < least || index >= length) problems.push(`${what} ${index} does not exist`);
  };
  const each = (what: string, list: readonly number[] | null, length: number): void => {
    for (const index of list ?? []) within(what, index, length);
  };
  const { subjects, servers, sets, gateways, uriPatterns } = policy;

  const entry = (item: Entry): void => {
    within('server', item.server, servers.length);
    within('set', item.tools, sets.length, -1);
    within('form', item.when, policy.forms.length, -1);
    within('set', item.prompts, sets.length, -1);
    within('pattern list', item.resources, uriPatterns.length, -1);
    within('set', item.templates, sets.length, -1);
  };
  const match = (item: Match): void => {
    each('gateway', item.gateways, gateways.length);
    each('server', item.servers, servers.length);
    each('subject', item.subjects, subjects.length);
    each('client', item.clients, policy.clients.length);
    within('set', item.definitions, sets.length, -1);
    within('pattern list', item.resources, uriPatterns.length, -2);
  };

  if (catalog.servers.length !== servers.length) problems.push('the catalog has other servers than the policy');
  servers.forEach((server, at) => {
    if (catalog.servers[at]?.name !== server.name) problems.push(`server ${server.name} is not in its place`);
  });
  for (const definition of catalog.definitions) {
    within('server', definition.server, servers.length);
    if (definition.effect === null && !definition.pending) problems.push(`${definition.name} has no effect`);
  }
  for (const set of sets) each('definition', set, catalog.definitions.length);
  for (const subject of subjects) {
    if (subject.kind === 'team')
      for (const group of subject.groups) within('issuer', group.issuer, policy.issuers.length);
    if (subject.kind !== 'robot') continue;
    within('owner', subject.owner, subjects.length);
    if (subject.signIn !== null) within('issuer', subject.signIn.issuer, policy.issuers.length);
  }
  for (const allowlist of policy.allowlists) allowlist.entries.forEach(entry);
  for (const gateway of gateways) {
    for (const { server, identity, uris } of gateway.assignments) {
      within('pattern list', uris, uriPatterns.length, -1);
      within('server', server, servers.length);
      within('identity', identity, servers[server]?.identities.length ?? 0);
    }
    each('client', gateway.clients?.clients ?? null, policy.clients.length);
  }
  for (const grant of policy.grants) {
    within('gateway', grant.gateway, gateways.length);
    each('subject', grant.to, subjects.length);
    each('allowlist', grant.allowlists, policy.allowlists.length);
    grant.entries.forEach(entry);
  }
  for (const rule of policy.content) {
    match(rule.match);
    if (rule.detect.kind === 'regex') each('pattern', rule.detect.patterns, policy.patterns.length);
  }
  for (const { rows, gateways: named } of policy.forms) {
    each('gateway', named, gateways.length);
    if (rows.length !== (named?.length ?? 1)) problems.push('a form has rows for other gateways than it names');
    for (const row of rows) {
      within('set', row.definitions, sets.length, -1);
      within('condition', row.resources, policy.conditions.length, -1);
      each('condition', row.conditions, policy.conditions.length);
      const expected = row.definitions === -1 ? row.conditions.length : (sets[row.definitions]?.length ?? 0);
      if (row.conditions.length !== expected)
        problems.push('a form has conditions for other definitions than it names');
    }
  }
  for (const guard of policy.guards) {
    match(guard.match);
    within('form', guard.form, policy.forms.length);
  }
  for (const limit of policy.limits) match(limit.match);
  for (const { definition } of policy.projections) within('definition', definition, catalog.definitions.length);
  return problems[0] ?? duplicateExposedName(policy, catalog);
}

/** Two tools, or two prompts, under one name would make "which one was decided on?" depend on order. */
function duplicateExposedName(policy: Policy, catalog: Catalog): string | null {
  const named = catalog.definitions.filter(({ kind }) => kind !== 'template');
  const byServer = Map.groupBy(named, ({ server }) => server);
  const isUnambiguous = (server: number): boolean => {
    const own = byServer.get(server) ?? [];
    return new Set(own.map(({ kind, name }) => `${kind} ${name}`)).size === own.length;
  };
  const unambiguous = new Set([...byServer.keys()].filter(isUnambiguous));
  for (const gateway of policy.gateways) {
    if (areApart(gateway.assignments) && gateway.assignments.every(({ server }) => unambiguous.has(server))) continue;
    const seen = new Set<string>();
    for (const assignment of gateway.assignments) {
      for (const { kind, name } of byServer.get(assignment.server) ?? []) {
        const exposed = `${kind} ${exposedName(assignment, name)}`;
        if (seen.has(exposed)) return `gateway ${gateway.name} exposes ${exposed} twice`;
        seen.add(exposed);
      }
    }
  }
  return null;
}

/** Whether names behind different assignments differ in how they begin, whatever the names are. Most do. */
function areApart(assignments: readonly Assignment[]): boolean {
  return assignments.every(
    (one, at) =>
      Object.keys(one.rename).length === 0 &&
      assignments.every(
        (other, index) => index === at || (one.prefix !== '' && !`${one.prefix}_`.startsWith(`${other.prefix}_`)),
      ),
  );
}

import type { Catalog, Definition } from '../../../schemas/types/catalog.ts';
import type { Policy } from '../../../schemas/types/policy.ts';
import { variablesOf } from './variables-of.ts';

/**
 * What the tables promise beside their shape and beside the references that `decide` checks: names that are looked up
 * are unique, sets are sorted, conditions read what they say, and a definition's text can be served as it is. Null when
 * all is well.
 */
export function checkConsistency(policy: Policy, catalog: Catalog): string | null {
  return (
    repeated('gateway', policy.gateways, ({ name }) => name) ??
    repeated('server', policy.servers, ({ name }) => name) ??
    repeated('issuer', policy.issuers, ({ name }) => name) ??
    repeated('subject', policy.subjects, ({ kind, name }) => `${kind}/${name}`) ??
    repeated('content rule', policy.content, ({ name }) => name) ??
    repeated('guard', policy.guards, ({ name }) => name) ??
    repeated('limit', policy.limits, ({ name }) => name) ??
    repeated('projection', policy.projections, ({ definition }) => `definition ${definition}`) ??
    repeated('definition', catalog.definitions, ({ server, kind, name }) => `${server}/${kind}/${name}`) ??
    repeatedAssignment(policy) ??
    repeatedRobotKey(policy) ??
    unsortedSet(policy) ??
    undeclaredReads(policy) ??
    unservable(catalog)
  );
}

function repeated<T>(what: string, rows: readonly T[], keyOf: (row: T) => string): string | null {
  const seen = new Set<string>();
  for (const row of rows) {
    const key = keyOf(row);
    if (seen.has(key)) return `two ${what}s are called ${key}`;
    seen.add(key);
  }
  return null;
}

function repeatedAssignment(policy: Policy): string | null {
  for (const gateway of policy.gateways) {
    const problem = repeated('assignment', gateway.assignments, ({ name }) => name);
    if (problem !== null) return `gateway ${gateway.name}: ${problem}`;
  }
  return null;
}

/** A key is looked up by its id: two robots with one id would make it unclear whose it is. */
function repeatedRobotKey(policy: Policy): string | null {
  const keys = policy.subjects.flatMap((subject) => (subject.kind === 'robot' ? subject.keys : []));
  return repeated('robot key', keys, ({ id }) => id);
}

function unsortedSet({ sets }: Policy): string | null {
  for (const [at, set] of sets.entries()) {
    for (let item = 1; item < set.length; item++) {
      if ((set[item - 1] ?? 0) >= (set[item] ?? 0)) return `set ${at} is not sorted`;
    }
  }
  return null;
}

/** Lists are shared by all who see the same, unless conditions say that they read more: one that conceals it would leak. */
function undeclaredReads({ conditions }: Policy): string | null {
  for (const [at, { expression, reads }] of conditions.entries()) {
    const found = variablesOf(expression).join(', ');
    if (found !== reads.join(', ')) return `condition ${at} reads ${found === '' ? 'nothing' : found}`;
  }
  return null;
}

/**
 * The text is spliced into lists: one that is no JSON object, or brings a `name` of its own, would break all of them. A
 * template stands there with its own name, which is replaced.
 */
function unservable({ definitions }: Catalog): string | null {
  for (const definition of definitions) {
    if (!isServable(definition)) return `${definition.kind} ${definition.name} is not a JSON object to serve`;
  }
  return null;
}

function isServable({ kind, name, json }: Definition): boolean {
  if (!json.startsWith('{') || !json.endsWith('}')) return false;
  try {
    const value: unknown = JSON.parse(json);
    if (value === null || typeof value !== 'object') return false;
    if (kind === 'template') return 'uriTemplate' in value && value.uriTemplate === name;
    return !Object.hasOwn(value, 'name');
  } catch {
    return false;
  }
}

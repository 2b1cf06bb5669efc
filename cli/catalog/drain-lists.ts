import { NAMED_BY } from '../../compiler/catalog/lock.ts';
import type { ObservedDefinition } from '../../compiler/catalog/update-lock.ts';
import type { DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import { canonicalTree, memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { DEFINITION_NAME_UNITS_MAX, DEFINITION_UNITS_MAX, DEFINITIONS_PER_KIND_MAX } from '../../compiler/limits.ts';
import type { Failure } from '../failure.ts';
import type { Introduction } from './observe-server.ts';
import type { SyncLimits } from './sync-limits.ts';

interface List {
  readonly kind: DefinitionKind;
  readonly method: string;
  readonly member: string;
  /** A server that does not declare it has nothing of the kind. */
  readonly capability: string;
}

const LISTS: readonly List[] = [
  { kind: 'tool', method: 'tools/list', member: 'tools', capability: 'tools' },
  { kind: 'prompt', method: 'prompts/list', member: 'prompts', capability: 'prompts' },
  { kind: 'template', method: 'resources/templates/list', member: 'resourceTemplates', capability: 'resources' },
];

const METHOD_NOT_FOUND = '-32601';

type Fail = (message: string, help?: string | null) => Failure;

/**
 * All definitions of a server, page after page. A cursor that comes back, a name that comes twice, and what no lock may
 * hold are failures: half a catalog, or one that depends on which of two definitions won, is worse than none.
 * @throws Failure
 */
export async function drainLists(
  introduction: Introduction,
  limits: SyncLimits,
  fail: Fail,
): Promise<readonly ObservedDefinition[]> {
  const { capabilities } = introduction;
  const definitions: ObservedDefinition[] = [];
  for (const list of LISTS) {
    if (capabilities === null || memberOf(capabilities, list.capability) === null) continue;
    definitions.push(...(await drain(list, introduction, limits, fail)));
  }
  return definitions;
}

async function drain(
  list: List,
  introduction: Introduction,
  limits: SyncLimits,
  fail: Fail,
): Promise<readonly ObservedDefinition[]> {
  const found = new Map<string, ObservedDefinition>();
  const cursors = new Set<string>();
  let cursor: string | null = null;
  for (let page = 0; page < limits.pages; page++) {
    const answer = await introduction.list(list.method, cursor);
    // Servers with resources but no templates often do not implement the method.
    if (answer.kind === 'error' && answer.code === METHOD_NOT_FOUND && page === 0) return [];
    if (answer.kind === 'error') throw fail(`refused ${list.method}: ${answer.message} (${answer.code})`);
    if (answer.kind === 'status') throw fail(`answered ${list.method} with HTTP ${answer.status}`);
    const items = memberOf(answer.result, list.member);
    if (items?.kind !== 'array') throw fail(`answered ${list.method} without \`${list.member}\``);
    for (const item of items.items) {
      const seen = observed(list.kind, item, fail);
      if (found.has(seen.name)) throw fail(`names the ${list.kind} \`${seen.name}\` twice`);
      if (found.size === DEFINITIONS_PER_KIND_MAX)
        throw fail(`lists more than ${DEFINITIONS_PER_KIND_MAX} ${list.member}`);
      found.set(seen.name, seen);
    }
    const next = memberOf(answer.result, 'nextCursor');
    if (next === null || (next.kind === 'literal' && next.value === null)) return [...found.values()];
    if (next.kind !== 'string') throw fail(`sent a cursor that is no text`);
    if (cursors.has(next.value)) throw fail(`sent the same cursor of ${list.method} again`);
    cursors.add(next.value);
    cursor = next.value;
  }
  throw fail(`has more than ${limits.pages} pages of ${list.member}`);
}

function observed(kind: DefinitionKind, definition: JsonTree, fail: Fail): ObservedDefinition {
  const key = NAMED_BY[kind];
  const name = memberOf(definition, key);
  if (name?.kind !== 'string' || name.value === '') throw fail(`lists a ${kind} without \`${key}\``);
  if (name.value.length > DEFINITION_NAME_UNITS_MAX)
    throw fail(`lists a ${kind} whose \`${key}\` has more than ${DEFINITION_NAME_UNITS_MAX} characters`);
  if (/\p{Cc}/u.test(name.value))
    throw fail(`lists the ${kind} ${JSON.stringify(name.value)}, with a control character`);
  if (canonicalTree(definition).length > DEFINITION_UNITS_MAX)
    throw fail(`lists the ${kind} \`${name.value}\` with more than ${DEFINITION_UNITS_MAX} characters`);
  return { kind, name: name.value, definition };
}

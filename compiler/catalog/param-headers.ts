import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import type { ParamHeader } from '../../schemas/types/catalog.ts';

export type ParamHeadersResult =
  | { readonly ok: true; readonly headers: readonly ParamHeader[] }
  | { readonly ok: false; readonly message: string; readonly at: JsonTree };

const KEYWORD = 'x-mcp-header';
/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES: ReadonlySet<string> = new Set(['string', 'integer', 'boolean']);
/** Keywords that hold schemas which do not always apply to a value at a fixed place: the keyword may not be below them. */
const ELSEWHERE: ReadonlyMap<string, 'schemas' | 'map'> = new Map([
  ['items', 'schemas'],
  ['prefixItems', 'schemas'],
  ['contains', 'schemas'],
  ['additionalProperties', 'schemas'],
  ['unevaluatedProperties', 'schemas'],
  ['unevaluatedItems', 'schemas'],
  ['propertyNames', 'schemas'],
  ['patternProperties', 'map'],
  ['dependentSchemas', 'map'],
  ['oneOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['allOf', 'schemas'],
  ['not', 'schemas'],
  ['if', 'schemas'],
  ['then', 'schemas'],
  ['else', 'schemas'],
  ['$defs', 'map'],
  ['definitions', 'map'],
]);

/**
 * The arguments that travel as `Mcp-Param-*` headers too (2026-07-28, Streamable HTTP, "Schema Extension"): primitive, at
 * any depth of `properties` and nowhere else, each header once whatever its case. Clients must leave out a tool that
 * breaks a rule of these, so nobody could call it.
 */
export function paramHeaders(inputSchema: JsonTree): ParamHeadersResult {
  const headers: ParamHeader[] = [];
  const taken = new Set<string>();
  const problems: { readonly message: string; readonly at: JsonTree }[] = [];
  const fail = (message: string, at: JsonTree): void => {
    problems.push({ message, at });
  };

  const visit = (schema: JsonTree, path: readonly string[], reachable: boolean): void => {
    if (schema.kind !== 'object' || problems.length > 0) return;
    const declared = memberOf(schema, KEYWORD);
    if (declared !== null) declare(schema, declared, path, reachable);
    for (const { key, value } of schema.members) {
      if (key === 'properties' && value.kind === 'object') {
        for (const member of value.members) visit(member.value, [...path, member.key], reachable);
        continue;
      }
      for (const below of schemasBelow(value, ELSEWHERE.get(key))) visit(below, path, false);
    }
  };
  const declare = (schema: JsonTree, declared: JsonTree, path: readonly string[], reachable: boolean): void => {
    const type = memberOf(schema, 'type');
    if (!reachable || path.length === 0) {
      return fail(`\`${KEYWORD}\` is only allowed on an argument that a chain of \`properties\` leads to`, declared);
    }
    if (declared.kind !== 'string' || !TOKEN.test(declared.value)) {
      return fail(`\`${KEYWORD}\` of \`${path.join('.')}\` is no token of HTTP`, declared);
    }
    if (type?.kind !== 'string' || !TYPES.has(type.value)) {
      return fail(
        `\`${KEYWORD}\` of \`${path.join('.')}\` needs the type string, integer or boolean`,
        type ?? declared,
      );
    }
    if (taken.has(declared.value.toLowerCase())) {
      return fail(`\`${KEYWORD}\` names the header \`${declared.value}\` twice`, declared);
    }
    taken.add(declared.value.toLowerCase());
    headers.push({ path, header: declared.value });
  };

  visit(inputSchema, [], true);
  const problem = problems[0];
  return problem === undefined ? { ok: true, headers } : { ok: false, ...problem };
}

function schemasBelow(value: JsonTree, shape: 'schemas' | 'map' | undefined): readonly JsonTree[] {
  if (shape === undefined) return [];
  if (value.kind === 'array') return value.items;
  if (shape === 'map' && value.kind === 'object') return value.members.map((member) => member.value);
  return [value];
}

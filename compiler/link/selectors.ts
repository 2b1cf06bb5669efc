import { adviseWord } from '../fix/replace-word.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { LinkedDefinition, LinkedServer } from './model.ts';
import { nameMatches } from './pattern.ts';

type Kind = LinkedDefinition['definition']['kind'];
const NOUNS = { tool: 'tool', prompt: 'prompt', template: 'resource template' } as const satisfies Record<Kind, string>;

/** A name or pattern as written, and where. */
export interface Written {
  readonly text: string;
  /** Computed when something is reported there. */
  readonly span: () => Span;
}

/** The texts of a list field with their places; empty when the field is absent. */
export function writtenList(
  document: Document,
  path: readonly (string | number)[],
  list: readonly string[] | undefined,
): readonly Written[] {
  return (list ?? []).map((text, at) => ({ text, span: () => document.spanAt([...path, at]) }));
}

/**
 * The definitions of a kind that names and patterns mean, in the closed world of the catalog (design.md, decision 1):
 * a name that is not there and a pattern that matches nothing are errors, and neither reaches what is pending.
 */
export function selectByName(
  kind: Kind,
  servers: readonly LinkedServer[],
  written: readonly Written[],
  report: Report,
): readonly LinkedDefinition[] {
  const found = new Set<LinkedDefinition>();
  for (const { text, span } of written) {
    const matched = matching(kind, servers, text);
    const accepted = matched.filter((item) => !item.definition.pending);
    for (const item of accepted) found.add(item);
    if (accepted.length > 0) continue;
    const of = servers.map((server) => server.document.name).join(', ');
    if (matched.length > 0) {
      report({
        code: 'link/pending',
        message: `\`${text}\` of ${of} is pending: nobody has reviewed its definition`,
        span: span(),
        help: `accept it first: mcpgw catalog accept ${matched[0]?.server.document.name}/${matched[0]?.definition.name}`,
      });
    } else if (text.includes('*')) {
      report({
        code: 'link/empty-glob',
        message: `\`${text}\` matches no ${NOUNS[kind]} of ${of}`,
        span: span(),
        help: 'a pattern that grants nothing is a mistake; remove it, or run `mcpgw catalog sync`',
      });
    } else {
      const place = span();
      const help = 'only what the lock file records can be named; `mcpgw catalog sync` reads it anew';
      report({
        code: kind === 'tool' ? 'link/unknown-tool' : 'link/unknown-definition',
        message: `${of} has no ${NOUNS[kind]} \`${text}\``,
        span: place,
        ...adviseWord(text, namesOf(kind, servers), place, help),
      });
    }
  }
  return [...found];
}

const indices = new WeakMap<LinkedServer, ReadonlyMap<string, LinkedDefinition>>();

function indexOf(server: LinkedServer): ReadonlyMap<string, LinkedDefinition> {
  const known = indices.get(server);
  if (known !== undefined) return known;
  const index = new Map(server.definitions.map((item) => [`${item.definition.kind}/${item.definition.name}`, item]));
  indices.set(server, index);
  return index;
}

function matching(kind: Kind, servers: readonly LinkedServer[], text: string): readonly LinkedDefinition[] {
  if (!text.includes('*')) return servers.flatMap((server) => indexOf(server).get(`${kind}/${text}`) ?? []);
  return ofKind(kind, servers).filter((item) => nameMatches(text, item.definition.name));
}

const ofKind = (kind: Kind, servers: readonly LinkedServer[]): readonly LinkedDefinition[] =>
  servers.flatMap((server) => server.definitions).filter((item) => item.definition.kind === kind);

const namesOf = (kind: Kind, servers: readonly LinkedServer[]): readonly string[] =>
  ofKind(kind, servers).map((item) => item.definition.name);

/** The accepted definitions that pass a test; none at all is an error like an empty pattern. */
export function selectWhere(
  servers: readonly LinkedServer[],
  what: Written,
  test: (item: LinkedDefinition) => boolean,
  report: Report,
): readonly LinkedDefinition[] {
  const found = servers
    .flatMap((server) => server.definitions)
    .filter((item) => !item.definition.pending && test(item));
  if (found.length === 0) {
    report({
      code: 'link/empty-glob',
      message: `no tool of ${servers.map((server) => server.document.name).join(', ')} is \`${what.text}\``,
      span: what.span(),
      help: 'effects and tags are listed in the Server document',
    });
  }
  return found;
}

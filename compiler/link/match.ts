import type { RuleSelector } from '../../schemas/types/documents.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document, Path } from '../source/document.ts';
import type { GrantTargets } from './grants.ts';
import type { Table } from './lookups.ts';
import type { LinkedDefinition, LinkedMatch, LinkedServer } from './model.ts';
import type { Names } from './names.ts';
import { selectByName, selectWhere, writtenList, type Written } from './selectors.ts';
import { checkUriPattern } from './uri-pattern.ts';

/** A selector as written in the document, and where. */
export interface WrittenMatch {
  readonly document: Document;
  readonly path: Path;
  readonly match: RuleSelector | 'everything' | undefined;
}

export interface MatchTargets extends Omit<GrantTargets, 'allowlists'> {
  readonly servers: Table<LinkedServer>;
}

type Place = Pick<WrittenMatch, 'document' | 'path'>;

const listAt = ({ document, path }: Place, key: string, list: readonly string[] | undefined): readonly Written[] =>
  writtenList(document, [...path, key], list);

const EVERYTHING: LinkedMatch = {
  gateways: null,
  servers: null,
  definitions: null,
  resources: 'any',
  kinds: null,
  teams: null,
  robots: null,
  clients: null,
};

/**
 * A `match` (language.md, rule 2): `servers` means every assignment of the Server, everywhere; tools and tags leave
 * prompts and resources out, any other key covers them. An absent match is everything; an empty one is a mistake.
 */
export function linkMatch(written: WrittenMatch, targets: MatchTargets, names: Names, report: Report): LinkedMatch {
  const { document, path, match } = written;
  if (match === undefined || match === 'everything') return EVERYTHING;
  if (Object.keys(match).length === 0) {
    report({
      code: 'link/empty-match',
      message: 'an empty match does not say what it is meant for',
      span: document.spanAt(path),
      help: 'write `match: everything`, or leave it out',
    });
    return EVERYTHING;
  }
  const list = (key: 'gateways' | 'servers' | 'teams' | 'robots' | 'clients'): readonly Written[] | null =>
    match[key] === undefined ? null : writtenList(document, [...path, key], match[key]);
  const among = <T>(
    kind: 'Gateway' | 'Server' | 'Robot',
    written: ReturnType<typeof list>,
    found: Table<T>,
  ): readonly T[] | null =>
    written === null
      ? null
      : written.flatMap(({ text, span }) => (names.resolve(kind, text, span) === null ? [] : (found.get(text) ?? [])));

  const at: Place = { document, path };
  const servers = among('Server', list('servers'), targets.servers);
  const scope = servers ?? targets.servers.values();
  return {
    gateways: among('Gateway', list('gateways'), targets.gateways),
    servers,
    definitions: definitionsOf(at, match, scope, report),
    resources: resourcesOf(at, match, scope, report),
    kinds: match.kinds ?? null,
    teams: list('teams')?.flatMap(({ text, span }) => names.resolve('Team', text, span) ?? []) ?? null,
    robots: among('Robot', list('robots'), targets.robots),
    clients: list('clients')?.flatMap(({ text, span }) => names.resolve('Client', text, span) ?? []) ?? null,
  };
}

function definitionsOf(
  at: Place,
  match: RuleSelector,
  scope: readonly LinkedServer[],
  report: Report,
): readonly LinkedDefinition[] | null {
  const named = match.tools !== undefined || match.tags !== undefined;
  const other = match.prompts !== undefined || match.resources !== undefined;
  if (!named && !other && match.effects === undefined) return null;
  const found = new Set<LinkedDefinition>();
  if (named || match.effects !== undefined) {
    const effects = effectsOf(at, match, scope, report);
    const byName =
      match.tools === undefined ? null : new Set(selectByName('tool', scope, listAt(at, 'tools', match.tools), report));
    const byTag = match.tags === undefined ? null : new Set(tagged(at, match.tags, scope, report));
    for (const item of scope.flatMap((server) => server.definitions)) {
      if (item.definition.kind === 'template' || (named && item.definition.kind !== 'tool')) continue;
      if (effects !== null && !effects.has(item)) continue;
      if (byName !== null && !byName.has(item)) continue;
      if (byTag !== null && !byTag.has(item)) continue;
      found.add(item);
    }
  }
  for (const prompt of selectByName('prompt', scope, listAt(at, 'prompts', match.prompts), report)) found.add(prompt);
  return [...found];
}

function effectsOf(
  at: Place,
  match: RuleSelector,
  scope: readonly LinkedServer[],
  report: Report,
): ReadonlySet<LinkedDefinition> | null {
  if (match.effects === undefined) return null;
  return new Set(
    listAt(at, 'effects', match.effects).flatMap((effect) =>
      selectWhere(scope, effect, (item) => item.definition.effect === effect.text, report),
    ),
  );
}

function tagged(
  at: Place,
  tags: readonly string[],
  scope: readonly LinkedServer[],
  report: Report,
): readonly LinkedDefinition[] {
  return listAt(at, 'tags', tags).flatMap((tag) =>
    selectWhere(scope, tag, (item) => item.definition.tags.includes(tag.text), report),
  );
}

function resourcesOf(
  at: Place,
  match: RuleSelector,
  scope: readonly LinkedServer[],
  report: Report,
): LinkedMatch['resources'] {
  if (match.resources !== undefined) {
    const patterns = listAt(at, 'resources', match.resources);
    for (const pattern of patterns) checkUriPattern(pattern, scope, report);
    return patterns.map(({ text }) => text);
  }
  if (match.tools !== undefined || match.tags !== undefined || match.prompts !== undefined) return 'none';
  return match.effects === undefined || match.effects.includes('read') ? 'any' : 'none';
}

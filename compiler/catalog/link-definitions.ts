import type { Definition } from '../../schemas/types/catalog.ts';
import type { Server } from '../../schemas/types/documents.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import { adviseWord } from '../fix/replace-word.ts';
import type { Document } from '../source/document.ts';
import { callingOf, type Calling } from './calling.ts';
import { checkTexts } from './check-texts.ts';
import type { CatalogLock, LockedDefinition } from './lock.ts';
import { servedJson } from './served-json.ts';

const EFFECTS = ['read', 'write', 'destructive'] as const;
type Effect = (typeof EFFECTS)[number];

/**
 * What a bundle's catalog says of one server: each definition of its lock, with the effect and the tags that the Server
 * document gives it. In the lock's order.
 */
export function linkDefinitions(
  lock: CatalogLock,
  server: Document<Server>,
  report: Report,
): readonly Omit<Definition, 'server'>[] {
  if (lock.server !== server.name) {
    report({
      code: 'catalog/wrong-server',
      message: `this is the lock of the Server ${quote(lock.server)}`,
      span: server.spanAt(['catalog']),
      help: `write its own with: mcpgw catalog sync ${server.name}`,
    });
    return [];
  }
  const tools = new Map(lock.definitions.filter(({ kind }) => kind === 'tool').map((tool) => [tool.name, tool]));
  const effects = linkEffects(tools, server, report);
  const tags = linkTags(tools, server, report);
  return lock.definitions.map((locked) => {
    checkTexts(locked, report);
    const { kind, name, digest } = locked;
    const calling = callingOf(kind, locked.definition);
    if (!calling.ok && !locked.pending) reportUnusable(name, locked.at, calling, report);
    return {
      kind,
      name,
      effect: kind === 'tool' ? (effects.get(name) ?? null) : 'read',
      tags: kind === 'tool' ? (tags.get(name) ?? []) : [],
      pending: locked.pending || !calling.ok,
      digest,
      json: servedJson(kind, locked.definition),
      keys: calling.ok ? calling.keys : null,
      headers: calling.ok ? calling.headers : [],
    };
  });
}

/** Every accepted tool has one effect; a pending one may keep the effect it had, for when it is accepted again. */
function linkEffects(
  tools: ReadonlyMap<string, LockedDefinition>,
  server: Document<Server>,
  report: Report,
): ReadonlyMap<string, Effect> {
  const effects = new Map<string, Effect>();
  const spans = new Map<string, Span>();
  for (const effect of EFFECTS) {
    server.value.effects?.[effect]?.forEach((name, at) => {
      const span = server.spanAt(['effects', effect, at]);
      const first = spans.get(name);
      if (!tools.has(name)) {
        reportUnknown('link/effect-unknown', name, tools, span, report);
      } else if (first !== undefined) {
        const message = `${quote(name)} already has the effect ${effects.get(name) ?? ''}`;
        const related = [{ message: 'given here', span: first }];
        report({ code: 'link/effect-twice', message, span, help: 'leave it in one of the lists', related });
      } else {
        effects.set(name, effect);
        spans.set(name, span);
      }
    });
  }
  for (const tool of tools.values()) {
    if (tool.pending || effects.has(tool.name)) continue;
    report({
      code: 'link/effect-missing',
      message: `the accepted tool ${quote(tool.name)} has no effect`,
      span: server.spanAt(['effects'], 'key'),
      help: `say what it does with: mcpgw catalog accept ${server.name}/${tool.name} --effect read|write|destructive`,
      related: tool.at === null ? [] : [{ message: 'accepted here', span: tool.at }],
    });
  }
  return effects;
}

function linkTags(
  tools: ReadonlyMap<string, LockedDefinition>,
  server: Document<Server>,
  report: Report,
): ReadonlyMap<string, readonly string[]> {
  const tags = new Map<string, string[]>();
  for (const [tag, names] of Object.entries(server.value.tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    names.forEach((name, at) => {
      if (!tools.has(name)) reportUnknown('link/tag-unknown', name, tools, server.spanAt(['tags', tag, at]), report);
      const known = tags.get(name);
      if (known === undefined) tags.set(name, [tag]);
      else known.push(tag);
    });
  }
  return tags;
}

function reportUnknown(
  code: 'link/effect-unknown' | 'link/tag-unknown',
  name: string,
  tools: ReadonlyMap<string, LockedDefinition>,
  span: Span,
  report: Report,
): void {
  const otherwise = 'remove it: the server does not offer it any more, or never did';
  report({
    code,
    message: `the lock has no tool ${quote(name)}`,
    span,
    ...adviseWord(name, tools.keys(), span, otherwise),
  });
}

/** Such a tool is treated as pending: hidden and denied, but no reason to refuse the rest of the server. */
function reportUnusable(
  name: string,
  at: LockedDefinition['at'],
  calling: Extract<Calling, { ok: false }>,
  report: Report,
): void {
  if (at === null) return;
  report({
    code: 'catalog/unusable-tool',
    message: `nobody can call ${quote(name)}: ${calling.message}`,
    span: { file: at.file, start: calling.at.start, end: calling.at.start + 1 },
    help: 'it stays hidden and denied until the server mends its definition',
  });
}

import type { Allowlist, Grant } from '../../schemas/types/documents.ts';
import { adviseWord } from '../fix/replace-word.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { LinkedAllowlist, LinkedDefinition, LinkedEntry, LinkedGateway, LinkedServer } from './model.ts';
import type { AllowlistUses } from './allowlist-uses.ts';
import type { ConditionLinker } from './conditions.ts';
import type { Table } from './lookups.ts';
import { selectByName, selectWhere, writtenList, type Written } from './selectors.ts';
import type { Names } from './names.ts';
import { shapeOfPattern, shapesOverlap } from './uri-overlap.ts';
import { checkUriPattern } from './uri-pattern.ts';
import { templateShapes } from './uri-template.ts';

/** What linking an Allowlist looks up. */
export interface AllowlistTargets {
  readonly servers: Table<LinkedServer>;
  readonly gateways: Table<LinkedGateway>;
  readonly uses: AllowlistUses;
  readonly conditions: ConditionLinker;
}

/**
 * An Allowlist says what of an *assignment* (language.md, rule 1). The name may stand for different servers in
 * different gateways, so each of them gets an entry of its own, with its own closed world.
 */
export function linkAllowlist(
  document: Document<Allowlist>,
  targets: AllowlistTargets,
  names: Names,
  report: Report,
): LinkedAllowlist {
  const { uses } = targets;
  const entries = document.value.allow.flatMap((item, at): readonly LinkedEntry[] => {
    const path = ['allow', at];
    const assignedHere = uses.servers(document.name, item.server);
    const assigned = assignedHere.length > 0 ? assignedHere : meantAnywhere(item.server, targets);
    if (assigned.length === 0) {
      unknownAssignment(document, at, targets.gateways, names, report);
      return [];
    }
    if (allowsNothing(item)) {
      report({
        code: 'link/empty-match',
        message: 'this entry allows nothing',
        span: document.spanAt(path),
        help: 'say what of the server: `tools`, `effects` or `tags`, `prompts`, `resources`',
      });
      return [];
    }
    const resources = writtenList(document, [...path, 'resources'], item.resources);
    for (const pattern of resources) checkUriPattern(pattern, [...assigned], report);
    return assigned.map((server): LinkedEntry => {
      const tools = selectTools(document, path, item, server, report);
      const prompts = selectByName(
        'prompt',
        [server],
        writtenList(document, [...path, 'prompts'], item.prompts),
        report,
      );
      return {
        assignment: item.server,
        server,
        tools,
        prompts,
        resources: resources.map(({ text }) => text),
        templates: templatesOf(server, resources),
        when:
          item.when === undefined
            ? null
            : targets.conditions.link(
                { document, path: [...path, 'when'], text: item.when },
                {
                  definitions: [...tools, ...prompts],
                  resources: resources.length > 0,
                  gateways: () => uses.gateways(document.name),
                  robots: uses.byRobots(document.name),
                },
              ),
        span: document.spanAt(path),
      };
    });
  });
  return { document, entries };
}

/** Accepted templates that expand to some URI of the patterns. */
function templatesOf(server: LinkedServer, patterns: readonly Written[]): readonly LinkedDefinition[] {
  const isOpaque = server.document.value.uris === 'opaque';
  const shapes = patterns.map(({ text }) => shapeOfPattern(text, isOpaque));
  return server.definitions.filter(
    ({ definition: { kind, pending, name } }) =>
      kind === 'template' &&
      !pending &&
      templateShapes(name, isOpaque).some((template) => shapes.some((shape) => shapesOverlap(template, shape))),
  );
}

function allowsNothing({ tools, effects, tags, prompts, resources }: Allowlist['allow'][number]): boolean {
  return [tools, effects, tags, prompts, resources].every((selector) => selector === undefined);
}

/** Where no gateway that uses the Allowlist has the assignment: what the name means elsewhere, so that it is checked all the same. */
function meantAnywhere(name: string, { servers, gateways }: AllowlistTargets): readonly LinkedServer[] {
  const own = servers.get(name);
  if (own !== undefined) return [own];
  return [...new Set(gateways.values().flatMap((gateway) => gateway.assignments.get(name)?.server ?? []))];
}

function unknownAssignment(
  document: Document<Allowlist>,
  at: number,
  gateways: Table<LinkedGateway>,
  names: Names,
  report: Report,
): void {
  const name = document.value.allow[at]?.server ?? '';
  // A Server or a gateway with errors of its own has been reported already.
  if (names.isDefinedOrBroken('Server', name)) return;
  if (gateways.values().some((gateway) => gateway.document.value.servers[name] !== undefined)) return;
  const known = gateways.values().flatMap((gateway) => [...gateway.assignments.keys()]);
  const span = document.spanAt(['allow', at, 'server']);
  report({
    code: 'link/unknown-assignment',
    message: `no gateway has an assignment \`${name}\`, and no Server has that name`,
    span,
    ...adviseWord(name, known, span, 'name an assignment of the gateways that use this Allowlist'),
  });
}

function selectTools(
  document: Document,
  path: readonly (string | number)[],
  item: Allowlist['allow'][number],
  server: LinkedServer,
  report: Report,
): readonly LinkedDefinition[] {
  const isTool = (candidate: LinkedDefinition): boolean => candidate.definition.kind === 'tool';
  const found = new Set(selectByName('tool', [server], writtenList(document, [...path, 'tools'], item.tools), report));
  for (const effect of writtenList(document, [...path, 'effects'], item.effects)) {
    for (const tool of selectWhere(
      [server],
      effect,
      (candidate) => isTool(candidate) && candidate.definition.effect === effect.text,
      report,
    ))
      found.add(tool);
  }
  for (const tag of writtenList(document, [...path, 'tags'], item.tags)) {
    for (const tool of selectWhere(
      [server],
      tag,
      (candidate) => isTool(candidate) && candidate.definition.tags.includes(tag.text),
      report,
    ))
      found.add(tool);
  }
  return [...found];
}

/** The inline items of a grant: `assignment/tool`, which must exist in the grant's gateway. */
export function linkInlineItems(
  document: Document<Grant>,
  gateway: LinkedGateway,
  report: Report,
): readonly LinkedEntry[] {
  return writtenList(document, ['allow'], document.value.allow).flatMap(
    ({ text, span }, at): readonly LinkedEntry[] => {
      const slash = text.indexOf('/');
      if (slash === -1) return [];
      const name = text.slice(0, slash);
      const assignment = gateway.assignments.get(name);
      if (assignment === undefined) {
        if (gateway.document.value.servers[name] !== undefined) return [];
        const known = [...gateway.assignments.keys()];
        const place = document.spanInside(['allow', at], 0, slash);
        report({
          code: 'link/unknown-assignment',
          message: `gateway ${gateway.document.name} has no assignment \`${name}\``,
          span: place,
          ...adviseWord(name, known, place, `it has ${known.join(', ')}`),
          related: [{ message: 'the gateway', span: gateway.document.span }],
        });
        return [];
      }
      const tool = {
        text: text.slice(slash + 1),
        span: () => document.spanInside(['allow', at], slash + 1, text.length),
      };
      const tools = selectByName('tool', [assignment.server], [tool], report);
      return [
        {
          assignment: name,
          server: assignment.server,
          tools,
          prompts: [],
          resources: [],
          templates: [],
          when: null,
          span: span(),
        },
      ];
    },
  );
}

import type { Report } from '../diagnostics/diagnostic.ts';
import type { LinkedAssignment, LinkedGateway, LinkedGrant } from './model.ts';
import { shapeOfPattern, shapesOverlap, type UriShape } from './uri-overlap.ts';
import { templatePatterns } from './uri-template.ts';

/** How the resources of an assignment are exposed (language.md, rule 10). */
export interface AssignmentUris {
  /** Under their own URIs: nothing that it can serve may another assignment of the gateway serve too. */
  readonly isOwn: boolean;
  /** All that it can serve in its gateway: what any grant there gives of it, and its templates. Sorted. */
  readonly patterns: readonly string[];
}

/**
 * Decides for every assignment of a gateway whether its resources keep their URIs, or get the prefix of the assignment: two that may
 * have one URI both get theirs. An assignment with an empty prefix always keeps them.
 */
export function linkUris(
  gateway: LinkedGateway,
  grants: readonly LinkedGrant[],
  report: Report,
): ReadonlyMap<LinkedAssignment, AssignmentUris> {
  const found = new Map<LinkedAssignment, AssignmentUris>();
  const served = servedBy(gateway, grants);
  const overlapping = pairsOf(served).filter(([one, other]) =>
    one.shapes.some((a) => other.shapes.some((b) => shapesOverlap(a, b))),
  );
  const shared = new Set(overlapping.flat());
  for (const one of served) {
    const isOwn = one.assignment.prefix === '' || !shared.has(one);
    found.set(one.assignment, { isOwn, patterns: one.patterns });
    if (!isOwn && !/^[a-z]/.test(one.assignment.prefix)) reportPrefix(one.assignment, report);
  }
  for (const pair of pairsOf(served)) {
    const [{ assignment: one }, { assignment: other }] = pair;
    if (one.prefix !== other.prefix) continue;
    // Who has no prefix is told apart from another by what it can serve; who needs the prefix, by nothing else.
    const isTold = one.prefix === '' ? !overlapping.some(isPair(pair)) : !pair.some((item) => shared.has(item));
    if (!isTold) reportCollision(one, other, report);
  }
  return found;
}

function pairsOf<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((one, at) => items.slice(at + 1).map((other): readonly [T, T] => [one, other]));
}

const isPair =
  <T>([one, other]: readonly [T, T]) =>
  (pair: readonly [T, T]): boolean =>
    pair[0] === one && pair[1] === other;

interface Served {
  readonly assignment: LinkedAssignment;
  readonly patterns: readonly string[];
  readonly shapes: readonly UriShape[];
}

function servedBy({ assignments }: LinkedGateway, grants: readonly LinkedGrant[]): readonly Served[] {
  const granted = new Map<LinkedAssignment, Set<string>>();
  for (const { allowlists, entries } of grants) {
    for (const entry of [...allowlists.flatMap((allowlist) => allowlist.entries), ...entries]) {
      const assignment = assignments.get(entry.assignment);
      if (assignment?.server !== entry.server || entry.resources.length === 0) continue;
      const patterns = granted.get(assignment) ?? new Set();
      for (const pattern of entry.resources) patterns.add(pattern);
      granted.set(assignment, patterns);
    }
  }
  return [...assignments.values()].map((assignment) => {
    const { server } = assignment;
    const isOpaque = server.document.value.uris === 'opaque';
    const templates = server.definitions.flatMap(({ definition: { kind, pending, name } }) =>
      kind === 'template' && !pending ? [name] : [],
    );
    const named = templates.flatMap((name) => templatePatterns(name, isOpaque));
    const patterns = [...new Set([...(granted.get(assignment) ?? []), ...named])].sort();
    return { assignment, patterns, shapes: patterns.map((pattern) => shapeOfPattern(pattern, isOpaque)) };
  });
}

function reportCollision(one: LinkedAssignment, other: LinkedAssignment, report: Report): void {
  const { prefix } = one;
  const why = prefix === '' ? 'neither has a prefix' : `both have the prefix \`${prefix}\``;
  report({
    code: 'uri/collision',
    message: `resources of ${one.name} and ${other.name} cannot be told apart: ${why}`,
    span: other.span,
    help: 'give one of the assignments another `prefix`, or grant resources that cannot be the same',
    related: [{ message: 'the other one', span: one.span }],
  });
}

function reportPrefix({ name, prefix, span }: LinkedAssignment, report: Report): void {
  report({
    code: 'uri/prefix',
    message: `resources of ${name} would be called \`${prefix}+…\`, which is no URI`,
    span,
    help: 'give the assignment a `prefix` that begins with a letter',
  });
}

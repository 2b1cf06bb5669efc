import type { Report } from '../diagnostics/diagnostic.ts';
import type { LinkedAssignment, LinkedGateway, LinkedGrant } from './model.ts';
import { shapeOfPattern, shapesOverlap } from './uri-overlap.ts';
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
  const overlapping = overlappingPairs(served);
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
  readonly isOpaque: boolean;
  readonly patterns: readonly string[];
}

/** A pattern of what an assignment can serve. */
interface ServedPattern {
  readonly served: Served;
  readonly pattern: string;
  /** What stands before the first run. */
  readonly head: string;
}

/**
 * The pairs of which some URI may be of both. Patterns are compared only where one begins with what stands before the
 * first run of the other: in the order of heads those that a head begins with come before it, and stay open until then.
 */
function overlappingPairs(all: readonly Served[]): readonly (readonly [Served, Served])[] {
  const patterns = all
    .flatMap((served) =>
      served.patterns.map((pattern): ServedPattern => ({ served, pattern, head: headOf(pattern, served.isOpaque) })),
    )
    .sort((a, b) => (a.head < b.head ? -1 : a.head > b.head ? 1 : 0));
  const found = new Map<Served, Set<Served>>(all.map((served) => [served, new Set()]));
  const open: ServedPattern[] = [];
  for (const next of patterns) {
    while (open.length > 0 && !next.head.startsWith(open.at(-1)?.head ?? '')) open.pop();
    for (const before of open) {
      const known = found.get(before.served);
      if (before.served === next.served || known?.has(next.served) === true || !patternsOverlap(before, next)) continue;
      known?.add(next.served);
      found.get(next.served)?.add(before.served);
    }
    open.push(next);
  }
  return pairsOf(all).filter(([one, other]) => found.get(one)?.has(other) === true);
}

function patternsOverlap(a: ServedPattern, b: ServedPattern): boolean {
  const [one, other] = [a, b].map(({ pattern, served }) => shapeOfPattern(pattern, served.isOpaque));
  return one !== undefined && other !== undefined && shapesOverlap(one, other);
}

function headOf(pattern: string, isOpaque: boolean): string {
  if (isOpaque) return pattern === '**' ? '' : pattern;
  const star = pattern.indexOf('*');
  return star === -1 ? pattern : pattern.slice(0, star);
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
    return { assignment, isOpaque, patterns };
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

import type { Problem, Report } from '../diagnostics/diagnostic.ts';
import type { LinkedInvariant } from '../link/model.ts';
import { VIOLATIONS_SHOWN_MAX } from '../limits.ts';
import type { Analysed } from './analysed.ts';
import { chainOf } from './chains.ts';
import { listed } from './listed.ts';
import { subjectName } from './holders.ts';
import { reachingOf, subjectsReaching, type Reaching } from './violations.ts';

/**
 * Proves invariants for every subject and gateway, whenever and with whatever arguments (language.md, Invariant): a
 * condition counts as fulfilled unless no call fulfils it, a guard counts when no call passes it. What is printed was
 * decided by the data plane's engine, or says that it was not.
 */
export function checkInvariants(analysed: Analysed, report: Report): void {
  for (const invariant of analysed.linked.invariants) {
    if (subjectsReaching(analysed, invariant).size <= invariant.subjectsMax) continue;
    const reaching = reachingOf(analysed, invariant);
    const isNever = invariant.document.value.never !== undefined;
    if (isNever) reportNever(analysed, invariant, reaching, report);
    else reportAtMost(analysed, invariant, reaching, report);
  }
}

/** One violation per grant: whoever it is for, it is mended in one place. */
function reportNever(
  analysed: Analysed,
  invariant: LinkedInvariant,
  reaching: readonly Reaching[],
  report: Report,
): void {
  const groups = [...groupByCause(reaching)];
  const problems = groups.slice(0, VIOLATIONS_SHOWN_MAX).map((group): Problem => {
    const [first] = group;
    const chain = chainOf(analysed, first);
    const others = [...new Set(group.slice(1).map(({ holder }) => subjectName(holder.subject)))];
    const also = others.length === 0 ? '' : `, and so can ${listed(others, 2)}`;
    return {
      code: 'invariant/violated',
      message: `${subjectName(first.holder.subject)} ${chain.what}${also}`,
      span: invariant.document.span,
      help: helpFor(first),
      related: chain.related,
    };
  });
  const more = groups.length - problems.length;
  problems.forEach((problem, at) => {
    const isLast = at === problems.length - 1 && more > 0;
    const rest = { message: `${more} more of this invariant`, span: invariant.document.span };
    report(isLast ? { ...problem, related: [...(problem.related ?? []), rest] } : problem);
  });
}

type Group = [Reaching, ...Reaching[]];

/** By the grant that comes first; of a role, by the role, unless teams violate the invariant by the same grants. */
function groupByCause(reaching: readonly Reaching[]): Iterable<Group> {
  const groups = new Map<unknown, Group>();
  const add = (cause: unknown, item: Reaching): void => {
    const group = groups.get(cause);
    if (group === undefined) groups.set(cause, [item]);
    else group.push(item);
  };
  for (const item of reaching) if (item.holder.subject.kind !== 'role') add(causeOf(item), item);
  for (const item of reaching) {
    if (item.holder.subject.kind !== 'role') continue;
    const isMendedWith = groups.has(causeOf(item));
    add(isMendedWith ? causeOf(item) : item.holder.index, item);
  }
  return groups.values();
}

function causeOf({ holder, slots, resources }: Reaching): unknown {
  return (holder.grants.find(({ possible }) => possible.intersects(slots)) ?? resources[0]?.grant)?.linked;
}

function reportAtMost(
  analysed: Analysed,
  invariant: LinkedInvariant,
  reaching: readonly Reaching[],
  report: Report,
): void {
  const bySubject = new Map<number, Reaching>();
  for (const item of reaching) if (!bySubject.has(item.holder.index)) bySubject.set(item.holder.index, item);
  const { subjectsMax, document } = invariant;
  const shown = [...bySubject.values()].slice(0, VIOLATIONS_SHOWN_MAX);
  const names = [...bySubject.values()].map(({ holder }) => subjectName(holder.subject));
  const related = shown.flatMap((item) => {
    const { what, related } = chainOf(analysed, item);
    const [place] = related;
    return place === undefined ? [] : [{ ...place, message: `${subjectName(item.holder.subject)} ${what}` }];
  });
  report({
    code: 'invariant/violated',
    message: `${bySubject.size} subjects can do this, and at most ${subjectsMax} may: ${listed(names, VIOLATIONS_SHOWN_MAX)}`,
    span: document.span,
    help: 'narrow a grant, let a Guard deny it for good, or name who may all the same under `except`',
    related,
  });
}

function helpFor({ holder: { subject } }: Reaching): string {
  if (subject.kind === 'role') {
    return `\`use-all-gateways\` gives it what any team has; tolerate it with \`except: { roles: [${subject.name}] }\``;
  }
  return `narrow the grant, let a Guard deny it for good, or write \`except: { ${subject.kind}s: [${subject.name}] }\``;
}

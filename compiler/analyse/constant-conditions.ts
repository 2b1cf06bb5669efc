import type { Report } from '../diagnostics/diagnostic.ts';
import type { LinkedCondition, LinkedEntry } from '../link/model.ts';
import type { Analysed } from './analysed.ts';
import type { Holds } from './outcomes.ts';

/**
 * Conditions that say the same of every call of every tool they are about. Of guards, those that deny whatever the call
 * is; what passes every call is a dead guard. A guard that says just `true` or `false` denies on purpose.
 */
export function findConstantConditions(analysed: Analysed, report: Report): void {
  const { policy, entries, guards, outcomes } = analysed;
  const forms = new Map(
    [...policy.allowlists, ...policy.grants].flatMap((item) => item.entries).map(({ rule, when }) => [rule, when]),
  );
  const conditional = [...entries].filter(([, { when }]) => when !== null);
  for (const group of Map.groupBy(conditional, ([, entry]) => placeOf(entry)).values()) {
    const [first] = group;
    const holds = sameOf(group.map(([rule]) => outcomes.ofForm(forms.get(rule) ?? -1, true)));
    if (first?.[1].when === null || first === undefined || holds === 'sometimes') continue;
    reportConstant(
      first[1].when,
      holds === 'always' ? 'this condition always holds' : 'this condition never holds',
      holds === 'always' ? 'remove it, or compare with a value that some call has' : 'remove the entry, or correct it',
      report,
    );
  }
  for (const { linked, lowered } of guards) {
    const { condition, denyIf } = linked;
    if (condition === null || outcomes.ofForm(lowered.form, !denyIf) !== 'never') continue;
    if (/^(?:true|false)$/.test((linked.document.value.when ?? linked.document.value.unless ?? '').trim())) continue;
    const message = denyIf ? 'this condition holds for every call' : 'this condition holds for no call';
    reportConstant(
      condition,
      `${message}, so the guard always denies`,
      'correct it, or write just `true` or `false`',
      report,
    );
  }
}

/** One item of an Allowlist is an entry for every server that its assignment name stands for. */
const placeOf = ({ span }: LinkedEntry): string => `${span.file.path} ${span.start}`;

function sameOf(all: readonly (Holds | null)[]): Holds {
  const found = new Set(all.filter((holds) => holds !== null));
  const [only = 'sometimes', ...others] = found;
  return others.length === 0 ? only : 'sometimes';
}

function reportConstant({ document, path }: LinkedCondition, message: string, help: string, report: Report): void {
  report({ code: 'dead/condition', message, span: document.spanAt(path), help });
}

import type { Report } from '../diagnostics/diagnostic.ts';
import type { LinkedCondition, LinkedEntry } from '../link/model.ts';
import type { Analysed } from './analysed.ts';
import type { Holds } from './outcomes.ts';

/**
 * Conditions that say the same of every call of every tool they are about. Of guards, those that deny whatever the call
 * is; what passes every call is a dead guard. A guard that says just `true` or `false` denies on purpose.
 */
export function findConstantConditions(analysed: Analysed, report: Report): void {
  const { guards, outcomes } = analysed;
  for (const group of Map.groupBy(conditionalEntries(analysed), ({ entry }) => placeOf(entry)).values()) {
    const [first] = group;
    const holds = sameOf(group.map(({ form }) => outcomes.ofForm(form, true)));
    if (first === undefined || holds === 'sometimes') continue;
    reportConstant(
      first.when,
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

interface ConditionalEntry {
  readonly entry: LinkedEntry;
  readonly when: LinkedCondition;
  readonly form: number;
}

/** Those of Allowlists: what a grant names itself has no condition. */
function conditionalEntries({ linked, policy }: Analysed): readonly ConditionalEntry[] {
  return linked.allowlists.flatMap(({ entries }, allowlist) =>
    entries.flatMap((entry, at): readonly ConditionalEntry[] => {
      const form = policy.allowlists[allowlist]?.entries[at]?.when ?? -1;
      return entry.when === null ? [] : [{ entry, when: entry.when, form }];
    }),
  );
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

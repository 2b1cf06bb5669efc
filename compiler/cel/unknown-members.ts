import { quote } from '../diagnostics/quote.ts';
import { didYouMean, suggestOnly } from '../diagnostics/suggest.ts';
import { helpForNames } from './explain.ts';
import type { UndeclaredMember } from './inference.ts';
import type { CelProblem } from './problem.ts';

/**
 * Members that a `has` asks for and that no tool declares (language.md, "Conditions"): mistyped, since the answer would
 * always be false. `checks`: what was undeclared, for each tool that the rule reaches.
 */
export function unknownMembers(checks: readonly (readonly UndeclaredMember[])[]): readonly CelProblem[] {
  const [first, ...others] = checks;
  const everywhere = (first ?? []).filter((member) =>
    others.every((check) => check.some(({ start, end }) => start === member.start && end === member.end)),
  );
  return everywhere.map(({ name, start, end }) => {
    const records = checks.flatMap((check) =>
      check.filter((member) => member.start === start).map(({ record }) => record),
    );
    const names = new Set(records.flatMap(({ fields }) => [...fields.keys()]));
    const only = records.length === 1 ? records[0] : undefined;
    const message = only === undefined ? `${quote(name)} is declared nowhere` : `${quote(name)} is not ${only.what}`;
    const meant = suggestOnly(name, names);
    const problem = {
      code: 'cel/unknown-field',
      message,
      help: didYouMean(name, names) ?? helpForNames([...names]),
      start,
      end,
    } as const;
    return meant === null ? problem : { ...problem, meant };
  });
}

import type { Report } from '../diagnostics/diagnostic.ts';
import type { Analysed } from './analysed.ts';

/** Robots that hold nothing because their owner is disabled (language.md, rule 6), which nobody sees in their files. */
export function findDisabledOwners({ linked }: Analysed, report: Report): void {
  for (const { document, owner } of linked.robots) {
    if (owner.value.disabled === undefined) continue;
    report({
      code: 'lint/disabled-owner',
      message: `the owner of this robot is disabled, and so is the robot`,
      span: document.spanAt(['owner']),
      help: 'give it another owner, or remove it when the team stays disabled',
      related: [{ message: `Team/${owner.name} is disabled here`, span: owner.spanAt(['disabled']) }],
    });
  }
}

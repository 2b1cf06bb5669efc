import type { Guard, Limit } from '../../schemas/types/policy.ts';
import type { LinkedGuard, LinkedLimit } from '../link/model.ts';
import { lowerCondition } from './conditions.ts';
import { lowerMatch } from './content.ts';
import type { Tables } from './tables.ts';

/** The first guard that denies is the one that is reported: constant ones come first, then names decide. */
export function lowerGuards(guards: readonly LinkedGuard[], tables: Tables): readonly Guard[] {
  const inOrder = [...guards].sort(
    (a, b) => Number(isConstant(b)) - Number(isConstant(a)) || (a.document.name < b.document.name ? -1 : 1),
  );
  return inOrder.map(({ document, match, condition, denyIf, message, hide, mode }): Guard => ({
    rule: tables.rules.add(document, document.span),
    name: document.name,
    match: lowerMatch(match, tables),
    form: lowerCondition(condition, tables),
    denyIf,
    message,
    hide,
    mode,
  }));
}

function isConstant({ condition }: LinkedGuard): boolean {
  const compiled = condition?.rows.flatMap((row) => [...row.byDefinition.values()]) ?? [];
  return compiled.every(({ constant }) => constant !== null);
}

export function lowerLimit(limit: LinkedLimit, tables: Tables): Limit {
  const { document } = limit;
  return {
    rule: tables.rules.add(document, document.span),
    name: document.name,
    match: lowerMatch(limit.match, tables),
    calls: limit.calls,
    concurrent: limit.concurrent,
    per: limit.per,
  };
}

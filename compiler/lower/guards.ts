import type { Guard, Limit } from '../../schemas/types/policy.ts';
import type { LinkedGuard, LinkedLimit } from '../link/model.ts';
import { lowerCondition } from './conditions.ts';
import { lowerMatch } from './content.ts';
import type { Tables } from './tables.ts';

/** The first guard that denies is the one that is reported: constant ones come first, then names decide. */
export function lowerGuards(guards: readonly LinkedGuard[], tables: Tables): readonly Guard[] {
  const lowered = guards.map((guard): Guard & { readonly isConstant: boolean } => {
    const { name, span } = guard.document;
    const compiled = guard.condition?.rows.flatMap((row) => [...row.byDefinition.values()]) ?? [];
    return {
      isConstant: compiled.every(({ constant }) => constant !== null),
      rule: tables.rules.add(`Guard/${name}`, span),
      name,
      match: lowerMatch(guard.match, tables),
      form: lowerCondition(guard.condition, tables),
      denyIf: guard.denyIf,
      message: guard.message,
      hide: guard.hide,
      mode: guard.mode,
    };
  });
  return lowered
    .sort((a, b) => Number(b.isConstant) - Number(a.isConstant) || (a.name < b.name ? -1 : 1))
    .map(({ isConstant: _, ...guard }) => guard);
}

export function lowerLimit(limit: LinkedLimit, tables: Tables): Limit {
  const { name, span } = limit.document;
  return {
    rule: tables.rules.add(`Limit/${name}`, span),
    name,
    match: lowerMatch(limit.match, tables),
    calls: limit.calls,
    concurrent: limit.concurrent,
    per: limit.per,
  };
}

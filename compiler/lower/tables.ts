import type { LinkedDefinition, LinkedGateway, LinkedServer } from '../link/model.ts';
import type { Projection } from '../../schemas/types/expression.ts';
import type { Condition, Form } from '../../schemas/types/policy.ts';
import type { CompiledCondition } from '../cel/index.ts';
import type { Interned } from './interned.ts';
import type { Rules } from './rules.ts';

/** Indices that several tables share. */
export interface Tables {
  readonly rules: Rules;
  readonly sets: Interned<readonly number[]>;
  /** Sets of one, which are most: those that were asked for already. */
  readonly setsOfOne: Map<LinkedDefinition, number>;
  readonly uriPatterns: Interned<readonly string[]>;
  readonly patterns: Interned<string>;
  readonly conditions: Interned<Condition>;
  readonly forms: Interned<Form>;
  /** Of conditions that were lowered already. */
  readonly lowered: Map<CompiledCondition, number>;
  /** By definition. */
  readonly projections: Map<number, Projection>;
  readonly serverIndex: ReadonlyMap<LinkedServer, number>;
  readonly gatewayIndex: ReadonlyMap<LinkedGateway, number>;
  readonly clientIndex: ReadonlyMap<string, number>;
  readonly definitionIndex: ReadonlyMap<LinkedDefinition, number>;
  readonly subjectIndex: (kind: 'team' | 'robot' | 'role', name: string) => number;
}

/** @returns -1 for an empty set. */
export function lowerSet(definitions: readonly LinkedDefinition[], tables: Tables): number {
  const [first, ...others] = definitions;
  if (first === undefined) return -1;
  const known = others.length === 0 ? tables.setsOfOne.get(first) : undefined;
  if (known !== undefined) return known;
  const indices = definitions.map((definition) => tables.definitionIndex.get(definition) ?? -1);
  const set = tables.sets.index(sorted(indices));
  if (others.length === 0) tables.setsOfOne.set(first, set);
  return set;
}

export function sorted(indices: readonly number[]): readonly number[] {
  if (indices.length < 2) return indices;
  return [...new Set(indices)].sort((a, b) => a - b);
}

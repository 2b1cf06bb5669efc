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
  if (definitions.length === 0) return -1;
  return tables.sets.index(sorted(definitions.map((definition) => tables.definitionIndex.get(definition) ?? -1)));
}

export function sorted(indices: readonly number[]): readonly number[] {
  if (indices.length < 2) return indices;
  return [...new Set(indices)].sort((a, b) => a - b);
}

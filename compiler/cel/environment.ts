import type { Root } from '../../schemas/types/expression.ts';
import type { Constant } from './checked.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  STRING,
  TIMESTAMP,
  UINT,
  type Type,
} from './types.ts';

/** A value that is known when the policy is compiled. */
export type Known =
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'list'; readonly items: readonly Known[] }
  | { readonly kind: 'record'; readonly members: ReadonlyMap<string, Known> };

export interface Variable {
  readonly type: Type;
  /** Null for a variable that requests have. */
  readonly known: Known | null;
}

/** What an expression can name, and how strictly it is read. */
export interface Environment {
  readonly variables: ReadonlyMap<string, Variable>;
  /**
   * Whether items of a list or map literal can be of several types without `dyn(...)`. False in policies; the
   * specification allows it.
   */
  readonly allowsMixedLiterals: boolean;
}

/** The variables of a condition, by what the data plane calls them. */
export const ROOTS: readonly Root[] = ['args', 'claims', 'client', 'now', 'principal'];

/** The names of types are values of type `type` (cel-spec, "Values"). */
const TYPE_NAMES: ReadonlyMap<string, Type> = new Map([
  ['null_type', NULL],
  ['bool', BOOL],
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
  ['string', STRING],
  ['bytes', BYTES],
  ['list', listOf(DYN)],
  ['map', mapOf(DYN, DYN)],
  ['google.protobuf.Timestamp', TIMESTAMP],
  ['google.protobuf.Duration', DURATION],
  ['type', { kind: 'type', of: null }],
]);

/** The names that every expression has. */
export const TYPE_VARIABLES: ReadonlyMap<string, Variable> = new Map(
  [...TYPE_NAMES].map(([name, type]): [string, Variable] => [
    name,
    { type: { kind: 'type', of: type }, known: { kind: 'constant', constant: { type: 'type', value: name } } },
  ]),
);

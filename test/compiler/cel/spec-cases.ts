import {
  getCheckingSuite,
  getComprehensionSuite,
  getConformanceSuite,
  getParsingSuite,
  type IncrementalTest,
  type IncrementalTestSuite,
} from '@bufbuild/cel-spec/testdata/tests.js';
import {
  Type_PrimitiveType,
  Type_WellKnownType,
  type Type as SpecType,
} from '@bufbuild/cel-spec/cel/expr/checked_pb.js';
import { TYPE_VARIABLES, type Environment, type Variable } from '../../../compiler/cel/environment.ts';
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
} from '../../../compiler/cel/types.ts';

/** A test of the specification, with what cel-go makes of it. */
export interface SpecCase {
  /** `conformance/basic/variables/self_eval_bound_lookup`. */
  readonly path: string;
  readonly expr: string;
  readonly spec: IncrementalTest;
}

export const SPEC_CASES: readonly SpecCase[] = [
  ...casesOf(getConformanceSuite(), []),
  ...casesOf(getComprehensionSuite(), []),
  ...casesOf(getParsingSuite(), []),
  ...casesOf(getCheckingSuite(), []),
];

function* casesOf(suite: IncrementalTestSuite, above: readonly string[]): Generator<SpecCase> {
  const path = [...above, suite.name];
  for (const spec of suite.tests) yield { path: [...path, spec.name].join('/'), expr: spec.original.expr, spec };
  for (const below of suite.suites) yield* casesOf(below, path);
}

/** Declared by cel-go's checker tests for all of theirs. */
const CHECKING_VARIABLES: readonly (readonly [string, Type])[] = [
  ['is', STRING],
  ['ii', INT],
  ['iu', UINT],
  ['iz', BOOL],
  ['ib', BYTES],
  ['id', DOUBLE],
  ['ix', NULL],
];

const PRIMITIVES: ReadonlyMap<Type_PrimitiveType, Type> = new Map([
  [Type_PrimitiveType.BOOL, BOOL],
  [Type_PrimitiveType.INT64, INT],
  [Type_PrimitiveType.UINT64, UINT],
  [Type_PrimitiveType.DOUBLE, DOUBLE],
  [Type_PrimitiveType.STRING, STRING],
  [Type_PrimitiveType.BYTES, BYTES],
]);

/** The environment that a test declares; null when that has types or functions which ours has not. */
export function environmentOf({ path, spec }: SpecCase): Environment | null {
  const variables = new Map<string, Variable>(TYPE_VARIABLES);
  if (path.startsWith('checking/'))
    for (const [name, type] of CHECKING_VARIABLES) variables.set(name, { type, known: null });
  for (const { name, declKind } of spec.original.typeEnv) {
    const type = declKind.case === 'ident' ? typeOf(declKind.value.type) : null;
    if (type === null) return null;
    variables.set(name, { type, known: null });
  }
  return { variables, allowsMixedLiterals: true };
}

function typeOf(type: SpecType | undefined): Type | null {
  const kind = type?.typeKind;
  if (kind?.case === 'primitive') return PRIMITIVES.get(kind.value) ?? null;
  if (kind?.case === 'wellKnown') {
    if (kind.value === Type_WellKnownType.TIMESTAMP) return TIMESTAMP;
    return kind.value === Type_WellKnownType.DURATION ? DURATION : null;
  }
  if (kind?.case === 'listType') {
    const item = typeOf(kind.value.elemType);
    return item === null ? null : listOf(item);
  }
  if (kind?.case === 'mapType') {
    const [key, value] = [typeOf(kind.value.keyType), typeOf(kind.value.valueType)];
    return key === null || value === null ? null : mapOf(key, value);
  }
  if (kind?.case === 'null') return NULL;
  return kind?.case === 'dyn' ? DYN : null;
}

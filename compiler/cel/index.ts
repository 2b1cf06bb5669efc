/** Conditions: CEL text to checked data (README.md). */
export type { Certainty } from './always.ts';
export { checkCondition, checkExpression, type CheckedExpression } from './check.ts';
export { compileCondition, compileParsed, type CompiledCondition, type ConditionResult } from './compile.ts';
export {
  conditionEnvironment,
  promptArguments,
  resourceArguments,
  type ClaimForm,
  type ConditionSubject,
} from './condition-environment.ts';
export type { Environment } from './environment.ts';
export type { UndeclaredMember } from './inference.ts';
export { parseExpression, type ParsedExpression } from './parse.ts';
export type { CelCode, CelProblem } from './problem.ts';
export { renderExpression } from './render.ts';
export { argumentsType, type ArgumentSchema } from './schema-types.ts';
export type { RecordType, Type } from './types.ts';
export { unknownMembers } from './unknown-members.ts';
export { withPatterns } from './with-patterns.ts';

/** Conditions: CEL text to checked data (README.md). */
export { checkCondition, checkExpression } from './check.ts';
export { compileCondition, compileParsed, type CompiledCondition, type ConditionResult } from './compile.ts';
export {
  conditionEnvironment,
  promptArguments,
  resourceArguments,
  type ClaimForm,
  type ConditionSubject,
} from './condition-environment.ts';
export type { Environment } from './environment.ts';
export { parseExpression, type ParsedExpression } from './parse.ts';
export type { CelProblem } from './problem.ts';
export { renderExpression } from './render.ts';
export { argumentsType } from './schema-types.ts';
export type { RecordType } from './types.ts';
export { unknownMembers } from './unknown-members.ts';
export { withPatterns } from './with-patterns.ts';

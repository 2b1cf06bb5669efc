import { buildCondition, CONDITION_VARIABLES, type BuiltExpression } from '../cel/build.ts';
import { childrenOf } from '../cel/children.ts';
import { buildProjection, type ProjectionPlan } from '../cel/projection-plan.ts';
import { re2js } from '../content/regex/re2js.ts';
import { validatePattern } from '../content/regex/validate-pattern.ts';
import type { Expr, Projection } from '../../schemas/types/expression.ts';
import type { Condition, Policy, FormRow } from '../../schemas/types/policy.ts';
import type { Slot } from './decision.ts';

/** A condition ready to be asked. */
export interface BuiltCondition extends BuiltExpression {
  /** Position among the policy's conditions. */
  readonly index: number;
  readonly reads: Condition['reads'];
  /** What must hold of the arguments before this condition may read them; null = it does not. One object for equal ones. */
  readonly projection: ProjectionPlan | null;
}

/** What a condition becomes that this engine cannot build: an error, so that grants do not apply and guards deny. */
export type ConditionsResult =
  { readonly ok: true; readonly conditions: Conditions } | { readonly ok: false; readonly message: string };

/** The conditions of a policy as functions. */
export class Conditions {
  readonly #policy: Policy;
  readonly #built: readonly BuiltCondition[];

  constructor(policy: Policy, built: readonly BuiltCondition[]) {
    this.#policy = policy;
    this.#built = built;
  }

  /** What a form is for something behind a gateway; null when it does not reach it. Templates go by the resources they name. */
  find(form: number, gateway: number, { kind, definition }: Pick<Slot, 'kind' | 'definition'>): BuiltCondition | null {
    const found = this.#policy.forms[form];
    if (found === undefined) return null;
    const row = found.rows[found.gateways === null ? 0 : found.gateways.indexOf(gateway)];
    if (row === undefined) return null;
    const isDefined = kind === 'tool' || kind === 'prompt';
    return this.#built[isDefined ? this.#conditionOf(row, definition) : row.resources] ?? null;
  }

  /** The condition at a position of the policy's conditions. */
  at(index: number): BuiltCondition | null {
    return this.#built[index] ?? null;
  }

  #conditionOf(row: FormRow, definition: number): number {
    if (row.definitions === -1) return row.conditions[0] ?? -1;
    const set = this.#policy.sets[row.definitions] ?? [];
    return row.conditions[indexIn(set, definition)] ?? -1;
  }
}

/** Builds all conditions of a policy, so that one that cannot be built refuses the bundle and not a call. */
export function buildConditions(policy: Policy): ConditionsResult {
  const used = new Set<number>();
  for (const { expression } of policy.conditions) collectPatterns(expression, used);
  for (const at of used) {
    const valid = validatePattern(policy.patterns[at] ?? '');
    if (!valid.ok) return { ok: false, message: `pattern ${at}: ${valid.message}` };
  }
  // Content rules compile their own; what no condition names is never looked up.
  const unused = re2js.compile('');
  const patterns = policy.patterns.map((text, at) => (used.has(at) ? re2js.compile(text) : unused));
  const scope = { variables: CONDITION_VARIABLES, patterns };
  const built: BuiltCondition[] = [];
  const plans = new Map<string, ProjectionPlan>();
  for (const [at, { expression, reads, projection }] of policy.conditions.entries()) {
    const result = buildCondition(expression, scope);
    if (!result.ok) return { ok: false, message: `condition ${at} cannot be built: ${result.reason} at ${result.at}` };
    const inner = result.expression;
    const plan = projection === null ? null : planOf(projection, plans);
    built.push({ index: at, reads, projection: plan, evaluate: (frame) => inner.evaluate(frame) });
  }
  return { ok: true, conditions: new Conditions(policy, built) };
}

function planOf(projection: Projection, plans: Map<string, ProjectionPlan>): ProjectionPlan {
  const key = JSON.stringify(projection);
  const plan = plans.get(key) ?? buildProjection(projection);
  plans.set(key, plan);
  return plan;
}

function collectPatterns(node: Expr, found: Set<number>): void {
  if (node.k === 'match') found.add(node.pattern);
  for (const child of childrenOf(node)) collectPatterns(child, found);
}

/** Position in a sorted set; -1 when it is not there. */
function indexIn(set: readonly number[], value: number): number {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = set[middle] ?? 0;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

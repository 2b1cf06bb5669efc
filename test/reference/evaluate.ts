import type { Comparison, Condition, Path, Term } from './expression.ts';

/** int = bigint, double = number, timestamp = Date, record or map = Map. */
export type Value = null | boolean | bigint | number | string | Date | readonly Value[] | ReadonlyMap<string, Value>;

const ERROR = Symbol('error');
/** Depends on what only a call brings. */
export const UNKNOWN = Symbol('unknown');
export type Outcome = Value | typeof ERROR | typeof UNKNOWN;

/** What the variables of a condition stand for. `tool` and `gateway` are always known. */
export interface Scene {
  /** Unknown when a list is made. */
  readonly args: ReadonlyMap<string, Value> | typeof UNKNOWN;
  readonly now: Date | typeof UNKNOWN;
  readonly claims: ReadonlyMap<string, Value> | typeof UNKNOWN;
  readonly principal: ReadonlyMap<string, Value> | typeof UNKNOWN;
  readonly client: ReadonlyMap<string, Value> | typeof UNKNOWN;
  readonly tool: ReadonlyMap<string, Value> | typeof UNKNOWN;
  readonly gateway: ReadonlyMap<string, Value> | typeof UNKNOWN;
  /** Names of arguments that the tool's schema declares. */
  readonly declared: ReadonlySet<string>;
}

type Locals = ReadonlyMap<string, Value>;
const NONE: Locals = new Map();

/** The outcome of a condition: language.md, "Conditions" and rule 5, over the definitions of cel-spec. */
export function evaluate(expression: Condition, scene: Scene, locals: Locals = NONE): Outcome {
  const test = (condition: Condition): Outcome => evaluate(condition, scene, locals);
  const term = (of: Term): Outcome => evaluateTerm(of, scene, locals);
  switch (expression.is) {
    case 'constant':
      return expression.value;
    case 'path':
      return read(expression.path, scene);
    case 'has':
      return has(expression.path, scene);
    case 'not': {
      const of = test(expression.of);
      return typeof of === 'boolean' ? !of : undecided(of);
    }
    case 'and':
      return absorb(test(expression.left), test(expression.right), false);
    case 'or':
      return absorb(test(expression.left), test(expression.right), true);
    case 'choose': {
      const of = test(expression.test);
      if (typeof of !== 'boolean') return undecided(of);
      return test(of ? expression.yes : expression.no);
    }
    case 'compare':
      return strictly([term(expression.left), term(expression.right)], ([left, right]) =>
        compare(expression.operator, left ?? null, right ?? null),
      );
    case 'in':
      return strictly([term(expression.item), term(expression.list)], ([item, list]) =>
        Array.isArray(list) ? list.some((each: Value) => equal(each, item ?? null)) : ERROR,
      );
    case 'text':
      return strictly([term(expression.of)], ([of]) =>
        typeof of === 'string'
          ? { startsWith: of.startsWith.bind(of), endsWith: of.endsWith.bind(of), contains: of.includes.bind(of) }[
              expression.method
            ](expression.with)
          : ERROR,
      );
    case 'some':
    case 'every':
    case 'one':
      return strictly([term(expression.list)], ([list]) => {
        if (!Array.isArray(list)) return ERROR;
        const outcomes = list.map((item: Value) =>
          evaluate(expression.body, scene, new Map([...locals, [expression.variable, item]])),
        );
        if (expression.is === 'some') return outcomes.reduce((all, each) => absorb(all, each, true), false);
        if (expression.is === 'every') return outcomes.reduce((all, each) => absorb(all, each, false), true);
        return strictly(outcomes, (values) => values.filter((value) => value === true).length === 1);
      });
  }
}

/**
 * The condition without what `tool`, `gateway` and constants decide before any call, which is all that is left of it when
 * it is asked: an argument that only stood in what fell away is not read.
 */
export function simplify(condition: Condition, scene: Pick<Scene, 'tool' | 'gateway' | 'declared'>): Condition {
  const before: Scene = {
    ...scene,
    args: UNKNOWN,
    now: UNKNOWN,
    claims: UNKNOWN,
    principal: UNKNOWN,
    client: UNKNOWN,
  };
  switch (condition.is) {
    case 'and':
    case 'or': {
      const left = simplify(condition.left, scene);
      const right = simplify(condition.right, scene);
      const decider = condition.is === 'or';
      for (const [one, other] of [
        [left, right],
        [right, left],
      ] as const) {
        if (one.is === 'constant') return one.value === decider ? one : other;
      }
      return { is: condition.is, left, right };
    }
    case 'not': {
      const of = simplify(condition.of, scene);
      return of.is === 'constant' ? { is: 'constant', value: !of.value } : { is: 'not', of };
    }
    case 'choose': {
      const test = simplify(condition.test, scene);
      const [yes, no] = [simplify(condition.yes, scene), simplify(condition.no, scene)];
      if (test.is === 'constant') return test.value ? yes : no;
      return { is: 'choose', test, yes, no };
    }
    case 'constant':
    case 'path':
    case 'has':
    case 'compare':
    case 'in':
    case 'text':
    case 'some':
    case 'every':
    case 'one': {
      const outcome = evaluate(condition, before);
      return typeof outcome === 'boolean' ? { is: 'constant', value: outcome } : condition;
    }
  }
}

function evaluateTerm(term: Term, scene: Scene, locals: Locals): Outcome {
  const inner = (of: Term): Outcome => evaluateTerm(of, scene, locals);
  switch (term.is) {
    case 'path':
      return read(term.path, scene);
    case 'variable':
      return locals.get(term.name) ?? ERROR;
    case 'null':
      return null;
    case 'int':
    case 'double':
    case 'string':
      return term.value;
    case 'list':
      return strictly(term.items.map(inner), (items) => items);
    case 'size':
      return strictly([inner(term.of)], ([of]) => {
        // Characters, not UTF-16 units.
        if (typeof of === 'string') return BigInt(Array.from(of).length);
        return Array.isArray(of) ? BigInt(of.length) : ERROR;
      });
    case 'element':
      return strictly([inner(term.of)], ([of]) =>
        Array.isArray(of) ? ((of[term.at] as Value | undefined) ?? ERROR) : ERROR,
      );
    case 'arithmetic':
      return strictly([inner(term.left), inner(term.right)], ([left, right]) =>
        typeof left === 'bigint' && typeof right === 'bigint' ? calculate(term.operator, left, right) : ERROR,
      );
    case 'now':
      return scene.now;
    case 'instant':
      return new Date(term.iso);
    case 'part':
      if (scene.now === UNKNOWN) return UNKNOWN;
      switch (term.method) {
        case 'getFullYear':
          return BigInt(scene.now.getUTCFullYear());
        case 'getMonth':
          return BigInt(scene.now.getUTCMonth());
        case 'getDayOfWeek':
          return BigInt(scene.now.getUTCDay());
        case 'getHours':
          return BigInt(scene.now.getUTCHours());
      }
  }
}

/** Own members only; one that is not there is an error. */
function read({ root, names }: Path, scene: Scene): Outcome {
  let at: Outcome = scene[root];
  for (const name of names) {
    if (at === UNKNOWN) return UNKNOWN;
    at = at instanceof Map ? ((at as ReadonlyMap<string, Value>).get(name) ?? (at.has(name) ? null : ERROR)) : ERROR;
    if (at === ERROR) return ERROR;
  }
  return at;
}

function has({ root, names }: Path, scene: Scene): Outcome {
  // "... and false where one does not declare it": that is known before any call.
  if (root === 'args' && names.length === 1 && !scene.declared.has(names[0] ?? '')) return false;
  const of = read({ root, names: names.slice(0, -1) }, scene);
  if (of === UNKNOWN || of === ERROR) return of;
  return of instanceof Map ? of.has(names.at(-1) ?? '') : ERROR;
}

/** `&&` (decided by false) and `||` (decided by true): whichever side decides, the other may be anything. */
function absorb(left: Outcome, right: Outcome, decider: boolean): Outcome {
  if (left === decider || right === decider) return decider;
  if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN;
  return left === !decider && right === !decider ? !decider : ERROR;
}

function undecided(of: Outcome): Outcome {
  return of === UNKNOWN ? UNKNOWN : ERROR;
}

function strictly(outcomes: readonly Outcome[], then: (values: readonly Value[]) => Outcome): Outcome {
  if (outcomes.includes(UNKNOWN)) return UNKNOWN;
  const values = outcomes.filter((outcome): outcome is Value => outcome !== ERROR && outcome !== UNKNOWN);
  return values.length < outcomes.length ? ERROR : then(values);
}

function compare(operator: Comparison, left: Value, right: Value): Outcome {
  if (operator === '==') return equal(left, right);
  if (operator === '!=') return !equal(left, right);
  const order = orderOf(left, right);
  if (order === null) return ERROR;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Numbers by what they amount to, whatever their type: JavaScript compares a bigint and a number exactly. */
function equal(left: Value, right: Value): boolean {
  if (isNumeric(left) && isNumeric(right)) return !(left < right) && !(left > right);
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  return left === right;
}

function orderOf(left: Value, right: Value): number | null {
  if (isNumeric(left) && isNumeric(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  return null;
}

const isNumeric = (value: Value): value is bigint | number => typeof value === 'bigint' || typeof value === 'number';

const INT_MAX = 2n ** 63n - 1n;
const INT_MIN = -(2n ** 63n);

function calculate(operator: '+' | '-' | '*' | '/' | '%', left: bigint, right: bigint): Outcome {
  if ((operator === '/' || operator === '%') && right === 0n) return ERROR;
  const result = {
    '+': () => left + right,
    '-': () => left - right,
    '*': () => left * right,
    '/': () => left / right,
    '%': () => left % right,
  }[operator]();
  return result < INT_MIN || result > INT_MAX ? ERROR : result;
}

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkExpression,
  compileCondition,
  parseExpression,
  type CompiledCondition,
} from '../../../compiler/cel/index.ts';
import { emitExpression } from '../../../compiler/cel/emit.ts';
import { buildCondition, CONDITION_VARIABLES } from '../../../dataplane/cel/build.ts';
import { Fault, UNKNOWN } from '../../../dataplane/cel/fault.ts';
import { Frame } from '../../../dataplane/cel/frame.ts';
import { projectArguments } from '../../../dataplane/cel/project-arguments.ts';
import { buildProjection } from '../../../dataplane/cel/projection-plan.ts';
import { recordOf, Timestamp, type Outcome } from '../../../dataplane/cel/value.ts';
import type { Condition, Expr } from '../../../schemas/types/expression.ts';
import { randomCondition } from './random-condition.ts';
import { ENVIRONMENT } from './refund.ts';

const country = fc.constantFrom('de', 'fr', null);
const item = fc.record(
  { sku: fc.string(), price: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { requiredKeys: ['sku'] },
);

/** Arguments that fit the schema of `REFUND`. */
const randomArguments = fc.record(
  {
    amount: fc.maxSafeInteger(),
    ratio: fc.double({ noNaN: true, noDefaultInfinity: true }),
    currency: fc.constantFrom('usd', 'eur'),
    note: fc.string(),
    limit: fc.option(fc.integer()),
    tags: fc.array(fc.string(), { maxLength: 4 }),
    choice: fc.oneof(fc.string(), fc.integer()),
    customer: fc.record({ email: fc.string(), country }, { requiredKeys: ['email'] }),
    items: fc.array(item, { maxLength: 3 }),
  },
  { requiredKeys: ['amount', 'ratio', 'currency', 'limit', 'tags', 'choice', 'items'] },
);

/** What no expression with a type gives, whatever the call: the compiler promised the types, and the variables. */
const BROKEN_PROMISES: ReadonlySet<string> = new Set(['no-such-overload', 'no-such-variable', 'unsupported-key']);

function compiled(text: string): CompiledCondition {
  const result = compileCondition(text, ENVIRONMENT);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.compiled;
}

/** The same of an expression that may have more macros within each other than a condition can. */
function compiledIfAllowed(text: string): CompiledCondition {
  const result = compileCondition(text, ENVIRONMENT);
  fc.pre(result.ok || result.errors.some(({ code }) => code !== 'cel/too-deep'));
  return compiled(text);
}

/** Reads all of the arguments. */
const EVERYTHING = compiled('dyn(args) == 1').condition;

function frameOf(args: Outcome): Frame {
  const values: Readonly<Record<(typeof CONDITION_VARIABLES)[number], Outcome>> = {
    args,
    claims: recordOf({ mfa: true, groups: ['a'] }),
    client: recordOf({ id: 'client' }),
    now: new Timestamp(0, 0),
    principal: recordOf({ id: 'p', kind: 'person', email: '' }),
  };
  return new Frame(CONDITION_VARIABLES.map((name) => values[name]));
}

function evaluate(expression: Expr, args: Outcome): Outcome {
  const built = buildCondition(expression, { variables: CONDITION_VARIABLES, patterns: [] });
  if (!built.ok) throw new Error(`${built.reason} at ${built.at}`);
  return built.expression.evaluate(frameOf(args));
}

function read({ projection }: Condition, args: unknown): Outcome {
  if (projection === null) return recordOf({});
  const body = Buffer.from(JSON.stringify(args));
  const value = projectArguments(body, { start: 0, end: body.length }, buildProjection(projection));
  if (typeof value === 'object' && value !== null && 'problem' in value)
    throw new Error(`${value.problem} ${value.path.join('.')}`);
  return value;
}

test('what has a type keeps it: with arguments of the schema, no operand is ever of a wrong type', () => {
  fc.assert(
    fc.property(randomCondition, randomArguments, (text, args) => {
      const { condition, constant } = compiledIfAllowed(text);
      const outcome = evaluate(condition.expression, read(condition, args));
      if (outcome instanceof Fault) expect(BROKEN_PROMISES.has(outcome.kind)).toBe(false);
      else expect(typeof outcome).toBe('boolean');
      // Folding computed what was known, and changed nothing.
      const { tree } = checkExpression(parseExpression(text), ENVIRONMENT);
      const unfolded = evaluate(
        emitExpression(tree, () => 0),
        read(EVERYTHING, args),
      );
      expect(outcome instanceof Fault).toBe(unfolded instanceof Fault);
      if (!(outcome instanceof Fault)) expect(unfolded).toBe(outcome);
      if (constant !== null) expect(outcome).toBe(constant);
      // What is decided before there are arguments stays decided.
      const listed = evaluate(condition.expression, UNKNOWN);
      if (typeof listed === 'boolean') expect(listed).toBe(outcome);
    }),
    { numRuns: 3_000 },
  );
});

test('what is said to be always true or false is so for any arguments', () => {
  let decided = 0;
  fc.assert(
    fc.property(randomCondition, randomArguments, (text, args) => {
      const { condition, certainties } = compiledIfAllowed(text);
      const [whole, ...others] = certainties();
      if (whole === undefined || others.length > 0 || whole.end - whole.start < text.length) return;
      decided++;
      const outcome = evaluate(condition.expression, read(condition, args));
      if (outcome instanceof Fault) return;
      expect(outcome).toBe(whole.always);
    }),
    { numRuns: 3_000 },
  );
  expect(decided).toBeGreaterThan(20);
});

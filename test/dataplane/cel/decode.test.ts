import { expect, test } from 'vitest';
import { buildCondition } from '../../../dataplane/cel/build.ts';
import { decodeExpression, EXPRESSION_FAILURES, type ExpressionFailure } from '../../../dataplane/cel/decode.ts';
import { implementationOf } from '../../../dataplane/cel/functions.ts';
import { FUNCTIONS, overloadIds } from '../../../dataplane/cel/overloads.ts';
import { EXPRESSION_DEPTH_MAX, EXPRESSION_NODES_MAX, FOLDS_NESTED_MAX } from '../../../dataplane/limits.ts';

const one = { k: 'const', t: 'int', v: '1' };
const yes = { k: 'const', t: 'bool', v: true };
const accu = { k: 'var', name: '@result' };
const call = (fn: string, ...args: readonly unknown[]) => ({ k: 'call', fn, args });
const text = (v: string) => ({ k: 'const', t: 'string', v });
const fold = { k: 'fold', range: { k: 'list', items: [] }, iter: 'x', iter2: null, accu: '@result' };
const all = { ...fold, init: yes, cond: yes, step: yes, result: accu };

/** A chain of negations: so many nodes, each below the one before. */
function deep(levels: number): unknown {
  let node: unknown = yes;
  for (let level = 1; level < levels; level++) node = call('logical_not', node);
  return node;
}

function nested(folds: number): unknown {
  let node: unknown = yes;
  for (let count = 0; count < folds; count++) node = { ...all, step: node };
  return node;
}

const wide = (items: number) => ({ k: 'list', items: Array.from({ length: items }, () => one) });

test.each<readonly [name: string, expression: unknown]>([
  [
    'every kind of node',
    { ...all, range: { k: 'list', items: [one] }, step: { k: 'has', of: { k: 'var', name: 'args' }, name: 'a' } },
  ],
  ['a map', { k: 'map', entries: [{ key: text('a'), value: one }] }],
  ['a pattern', { k: 'match', of: text('a'), pattern: 1 }],
  ['two variables of a macro', { ...all, iter2: 'y', step: { k: 'var', name: 'y' } }],
  ['as deep as may be', deep(EXPRESSION_DEPTH_MAX)],
  ['as large as may be', wide(EXPRESSION_NODES_MAX - 1)],
  ['as many folds as may be', nested(FOLDS_NESTED_MAX)],
  ['folds one after the other', { ...all, range: { ...all, range: nested(FOLDS_NESTED_MAX - 1) } }],
  ['a member of an odd name', { k: 'get', of: { k: 'var', name: 'args' }, name: '__proto__' }],
])('is taken: %s', (_name, expression) => {
  expect(decodeExpression(expression, { variables: ['args'], patterns: 2 })).toEqual({ ok: true, expression });
});

const refused: readonly (readonly [name: string, expression: unknown, reason: ExpressionFailure, at: string])[] = [
  ['nothing', null, 'malformed', ''],
  ['a list', [one], 'malformed', ''],
  ['no kind', {}, 'unknown-kind', ''],
  ['a kind that there is not', { k: 'lambda' }, 'unknown-kind', ''],
  ['a kind that objects inherit', { k: 'toString' }, 'unknown-kind', ''],
  ['a member too many', { ...one, line: 1 }, 'malformed', ''],
  ['a member too few', { k: 'var' }, 'malformed', ''],
  ['an inherited member', Object.create(one), 'malformed', ''],
  ['a name that is no text', { k: 'get', of: one, name: 1 }, 'malformed', ''],
  ['a name of half a character', { k: 'get', of: one, name: '\ud800' }, 'malformed', ''],
  ['a type of constants that there is not', { k: 'const', t: 'json', v: '{}' }, 'malformed', ''],
  ['a constant that is a number', { k: 'const', t: 'int', v: 1 }, 'malformed', ''],
  ['an int that is none', { k: 'const', t: 'int', v: '1.5' }, 'bad-constant', ''],
  ['an int with a zero in front', { k: 'const', t: 'int', v: '01' }, 'bad-constant', ''],
  ['an int of 65 bits', { k: 'const', t: 'int', v: '9223372036854775808' }, 'bad-constant', ''],
  ['a uint below zero', { k: 'const', t: 'uint', v: '-1' }, 'bad-constant', ''],
  ['a double in another notation', { k: 'const', t: 'double', v: '1.50' }, 'bad-constant', ''],
  ['a text that is true', { k: 'const', t: 'bool', v: 'true' }, 'bad-constant', ''],
  ['a text of half a character', text('\udc00'), 'bad-constant', ''],
  ['bytes that are no base64', { k: 'const', t: 'bytes', v: 'YQ' }, 'bad-constant', ''],
  ['a time without its zone', { k: 'const', t: 'timestamp', v: '2024-01-01T00:00:00' }, 'bad-constant', ''],
  ['a duration without its unit', { k: 'const', t: 'duration', v: '1' }, 'bad-constant', ''],
  ['a type that there is not', { k: 'const', t: 'type', v: 'regex' }, 'bad-constant', ''],
  ['a variable that there is not', { k: 'var', name: 'env' }, 'unknown-variable', ''],
  ['a variable out of its fold', call('equals', all, { k: 'var', name: 'x' }), 'unknown-variable', 'args[1]'],
  ["a fold's variable in its result", { ...all, result: { k: 'var', name: 'x' } }, 'unknown-variable', 'result'],
  ["a fold's variable in its range", { ...all, range: { k: 'var', name: 'x' } }, 'unknown-variable', 'range'],
  ['an overload that there is not', call('eval', one), 'unknown-overload', ''],
  ['an overload that objects inherit', call('constructor', one), 'unknown-overload', ''],
  ['too few arguments', call('less_int64', one), 'wrong-arity', ''],
  ['too many arguments', call('less_int64', one, one, one), 'wrong-arity', ''],
  ['arguments that are no list', { k: 'call', fn: 'less_int64', args: { length: 2 } }, 'malformed', ''],
  ['a pattern that there is not', { k: 'match', of: text('a'), pattern: 2 }, 'unknown-pattern', ''],
  ['a pattern that is no number', { k: 'match', of: text('a'), pattern: '0' }, 'unknown-pattern', ''],
  ['an entry without a value', { k: 'map', entries: [{ key: one }] }, 'malformed', 'entries[0]'],
  [
    'far below',
    call('logical_not', { k: 'list', items: [one, { k: 'get', of: 1, name: 'a' }] }),
    'malformed',
    'args[0].items[1].of',
  ],
  [
    'too deep',
    deep(EXPRESSION_DEPTH_MAX + 1),
    'too-deep',
    'args[0]'.concat('.args[0]'.repeat(EXPRESSION_DEPTH_MAX - 1)),
  ],
  ['much too deep', deep(100_000), 'too-deep', 'args[0]'.concat('.args[0]'.repeat(EXPRESSION_DEPTH_MAX - 1))],
  ['too large', wide(EXPRESSION_NODES_MAX), 'too-large', `items[${EXPRESSION_NODES_MAX - 1}]`],
  [
    'too many folds',
    nested(FOLDS_NESTED_MAX + 1),
    'too-many-folds',
    'step'.concat('.step'.repeat(FOLDS_NESTED_MAX - 1)),
  ],
];

test.each(refused)('is refused: %s', (_name, expression, reason, at) => {
  const scope = { variables: ['args'], patterns: 2 };
  expect(decodeExpression(expression, scope)).toEqual({ ok: false, reason, at });
  // Whoever builds without decoding is told the same.
  expect(buildCondition(expression as never, { variables: ['args'], patterns: [] }).ok).toBe(false);
});

test('every reason has a case', () => {
  expect(new Set(refused.map(([, , reason]) => reason))).toEqual(new Set(EXPRESSION_FAILURES));
});

test('every overload is implemented, with its number of arguments, and no id stands for two of them', () => {
  const lazy = ['logical_and', 'logical_or', 'conditional'];
  expect(overloadIds().filter((id) => implementationOf(id) === null)).toEqual(lazy);
  const ids = FUNCTIONS.flatMap(({ overloads }) => overloads.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const { overloads, dynamic, arity } of FUNCTIONS) {
    for (const { id, args } of [...overloads, dynamic]) {
      expect(args.length, id).toBe(arity);
      if (!lazy.includes(id)) expect(implementationOf(id)?.arity, id).toBe(arity);
    }
  }
});

/**
 * `node test/bench/cel.ts`: how many conditions one core evaluates per second. Each is measured by itself, and then the
 * first again after all others have run through the same code, which is what a proxy with many rules sees.
 */
import { bench, do_not_optimize, run } from 'mitata';
import { buildCondition, type BuiltExpression } from '../../dataplane/cel/build.ts';
import { Frame } from '../../dataplane/cel/frame.ts';
import { Double, recordOf, type Value } from '../../dataplane/cel/value.ts';
import { timestampOfMs } from '../../dataplane/cel/time.ts';
import { re2js } from '../../dataplane/content/regex/re2js.ts';
import type { Expr } from '../../schemas/types/expression.ts';

const VARIABLES = ['request', 'args', 'principal', 'now'];
const call = (fn: string, ...args: readonly Expr[]): Expr => ({ k: 'call', fn, args });
const path = (root: string, ...names: readonly string[]): Expr =>
  names.reduce<Expr>((of, name) => ({ k: 'get', of, name }), { k: 'var', name: root });
const text = (v: string): Expr => ({ k: 'const', t: 'string', v });
const int = (v: number): Expr => ({ k: 'const', t: 'int', v: String(v) });
const list = (...items: readonly Expr[]): Expr => ({ k: 'list', items });
const variable = (name: string): Expr => ({ k: 'var', name });
const accu = variable('@accu');

const exists = (range: Expr, iter: string, predicate: Expr): Expr => ({
  k: 'fold',
  range,
  iter,
  iter2: null,
  accu: '@accu',
  init: { k: 'const', t: 'bool', v: false },
  cond: call('not_strictly_false', call('logical_not', accu)),
  step: call('logical_or', accu, predicate),
  result: accu,
});

/** `request.tool.name.startsWith("delete_") && !("admin" in principal.roles) && args.amount < 100` */
const E1 = call(
  'logical_and',
  call(
    'logical_and',
    call('starts_with_string', path('request', 'tool', 'name'), text('delete_')),
    call('logical_not', call('in_list', text('admin'), path('principal', 'roles'))),
  ),
  call('less_int64', path('args', 'amount'), int(100)),
);

const conditions: readonly (readonly [name: string, expression: Expr])[] = [
  ['E1', E1],
  [
    'args.currency in ["usd", "eur"] && args.amount <= 50000',
    call(
      'logical_and',
      call('in_list', path('args', 'currency'), list(text('usd'), text('eur'))),
      call('less_equals_int64', path('args', 'amount'), int(50_000)),
    ),
  ],
  ['has(args.note)', { k: 'has', of: variable('args'), name: 'note' }],
  ['args.price > 9.5', call('greater_double', path('args', 'price'), { k: 'const', t: 'double', v: '9.5' })],
  ['args.amount + 1 == 43', call('equals', call('add_int64', path('args', 'amount'), int(1)), int(43))],
  ['args.items.exists(i, i == "c")', exists(path('args', 'items'), 'i', call('equals', variable('i'), text('c')))],
  ['args.currency.matches("^[a-z]{3}$")', { k: 'match', of: path('args', 'currency'), pattern: 0 }],
  [
    'now < timestamp("2030-01-01T00:00:00Z")',
    call('less_timestamp', variable('now'), call('string_to_timestamp', text('2030-01-01T00:00:00Z'))),
  ],
  [
    'now.getHours("Europe/Berlin") < 18',
    call('less_int64', call('timestamp_to_hours_with_tz', variable('now'), text('Europe/Berlin')), int(18)),
  ],
];

function built(expression: Expr): BuiltExpression {
  const result = buildCondition(expression, { variables: VARIABLES, patterns: [re2js.compile('^[a-z]{3}$')] });
  if (!result.ok) throw new Error(`${result.reason} at ${result.at}`);
  return result.expression;
}

const args: Readonly<Record<string, Value>> = {
  amount: 42,
  currency: 'usd',
  price: new Double(12.5),
  items: ['a', 'b', 'c'],
  note: 'x',
};
const frame = new Frame([
  recordOf({ tool: recordOf({ name: 'delete_user' }) }),
  recordOf(args),
  recordOf({ roles: ['dev', 'ops'] }),
  timestampOfMs(1_700_000_000_000),
]);

for (const [name, expression] of [...conditions, ['E1, after the others', E1] as const]) {
  const condition = built(expression);
  bench(name, () => do_not_optimize(condition.evaluate(frame)));
}
await run({ format: 'mitata', colors: false });

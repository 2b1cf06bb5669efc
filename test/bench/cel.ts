/**
 * `node test/bench/cel.ts`: how many conditions one core evaluates per second, what reading their arguments costs, and
 * how long building them takes. E1 is measured alone, and again after all others have run through the same code, which
 * is what a proxy with many rules sees.
 */
import { bench, do_not_optimize } from 'mitata';
import { compileCondition } from '../../compiler/cel/compile.ts';
import { TYPE_VARIABLES, type Environment } from '../../compiler/cel/environment.ts';
import { BOOL, DOUBLE, INT, listOf, STRING, TIMESTAMP, type Type } from '../../compiler/cel/types.ts';
import { buildCondition, type BuiltExpression } from '../../dataplane/cel/build.ts';
import { Frame } from '../../dataplane/cel/frame.ts';
import { InvalidArguments, projectArguments } from '../../dataplane/cel/project-arguments.ts';
import { buildProjection } from '../../dataplane/cel/projection-plan.ts';
import { timestampOfMs } from '../../dataplane/cel/time.ts';
import { recordOf, RecordShape, type Value } from '../../dataplane/cel/value.ts';
import { re2js } from '../../dataplane/content/regex/re2js.ts';
import type { Expr, Projection } from '../../schemas/types/expression.ts';
import { printRows } from './micro.ts';

const VARIABLES = ['request', 'args', 'principal', 'now'] as const;

function record(fields: Readonly<Record<string, Type>>): Type {
  const all = Object.entries(fields).map(([name, type]) => [name, { type, isRequired: true, values: null }] as const);
  return { kind: 'record', record: { what: 'a variable of this benchmark', fields: new Map(all), isOpen: false } };
}

const ENVIRONMENT: Environment = {
  variables: new Map([
    ...TYPE_VARIABLES,
    ['request', { type: record({ tool: record({ name: STRING }) }), known: null }],
    [
      'args',
      {
        type: record({ amount: INT, price: DOUBLE, currency: STRING, urgent: BOOL, items: listOf(STRING) }),
        known: null,
      },
    ],
    ['principal', { type: record({ roles: listOf(STRING) }), known: null }],
    ['now', { type: TIMESTAMP, known: null }],
  ]),
  allowsMixedLiterals: false,
};

const E1 = 'request.tool.name.startsWith("delete_") && !("admin" in principal.roles) && args.amount < 100';
const CONDITIONS = [
  E1,
  'args.currency in ["usd", "eur"] && args.amount <= 50000',
  'args.urgent || args.price > 9.5',
  'args.amount + 1 == 43',
  'args.items.exists(i, i == "c")',
  'args.items.all(i, i.size() < 10) && size(args.items) < 5',
  'args.currency.matches("^[a-z]{3}$")',
  'now < timestamp("2030-01-01T00:00:00Z")',
  'now.getHours("Europe/Berlin") < 18',
] as const;

interface Compiled {
  readonly expression: Expr;
  readonly patterns: readonly string[];
}

function compile(text: string): Compiled {
  const result = compileCondition(text, ENVIRONMENT);
  if (!result.ok) throw new Error(`${text}: ${result.errors.map(({ message }) => message).join(', ')}`);
  return { expression: result.compiled.condition.expression, patterns: result.compiled.patterns };
}

function build({ expression, patterns }: Compiled): BuiltExpression {
  const scope = { variables: VARIABLES, patterns: patterns.map((pattern) => re2js.compile(pattern)) };
  const result = buildCondition(expression, scope);
  if (!result.ok) throw new Error(`${result.reason} at ${result.at}`);
  return result.expression;
}

const MEMBER = { nullable: false, enum: null, members: null, required: [], undeclared: 'refuse', items: null } as const;
const PROJECTION: Projection = {
  ...MEMBER,
  type: 'object',
  required: ['amount'],
  members: {
    amount: { ...MEMBER, type: 'integer' },
    price: { ...MEMBER, type: 'number' },
    currency: { ...MEMBER, type: 'string', enum: ['usd', 'eur'] },
    urgent: { ...MEMBER, type: 'boolean' },
    items: { ...MEMBER, type: 'array', items: { ...MEMBER, type: 'string' } },
    note: null,
  },
};
const json =
  '{"amount":42,"price":12.5,"currency":"usd","urgent":false,"items":["a","b","c"],"note":"not read by any"}';
const body = Buffer.from(json);
const span = { start: 0, end: body.length };
const plan = buildProjection(PROJECTION);

function argumentsOf(): Value {
  const args = projectArguments(body, span, plan);
  if (args instanceof InvalidArguments) throw new Error(args.problem);
  return args;
}

const principal = new RecordShape(['id', 'roles']).record(['ana', ['dev', 'ops']]);
const request = recordOf({ tool: recordOf({ name: Buffer.from('delete_user').toString() }) });
const frame = new Frame([request, argumentsOf(), principal, timestampOfMs(1_700_000_000_000)]);

for (const text of [...CONDITIONS, E1]) {
  const condition = build(compile(text));
  bench(text, () => do_not_optimize(condition.evaluate(frame)));
}
bench(`reading ${body.length} bytes of arguments`, () => do_not_optimize(projectArguments(body, span, plan)));
const compiled = compile(E1);
bench('building E1', () => do_not_optimize(build(compiled)));
await printRows();

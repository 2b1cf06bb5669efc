import { expect, test } from 'vitest';
import { argumentsType, compileCondition, conditionEnvironment } from '../../../compiler/cel/index.ts';
import { decodeShape } from '../../../dataplane/format/shape.ts';
import { PROJECTION } from '../../../dataplane/cel/decode-projection.ts';
import type { Projection } from '../../../schemas/types/expression.ts';
import { REFUND, SUBJECT, treeOf } from './refund.ts';

function projectionOf(text: string, args = REFUND): Projection | null {
  const result = compileCondition(text, conditionEnvironment({ ...SUBJECT, args }));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.compiled.condition.projection;
}

/** A projection in short: `!` required, `~` known and not read, `|null`, `...` and `..any` for undeclared members. */
function describe({ type, nullable, enum: values, members, required, undeclared, items }: Projection): string {
  const nulls = nullable ? '|null' : '';
  const admitted = values === null ? '' : `(${values.join(' ')})`;
  if (members !== null) {
    const parts = Object.entries(members).map(([name, below]) => {
      const mark = required.includes(name) ? '!' : '';
      return below === null ? `~${name}${mark}` : `${name}${mark}:${describe(below)}`;
    });
    const others = { refuse: [], skip: ['...'], read: ['..any'] }[undeclared];
    return `{${[...parts, ...others].join(' ')}}${nulls}`;
  }
  return `${items === null ? type : `[${describe(items)}]`}${admitted}${nulls}`;
}

/** The members of `REFUND`, those that are read in place of the unread. */
function refund(read: Readonly<Record<string, string>>): string {
  const names = [...REFUND.fields.keys()].sort();
  const required = (name: string) => REFUND.fields.get(name)?.isRequired === true;
  return `{${names.map((name) => (read[name] === undefined ? `~${name}` : `${name}${required(name) ? '!' : ''}:${read[name]}`)).join(' ')}}`;
}

const CUSTOMER = '{country:string(de fr)|null email!:string}';
const ITEM = '{count:integer price:number sku!:string}';

const cases: readonly (readonly [text: string, projection: string])[] = [
  ['args.amount > 5', refund({ amount: 'integer' })],
  ['args.ratio > 5 && args.amount > 5', refund({ amount: 'integer', ratio: 'number' })],
  ['args.currency == "usd"', refund({ currency: 'string(usd eur)' })],
  ['args.limit == null', refund({ limit: 'integer|null' })],
  ['has(args.note) && args.note == ""', refund({ note: 'string' })],
  ['has(args.note)', refund({ note: 'any' })],
  ['has(args.amount)', refund({ amount: 'any' })],
  ['has(args.customer) && args.customer.email == ""', refund({ customer: '{~country email!:string}' })],
  ['has(args.customer) && has(args.customer.country)', refund({ customer: '{country:any ~email}' })],
  [
    'has(args.customer) && has(args.customer.country) && args.customer.country == "de"',
    refund({ customer: '{country:string(de fr)|null ~email}' }),
  ],
  ['has(args.customer) && dyn(args.customer) == 1', refund({ customer: CUSTOMER })],
  ['args.tags.size() > 1', refund({ tags: '[any]' })],
  ['args.tags[0] == "a"', refund({ tags: '[string]' })],
  ['"a" in args.tags', refund({ tags: '[string]' })],
  ['args.tags.exists(t, t == "a")', refund({ tags: '[string]' })],
  ['args.tags.exists(i, t, i > 3)', refund({ tags: '[string]' })],
  ['args.items.all(i, i.sku != "")', refund({ items: '[{~count ~price sku!:string}]' })],
  ['args.items.all(i, has(i.price) && i.price < 3)', refund({ items: '[{~count price:number ~sku}]' })],
  ['args.items[0].sku == ""', refund({ items: '[{~count ~price sku!:string}]' })],
  ['args.items.filter(i, true).size() == 1', refund({ items: `[${ITEM}]` })],
  ['args.items == []', refund({ items: `[${ITEM}]` })],
  ['args.items.map(i, i).size() == 1', refund({ items: `[${ITEM}]` })],
  ['args.items.map(i, i.sku).size() == 1', refund({ items: '[{~count ~price sku!:string}]' })],
  ['dyn(args.choice) == 1', refund({ choice: 'any' })],
  ['has(args.meta) && dyn(args.meta).a == 1', refund({ meta: 'any' })],
  ['has(args.labels) && args.labels.size() == 1', refund({ labels: '[any]' })],
  ['has(args["repo-name"]) && args["repo-name"] == ""', refund({ 'repo-name': 'string' })],
  ['args.amount > 5 || true', 'null'],
  ['tool.effect == "read" && args.amount > 5', 'null'],
  ['tool.effect == "write" && args.amount > 5', refund({ amount: 'integer' })],
  ['has(args.absent) && args.absent > 5', 'null'],
  ['claims.mfa', 'null'],
];

test.each(cases)('%s', (text, expected) => {
  const projection = projectionOf(text);
  expect(projection === null ? 'null' : describe(projection)).toBe(expected);
});

test('a projection is what the data plane reads', () => {
  for (const [text] of cases) {
    const projection = projectionOf(text);
    if (projection === null) continue;
    expect(decodeShape(PROJECTION, JSON.parse(JSON.stringify(projection)))).toMatchObject({ ok: true });
  }
});

test('open arguments: what nobody declares is skipped, and read where it is asked for', () => {
  const schema = treeOf({ type: 'object', properties: { a: { type: 'string' } } });
  const open = argumentsType({ inputSchema: schema, what: 'an argument', isOpen: true });
  const short = (text: string) => {
    const projection = projectionOf(text, open);
    return projection === null ? 'null' : describe(projection);
  };
  expect(short('has(args.a) && args.a == ""')).toBe('{a:string ...}');
  expect(short('has(args.b)')).toBe('{~a ..any}');
  expect(short('has(args.b) && dyn(args.b) == 1')).toBe('{~a ..any}');
  expect(short('dyn(args) == 1')).toBe('{a:string ..any}');
});

test('a map has members that nobody declares', () => {
  const schema = treeOf({
    type: 'object',
    required: ['m'],
    properties: { m: { type: 'object', additionalProperties: { type: 'string' } } },
  });
  const args = argumentsType({ inputSchema: schema, what: 'an argument', isOpen: false });
  const projection = projectionOf('has(args.m.a) && dyn(args.m.a) == "x"', args);
  expect(projection === null ? 'null' : describe(projection)).toBe('{m!:{..any}}');
});

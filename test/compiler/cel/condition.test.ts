import { expect, test } from 'vitest';
import {
  argumentsType,
  compileCondition,
  compileParsed,
  conditionEnvironment,
  parseExpression,
  promptArguments,
  resourceArguments,
  unknownMembers,
  withPatterns,
  type CompiledCondition,
} from '../../../compiler/cel/index.ts';
import { ENVIRONMENT, SUBJECT, treeOf } from './refund.ts';

function compiled(text: string, environment = ENVIRONMENT): CompiledCondition {
  const result = compileCondition(text, environment);
  if (!result.ok) throw new Error(`${text}: ${JSON.stringify(result.errors)}`);
  return result.compiled;
}

/** What a checker that asks too much would refuse. */
const accepted = [
  'args.amount > 1.5 && args.ratio > 1 && args.ratio == 3 && args.amount == 2.0 && 1u < args.amount',
  'args.ratio in [1, 2] || args.amount in [1.5]',
  'args.limit == 5',
  'args.limit != null && args.limit < 5',
  'args.limit == null || args.limit < 5',
  'args.limit == null ? true : args.limit < 5',
  'args.limit == 3 && args.limit < 5',
  'args.limit in [1, 2]',
  '!(args.limit == null) && args.limit < 5',
  'has(args.note) && args.note == "x"',
  '!has(args.note) || args.note == "x"',
  'has(args.note) ? args.note == "x" : true',
  '!has(args.note) ? true : args.note == "x"',
  'claims.mfa && has(args.note) && (args.amount > 3 || args.note == "x")',
  '(has(args.note) && claims.mfa) && args.note == "x"',
  '!(!has(args.note) || claims.mfa) && args.note == "x"',
  '(has(args.note) && args.amount > 1 || has(args.note) && args.amount < 1) && args.note == "x"',
  'has(args.note) && args.tags.all(t, t == args.note)',
  'has(args["note"]) && args.note == "x" && args["note"] == "x"',
  'has(args["repo-name"]) && args["repo-name"].startsWith("acme/") && args.`repo-name` != ""',
  'has(args.customer) && has(args.customer.country) && args.customer.country == "de"',
  'has(args.customer) && (has(args.customer.country) ? args.customer.country != null : true)',
  'args.items.all(i, !has(i.price) || i.price < 10)',
  'args.items.exists(i, has(i.price) && args.items.all(j, has(j.price) && j.price <= i.price))',
  'has(args.items[0].price) && args.items[0].price > 1',
  'dyn(args.choice) == "x" || dyn(args.choice) == 5',
  'type(args.choice) == string',
  'has(args.meta) && dyn(args.meta).team.name == "x" && dyn(args.meta)["a"][0] == 1',
  'has(args.labels) && args.labels.exists(l, dyn(l) == "x") && "y" in dyn(args.labels)',
  'has(args.labels) && args.labels.size() == 2',
  'args.tags == [] || args.tags + ["a"] == ["b", "a"]',
  'args.tags.filter(t, t != "").map(t, t.size()).exists(n, n > 3)',
  'args.currency.matches(r"^(usd|eur)$") && matches("a", "a")',
  '[dyn(1), "a"].size() == 2 && {"a": dyn(1), "b": "c"}.size() == 2',
  'now - timestamp("2026-01-01T00:00:00Z") < duration("24h") && now.getHours("Europe/Berlin") in [9, 10, 11]',
  'has(claims.tier) && claims.tier == "gold" && "admins" in claims.groups',
  'principal.kind == "robot" || principal.email.endsWith("@acme.dev") && client.id != "" && principal.id != ""',
  'string(args.amount) == "5" && int(args.ratio) == 5 && double(args.amount) == 5.0',
];

test.each(accepted)('%s', (text) => {
  expect(compileCondition(text, ENVIRONMENT)).toMatchObject({ ok: true });
});

/** What is left of a condition when all that is known has been computed. */
const folded: readonly (readonly [text: string, reads: string, constant: boolean | null])[] = [
  ['true', '', true],
  ['1 + 2 * 3 == 7', '', true],
  ['[1, 2, 3].exists(x, x == 4)', '', false],
  ['"abc".startsWith("ab") && duration("2h") > duration("1h")', '', true],
  ['tool.effect == "destructive"', '', false],
  ['"egress" in tool.tags && gateway.name == "engineering"', '', true],
  ['tool.tags.exists(t, t.startsWith("mon"))', '', true],
  ['tool.name in ["create_refund", "delete_refund"] && tool.server == "stripe"', '', true],
  ['gateway.name == "engineering" || args.amount > 3', '', true],
  ['gateway.name == "engineering" && args.amount > 3', 'args', null],
  ['gateway.name == "other" ? args.amount > 3 : claims.mfa', 'claims', null],
  ['!(gateway.name == "other") && claims.mfa', 'claims', null],
  ['claims.mfa && false', '', false],
  ['true || 1 / 0 > 2', '', true],
  ['1 / 0 > 2', '', null],
  ['1 / 0 > 2 && claims.mfa', 'claims', null],
  ['int("x") == 1', '', null],
  ['has(args.absent) && args.absent > 5', '', false],
  ['!has(args.absent) || args.absent.deeper == "x"', '', true],
  ['has(args.absent) ? args.absent.all(x, x.y) : claims.mfa', 'claims', null],
  ['has(args.amount) || true', '', true],
  ['has(args.amount)', 'args', null],
  [
    'now > timestamp("2026-01-01T00:00:00Z") && principal.kind == "person" && client.id == "x"',
    'client now principal',
    null,
  ],
  ['args.tags.all(principal, principal == "a")', 'args', null],
  ['.principal.id == args.tags[0] && args.tags.all(principal, .principal.id == principal)', 'args principal', null],
];

test.each(folded)('%s reads "%s" and is %s', (text, reads, constant) => {
  const { condition, constant: found } = compiled(text);
  expect(condition.reads.join(' ')).toBe(reads);
  expect(found).toBe(constant);
});

/** What a lint can say, with the part that is meant. */
type Certain = readonly [part: string, always: boolean | 'error'];

const certain: readonly (readonly [text: string, ...parts: Certain[]])[] = [
  ['args.currency == "eurr"', ['args.currency == "eurr"', false]],
  ['args.currency == "usd" || args.currency == "eur"', ['args.currency == "usd" || args.currency == "eur"', true]],
  ['args.currency in ["usd", "eur", "gbp"] && args.amount > 1', ['args.currency in ["usd", "eur", "gbp"]', true]],
  ['args.amount > 1 || !(args.currency != "gbp")', ['args.currency != "gbp"', true]],
  ['args.currency == "usd" && args.currency == "eur"', ['args.currency == "usd" && args.currency == "eur"', false]],
  ['args.currency.startsWith("x") && claims.mfa', ['args.currency.startsWith("x")', false]],
  ['claims.mfa || !claims.mfa', ['claims.mfa || !claims.mfa', true]],
  ['principal.kind == "human" && claims.mfa', ['principal.kind == "human"', false]],
  [
    'principal.kind != "person" && principal.kind != "robot"',
    ['principal.kind != "person" && principal.kind != "robot"', false],
  ],
  ['has(args.amount) && args.amount > 3', ['has(args.amount)', true]],
  [
    'has(args.customer) && has(args.customer.country) && args.customer.country == "uk"',
    ['args.customer.country == "uk"', false],
  ],
  ['int("x") == 1 && claims.mfa', ['int("x") == 1', 'error']],
  ['timestamp("yesterday") < now', ['timestamp("yesterday") < now', 'error']],
  ['args.amount / 0 == 1'],
  ['true', ['true', true]],
  ['has(args.note) ? args.note == "x" : false'],
  ['args.currency == "usd"'],
  ['args.amount > 3 || true', ['args.amount > 3 || true', true]],
  ['args.limit == null || args.limit != null'],
  ['tool.effect == "read" || args.amount > 3'],
  ['has(args.absent) || args.amount > 3'],
];

test.each(certain.map(([text, ...parts]) => ({ text, parts })))('$text', ({ text, parts }) => {
  const found = compiled(text).certainties();
  expect(found.map(({ start, end, always }) => [text.slice(start, end), always])).toEqual(parts);
});

test('steps are counted where lists are written out, and unknown where they come with the request', () => {
  expect(compiled('args.amount > 3').steps).toBe(4);
  expect(compiled('[1, 2, 3].all(x, x < args.amount)').steps).toBe(23);
  expect(compiled('args.tags.all(x, x == "a")').steps).toBeNull();
});

test('patterns are numbered from zero, each once, and renumbered for a policy', () => {
  const { condition, patterns } = compiled(
    'args.currency.matches("a+") || args.tags.exists(t, t.matches("b") || t.matches("a+"))',
  );
  expect(patterns).toEqual(['a+', 'b']);
  const numbers = (expression: unknown) =>
    [...JSON.stringify(expression).matchAll(/"pattern":([0-9]+)/g)].map(([, n]) => n);
  expect(numbers(condition.expression)).toEqual(['0', '1', '0']);
  expect(numbers(withPatterns(condition.expression, (own) => own + 40))).toEqual(['40', '41', '40']);
});

test('a member that only some tools declare is absent in the others; one that none declares is a mistake', () => {
  const environments = ['{"a": {"type": "string"}}', '{"b": {"type": "string"}}'].map((properties, at) => {
    const inputSchema = treeOf(`{"type": "object", "properties": ${properties}}`);
    return conditionEnvironment({
      ...SUBJECT,
      args: argumentsType({ inputSchema, what: `an argument of x/${at}`, isOpen: false }),
    });
  });
  const check = (text: string) => {
    const parsed = parseExpression(text);
    const results = environments.map((environment) => compileParsed(parsed, environment));
    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    return unknownMembers(results.map(({ undeclared }) => undeclared));
  };
  expect(check('has(args.a) && args.a == "x"')).toEqual([]);
  expect(check('has(args.a) || has(args.b)')).toEqual([]);
  expect(check('has(args.a) || has(args.aa)')).toMatchObject([
    { code: 'cel/unknown-field', message: '`aa` is declared nowhere', help: 'did you mean `a`?', start: 24, end: 26 },
  ]);
});

test('prompts and resources have arguments too', () => {
  const prompt = { ...SUBJECT, args: promptArguments('an argument of x/review', [{ name: 'style', required: false }]) };
  expect(compileCondition('args.style == "x"', conditionEnvironment(prompt))).toMatchObject({ ok: false });
  expect(compileCondition('has(args.style) && args.style == "x"', conditionEnvironment(prompt))).toMatchObject({
    ok: true,
  });
  const resource = { ...SUBJECT, args: resourceArguments('a member of a resource'), tool: null };
  expect(compileCondition('args.uri.startsWith("repo://acme/")', conditionEnvironment(resource))).toMatchObject({
    ok: true,
  });
  expect(compileCondition('tool.name == "x"', conditionEnvironment(resource))).toMatchObject({ ok: false });
});

test('a condition becomes this data', () => {
  expect(compiled('args.amount <= 50000 && has(args.note) && args.items.all(i, i.sku in ["a", "b"])').condition)
    .toMatchInlineSnapshot(`
    {
      "expression": {
        "args": [
          {
            "args": [
              {
                "args": [
                  {
                    "k": "get",
                    "name": "amount",
                    "of": {
                      "k": "var",
                      "name": "args",
                    },
                  },
                  {
                    "k": "const",
                    "t": "int",
                    "v": "50000",
                  },
                ],
                "fn": "less_equals_int64",
                "k": "call",
              },
              {
                "k": "has",
                "name": "note",
                "of": {
                  "k": "var",
                  "name": "args",
                },
              },
            ],
            "fn": "logical_and",
            "k": "call",
          },
          {
            "accu": "@result",
            "cond": {
              "args": [
                {
                  "k": "var",
                  "name": "@result",
                },
              ],
              "fn": "not_strictly_false",
              "k": "call",
            },
            "init": {
              "k": "const",
              "t": "bool",
              "v": true,
            },
            "iter": "i",
            "iter2": null,
            "k": "fold",
            "range": {
              "k": "get",
              "name": "items",
              "of": {
                "k": "var",
                "name": "args",
              },
            },
            "result": {
              "k": "var",
              "name": "@result",
            },
            "step": {
              "args": [
                {
                  "k": "var",
                  "name": "@result",
                },
                {
                  "args": [
                    {
                      "k": "get",
                      "name": "sku",
                      "of": {
                        "k": "var",
                        "name": "i",
                      },
                    },
                    {
                      "items": [
                        {
                          "k": "const",
                          "t": "string",
                          "v": "a",
                        },
                        {
                          "k": "const",
                          "t": "string",
                          "v": "b",
                        },
                      ],
                      "k": "list",
                    },
                  ],
                  "fn": "in_list",
                  "k": "call",
                },
              ],
              "fn": "logical_and",
              "k": "call",
            },
          },
        ],
        "fn": "logical_and",
        "k": "call",
      },
      "projection": {
        "enum": null,
        "items": null,
        "members": {
          "amount": {
            "enum": null,
            "items": null,
            "members": null,
            "nullable": false,
            "required": [],
            "type": "integer",
            "undeclared": "skip",
          },
          "choice": null,
          "currency": null,
          "customer": null,
          "items": {
            "enum": null,
            "items": {
              "enum": null,
              "items": null,
              "members": {
                "count": null,
                "price": null,
                "sku": {
                  "enum": null,
                  "items": null,
                  "members": null,
                  "nullable": false,
                  "required": [],
                  "type": "string",
                  "undeclared": "skip",
                },
              },
              "nullable": false,
              "required": [
                "sku",
              ],
              "type": "object",
              "undeclared": "refuse",
            },
            "members": null,
            "nullable": false,
            "required": [],
            "type": "array",
            "undeclared": "skip",
          },
          "labels": null,
          "limit": null,
          "meta": null,
          "note": {
            "enum": null,
            "items": null,
            "members": null,
            "nullable": false,
            "required": [],
            "type": "any",
            "undeclared": "skip",
          },
          "ratio": null,
          "repo-name": null,
          "tags": null,
          "urgent": null,
        },
        "nullable": false,
        "required": [
          "amount",
          "items",
        ],
        "type": "object",
        "undeclared": "refuse",
      },
      "reads": [
        "args",
      ],
    }
  `);
});

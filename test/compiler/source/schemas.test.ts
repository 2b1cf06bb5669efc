import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { isDate, isTime, isUrl } from '../../../compiler/source/formats.ts';
import { NOT_YET_KINDS } from '../../../compiler/source/not-yet.ts';
import { POLICY_SCHEMAS } from '../../../compiler/source/policy-schemas.ts';
import { isKnownPattern } from '../../../compiler/source/text-forms.ts';
import { validate } from '../../../compiler/source/validate.ts';

/** A schema and everything within it, with where it stands. */
interface Place {
  readonly path: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly isField: boolean;
}

const kinds = [...POLICY_SCHEMAS].map(([kind, schema]) => ({ kind, schema: schema as Place['schema'] }));
const places = kinds.flatMap(({ kind, schema }) => [...within(kind, schema, false)]);
const fields = places.filter(({ isField }) => isField);

function* within(path: string, schema: Place['schema'], isField: boolean): Generator<Place> {
  yield { path, schema, isField };
  for (const [name, field] of Object.entries(record(schema['properties']))) {
    yield* within(`${path}.${name}`, record(field), true);
  }
  for (const [name, branch] of Object.entries(record(schema['oneOf']))) {
    yield* within(`${path}|${name}`, record(branch), false);
  }
  for (const key of ['items', 'additionalProperties', 'propertyNames']) {
    if (schema[key] !== undefined && typeof schema[key] === 'object')
      yield* within(`${path}[]`, record(schema[key]), false);
  }
}

function record(value: unknown): Place['schema'] {
  return value !== null && typeof value === 'object' ? (value as Place['schema']) : {};
}

test.each(kinds)('the schema of $kind names itself, its kind and an example that is valid', ({ kind, schema }) => {
  const file = kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  expect(schema).toMatchObject({
    $id: `https://mcpgw.dev/schemas/policy/${file}.schema.json`,
    title: kind,
    properties: { kind: { const: kind } },
    additionalProperties: false,
  });
  expect(schema['examples']).not.toHaveLength(0);
  for (const example of schema['examples'] as readonly unknown[])
    expect(validate(kind, example)).toMatchObject({ ok: true });
});

test('every field tells an editor its title, what it is for, and an example', () => {
  const silent = fields.filter(({ schema }) => !('title' in schema && 'description' in schema && 'examples' in schema));
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('every document may name its environments, and the Workspace lists them', () => {
  for (const { schema } of kinds) expect(record(schema['properties'])).toHaveProperty('environments');
});

test('every mapping is closed, but for the arguments and claims of tests, which are anybody`s', () => {
  const open = places.filter(({ schema }) => schema['type'] === 'object' && schema['additionalProperties'] === true);
  expect(open.map(({ path }) => path).sort()).toEqual([
    'TestSuite.principals[]|0.token',
    'TestSuite.principals[]|2.claims',
    'TestSuite.tests[]|0.args',
    'TestSuite.tests[]|0.expectArgs',
    'TestSuite.tests[]|6.args',
  ]);
  const unsaid = places.filter(({ schema }) => schema['type'] === 'object' && !('additionalProperties' in schema));
  expect(unsaid.map(({ path }) => path)).toEqual([]);
});

test('every pattern can be explained', () => {
  const patterns = new Set(
    places.flatMap(({ schema }) => (typeof schema['pattern'] === 'string' ? [schema['pattern']] : [])),
  );
  expect(patterns.size).toBeGreaterThan(10);
  expect([...patterns].filter((pattern) => !isKnownPattern(pattern))).toEqual([]);
});

test('a schema refers to nothing outside itself, so that one file is all an editor needs', () => {
  expect(JSON.stringify(kinds)).not.toContain('$ref');
});

test('a kind is supported, or refused by name, never both', () => {
  expect(NOT_YET_KINDS.filter((kind) => POLICY_SCHEMAS.has(kind))).toEqual([]);
});

const ajv = new Ajv2020({ strict: false, formats: { date: isDate, 'date-time': isTime, uri: isUrl } });

test.each(fields)('the examples of $path are valid', ({ path, schema }) => {
  const examples = schema['examples'] as readonly unknown[];
  for (const example of examples)
    expect(ajv.validate(schema, example), `${path}: ${JSON.stringify(example)}`).toBe(true);
});

import { expect, test } from 'vitest';
import { argumentsType } from '../../../compiler/cel/index.ts';
import type { Literal } from '../../../compiler/cel/ast.ts';
import type { RecordType, Type } from '../../../compiler/cel/types.ts';
import { renderType } from '../../../compiler/cel/types.ts';
import { ARGUMENT_TYPE_DEPTH_MAX } from '../../../compiler/limits.ts';
import { treeOf } from './refund.ts';

/** A type with everything that is known of it: `?` for a member that may be absent, `...` for a record with others. */
function describe(type: Type): string {
  if (type.kind === 'record') return describeRecord(type.record);
  if (type.kind === 'list') return `list(${describe(type.item)})`;
  if (type.kind === 'map') return `map(${describe(type.key)}, ${describe(type.value)})`;
  if (type.kind === 'nullable') return `${describe(type.of)} or null`;
  return type.kind === 'untyped' ? 'untyped' : renderType(type);
}

function describeRecord({ fields, isOpen }: RecordType): string {
  const members = [...fields].map(([name, { type, isRequired, values }]) => {
    const admitted = values === null ? '' : ` in [${values.map(literalText).join(', ')}]`;
    return `${name}${isRequired ? '' : '?'}: ${describe(type)}${admitted}`;
  });
  return `{${[...members, ...(isOpen ? ['...'] : [])].join(', ')}}`;
}

function literalText(literal: Literal): string {
  return literal.type === 'null' ? 'null' : `${String(literal.value)}${literal.type === 'double' ? 'd' : ''}`;
}

function argumentsOf(schema: unknown, isOpen = false): string {
  return describeRecord(argumentsType({ inputSchema: treeOf(schema), what: 'an argument', isOpen }));
}

/** The type of an argument with this schema. */
const values: readonly (readonly [schema: unknown, type: string])[] = [
  [{ type: 'string' }, 'string'],
  [{ type: 'string', format: 'date-time', minLength: 1 }, 'string'],
  [{ type: 'integer', minimum: 0 }, 'int'],
  [{ type: 'number' }, 'double'],
  [{ type: 'boolean' }, 'bool'],
  [{ type: 'null' }, 'null'],
  [{ type: ['string'] }, 'string'],
  [{ type: ['string', 'null'] }, 'string or null'],
  [{ type: ['null'] }, 'null'],
  [{ type: ['integer', 'number'] }, 'double'],
  [{ type: ['string', 'integer'] }, 'untyped'],
  [{ type: 'strange' }, 'untyped'],
  [{}, 'untyped'],
  [true, 'untyped'],
  [false, 'untyped'],
  [{ description: 'anything' }, 'untyped'],
  [{ enum: ['a', 'b', 'a'] }, 'string in [a, b]'],
  [{ type: 'string', enum: ['a', 'b'] }, 'string in [a, b]'],
  [{ enum: ['a', null] }, 'string or null in [a]'],
  [{ type: ['string', 'null'], enum: ['a', 'b'] }, 'string in [a, b]'],
  [{ enum: [1, 2] }, 'int in [1, 2]'],
  [{ enum: [1, 2.5] }, 'double in [1d, 2.5d]'],
  [{ type: 'number', enum: [1, 2] }, 'double in [1d, 2d]'],
  ['{"enum": [1.0, 2e1, 100e-1]}', 'int in [1, 20, 10]'],
  ['{"enum": [9223372036854775807]}', 'int in [9223372036854775807]'],
  ['{"enum": [9223372036854775808]}', 'untyped'],
  [{ enum: [true, false] }, 'bool in [true, false]'],
  [{ enum: ['a', 1] }, 'untyped'],
  [{ enum: ['a', {}] }, 'untyped'],
  [{ type: 'string', enum: ['a', {}] }, 'string'],
  [{ const: 'a' }, 'string in [a]'],
  [{ const: null }, 'null'],
  [{ type: 'array' }, 'list(untyped)'],
  [{ type: 'array', items: { type: 'string' } }, 'list(string)'],
  [{ items: { type: 'string' } }, 'list(string)'],
  [{ type: 'array', items: { type: ['string', 'null'] } }, 'list(string or null)'],
  [{ type: 'array', items: [{ type: 'string' }] }, 'list(untyped)'],
  [{ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'string' } }, 'list(untyped)'],
  [{ type: 'object' }, 'untyped'],
  [{ type: 'object', additionalProperties: true }, 'map(string, untyped)'],
  [{ type: 'object', additionalProperties: { type: 'string' } }, 'map(string, untyped)'],
  [{ type: 'object', patternProperties: { '^x': {} } }, 'map(string, untyped)'],
  [{ type: 'object', additionalProperties: false }, '{}'],
  [{ type: 'object', properties: {} }, '{}'],
  [{ type: 'object', properties: { a: { type: 'string' } } }, '{a?: string}'],
  [{ properties: { a: { type: 'string' } }, required: ['a', 'b'] }, '{a: string}'],
  [{ type: 'object', properties: { a: {} }, additionalProperties: true }, '{a?: untyped, ...}'],
  [{ type: ['object', 'null'], properties: { a: {} } }, '{a?: untyped} or null'],
  [{ allOf: [{ type: 'integer' }, { type: 'number' }] }, 'int'],
  [{ allOf: [{ type: 'integer' }, { type: 'string' }] }, 'untyped'],
  [{ type: ['string', 'null'], allOf: [{ type: 'string' }] }, 'string'],
  [
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
        { properties: { a: { type: 'integer' }, b: { type: 'string' } } },
      ],
    },
    '{a: int, b?: string}',
  ],
  [{ allOf: [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }] }, 'string in [b]'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string or null'],
  [{ oneOf: [{ type: 'null' }, { type: 'array', items: { type: 'string' } }] }, 'list(string) or null'],
  [{ anyOf: [{ type: 'string' }, { const: null }], default: null }, 'string or null'],
  [
    {
      oneOf: [
        { const: 'a', title: 'A' },
        { const: 'b', title: 'B' },
      ],
    },
    'string in [a, b]',
  ],
  [
    {
      anyOf: [
        { type: 'string', format: 'date' },
        { type: 'string', format: 'date-time' },
      ],
    },
    'string',
  ],
  [{ anyOf: [{ type: 'string' }, { enum: ['a'] }] }, 'string'],
  [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'untyped'],
  [
    {
      oneOf: [
        { type: 'object', properties: { a: {} } },
        { type: 'object', properties: { b: {} } },
      ],
    },
    'untyped',
  ],
  [{ anyOf: [] }, 'untyped'],
  [
    { type: 'object', properties: { a: { type: 'string' } }, anyOf: [{ required: ['a'] }, { properties: { b: {} } }] },
    '{a?: string, b?: untyped}',
  ],
  [
    '{"type": "object", "properties": {"a": {"type": "string"}}, "if": {}, "then": {"properties": {"c": {"type": "string"}}}}',
    '{a?: string, c?: untyped}',
  ],
  [{ $ref: '#/$defs/name' }, 'string'],
  [{ $ref: '#/$defs/name', enum: ['a'] }, 'string in [a]'],
  [{ $ref: '#/$defs/node' }, '{name?: string, next?: untyped}'],
  [{ $ref: '#/$defs/missing' }, 'untyped'],
  [{ $ref: 'https://example.com/schema.json' }, 'untyped'],
  [{ $ref: '#/$defs/self' }, 'untyped'],
  [{ type: 'array', items: { $ref: '#/$defs/node' } }, 'list({name?: string, next?: untyped})'],
];

test.each(values.map(([schema, type]) => [typeof schema === 'string' ? schema : JSON.stringify(schema), type]))(
  '%s is %s',
  (schema, type) => {
    const defs =
      '{"name": {"type": "string"}, "self": {"$ref": "#/$defs/self"}, "node": {"type": "object", "properties": {"name": {"$ref": "#/$defs/name"}, "next": {"$ref": "#/$defs/node"}}}}';
    const whole = `{"type": "object", "required": ["x"], "properties": {"x": ${schema}}, "$defs": ${defs}}`;
    expect(argumentsOf(whole)).toBe(`{x: ${type}}`);
  },
);

test('arguments are a record, whatever the schema says', () => {
  expect(argumentsOf({ type: 'object' })).toBe('{}');
  expect(argumentsOf({})).toBe('{}');
  expect(argumentsOf({ type: 'object', additionalProperties: true })).toBe('{...}');
  expect(argumentsOf({ anyOf: [{ properties: { a: {} } }, { properties: { b: {} } }] })).toBe(
    '{a?: untyped, b?: untyped}',
  );
  expect(describeRecord(argumentsType({ inputSchema: null, what: 'an argument', isOpen: false }))).toBe('{}');
});

test('open arguments admit what is not declared, unless the schema refuses it', () => {
  const schema = {
    type: 'object',
    properties: {
      a: { type: 'object', properties: { b: { type: 'string' } } },
      c: { type: 'object', properties: { d: { type: 'string' } }, additionalProperties: false },
    },
  };
  expect(argumentsOf(schema, true)).toBe('{a?: {b?: string, ...}, c?: {d?: string}, ...}');
  expect(argumentsOf(schema, false)).toBe('{a?: {b?: string}, c?: {d?: string}}');
});

test('names that are special in JavaScript are names', () => {
  const schema = '{"properties": {"__proto__": {"type": "string"}, "constructor": {"type": "integer"}}}';
  expect(argumentsOf(schema)).toBe('{__proto__?: string, constructor?: int}');
});

test('schemas within schemas end somewhere', () => {
  const deep = '{"type":"array","items":'.repeat(50) + '{}' + '}'.repeat(50);
  const type = argumentsOf(`{"properties": {"x": ${deep}}}`);
  expect(type).toContain('untyped');
  expect(type.split('list').length - 1).toBeLessThanOrEqual(ARGUMENT_TYPE_DEPTH_MAX);
});

test('a schema that doubles with every reference is cut', () => {
  const defs = Object.fromEntries(
    Array.from({ length: 24 }, (_, at) => [
      `d${at}`,
      { type: 'object', properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
    ]),
  );
  expect(argumentsOf({ properties: { x: { $ref: '#/$defs/d0' } }, $defs: defs })).toContain('untyped');
});

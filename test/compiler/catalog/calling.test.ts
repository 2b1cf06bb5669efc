import { describe, expect, test } from 'vitest';
import { callingOf } from '../../../compiler/catalog/calling.ts';
import { servedJson } from '../../../compiler/catalog/served-json.ts';
import { tree } from './locks.ts';

function toolWith(inputSchema: unknown) {
  return callingOf('tool', tree(JSON.stringify({ name: 't', inputSchema })));
}

function keysOf(inputSchema: unknown) {
  const calling = toolWith(inputSchema);
  return calling.ok ? calling.keys : calling.message;
}

const leaf = null;
const node = (properties: Record<string, unknown>, items: unknown = null) => ({ properties, items });

describe('the argument names of a tool', () => {
  const cases: [name: string, schema: unknown, keys: unknown][] = [
    ['none are declared', { type: 'object' }, null],
    ['a schema that says nothing', true, null],
    ['one level', { properties: { b: {}, a: { type: 'string' } } }, node({ a: leaf, b: leaf })],
    ['nested objects', { properties: { a: { properties: { b: {} } } } }, node({ a: node({ b: leaf }) })],
    [
      'items of an array',
      { properties: { a: { items: { properties: { b: {} } } } } },
      node({ a: node({}, node({ b: leaf })) }),
    ],
    [
      'tuples',
      { properties: { a: { prefixItems: [{ properties: { b: {} } }, { properties: { c: {} } }] } } },
      node({ a: node({}, node({ b: leaf, c: leaf })) }),
    ],
    [
      'allOf, anyOf and oneOf together',
      {
        properties: { a: {} },
        allOf: [{ properties: { b: {} } }],
        anyOf: [{ properties: { c: {} } }],
        oneOf: [{ properties: { d: {} } }],
      },
      node({ a: leaf, b: leaf, c: leaf, d: leaf }),
    ],
    [
      'the same name in two branches',
      { anyOf: [{ properties: { a: { properties: { b: {} } } } }, { properties: { a: { properties: { c: {} } } } }] },
      node({ a: node({ b: leaf, c: leaf }) }),
    ],
    [
      'if, then and else',
      JSON.parse('{"if":{"properties":{"a":{}}},"then":{"properties":{"b":{}}},"else":{"properties":{"c":{}}}}'),
      node({ a: leaf, b: leaf, c: leaf }),
    ],
    ['dependent schemas', { dependentSchemas: { a: { properties: { b: {} } } } }, node({ b: leaf })],
    [
      'a local reference',
      { properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { properties: { b: {} } } } },
      node({ a: node({ b: leaf }) }),
    ],
    [
      'an escaped reference',
      { properties: { a: { $ref: '#/$defs/x~1y%20z' } }, $defs: { 'x/y z': { properties: { b: {} } } } },
      node({ a: node({ b: leaf }) }),
    ],
    [
      'a reference into a list',
      { properties: { a: { $ref: '#/allOf/0' } }, allOf: [{ properties: { b: {} } }] },
      node({ a: node({ b: leaf }), b: leaf }),
    ],
    ['a reference that leads nowhere', { properties: { a: { $ref: '#/$defs/none' } } }, node({ a: leaf })],
    [
      'a reference to the network',
      { properties: { a: { $ref: 'https://evil.example/schema.json' } } },
      node({ a: leaf }),
    ],
    ['a reference to itself', { properties: { a: { $ref: '#' } } }, node({ a: node({ a: node({ a: leaf }) }) })],
    ['a reference that is nothing but itself', { properties: { a: { $ref: '#/properties/a' } } }, node({ a: leaf })],
    ['what must not hold declares nothing', { not: { properties: { a: {} } } }, null],
    [
      'names with meaning to JavaScript',
      JSON.parse('{"properties":{"__proto__":{},"constructor":{}}}'),
      JSON.parse('{"properties":{"__proto__":null,"constructor":null},"items":null}'),
    ],
  ];

  test.each(cases)('%s', (_name, schema, keys) => {
    expect(keysOf(schema)).toEqual(keys);
    expect(JSON.stringify(keysOf(schema))).toBe(JSON.stringify(keys));
  });

  test('schemas that multiply make a tool unusable, not the compiler', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [
        `d${at}`,
        { properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
      ]),
    );
    expect(keysOf({ $ref: '#/$defs/d0', $defs })).toBe('its input schema holds more than 20000 schemas');
  });

  test('a prompt has a flat list of names', () => {
    const calling = callingOf('prompt', tree('{"name":"p","arguments":[{"name":"b"},{"name":"a"},{"nam":"x"}]}'));
    expect(calling).toEqual({ ok: true, keys: node({ a: leaf, b: leaf }), headers: [] });
    expect(callingOf('prompt', tree('{"name":"p"}'))).toEqual({ ok: true, keys: null, headers: [] });
  });
});

describe('arguments that travel as headers', () => {
  const header = (name: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': name });

  test('are found at any depth of properties', () => {
    const calling = toolWith({
      properties: { region: header('Region'), at: { properties: { 'shard.id': header('Shard', 'integer') } } },
    });
    expect(calling.ok ? calling.headers : calling.message).toEqual([
      { path: ['region'], header: 'Region' },
      { path: ['at', 'shard.id'], header: 'Shard' },
    ]);
  });

  test('an argument that is called x-mcp-header is none', () => {
    expect(toolWith({ properties: { 'x-mcp-header': { type: 'string' } } })).toMatchObject({ ok: true, headers: [] });
  });

  test('values that look like the keyword are none', () => {
    expect(
      toolWith({ properties: { a: { const: { 'x-mcp-header': 'A' }, examples: [{ 'x-mcp-header': 'A' }] } } }),
    ).toMatchObject({ ok: true, headers: [] });
  });

  const unusable: [name: string, schema: unknown, message: string][] = [
    ['no text', { properties: { a: header(1) } }, '`x-mcp-header` of `a` is no token of HTTP'],
    ['an empty name', { properties: { a: header('') } }, '`x-mcp-header` of `a` is no token of HTTP'],
    ['a line break', { properties: { a: header('A\r\nEvil: 1') } }, '`x-mcp-header` of `a` is no token of HTTP'],
    [
      'an object',
      { properties: { a: header('A', 'object') } },
      '`x-mcp-header` of `a` needs the type string, integer or boolean',
    ],
    [
      'a number',
      { properties: { a: header('A', 'number') } },
      '`x-mcp-header` of `a` needs the type string, integer or boolean',
    ],
    [
      'several types',
      { properties: { a: header('A', ['string', 'null']) } },
      '`x-mcp-header` of `a` needs the type string, integer or boolean',
    ],
    [
      'no type',
      { properties: { a: { 'x-mcp-header': 'A' } } },
      '`x-mcp-header` of `a` needs the type string, integer or boolean',
    ],
    [
      'one header for two arguments',
      { properties: { a: header('Same'), b: header('sAME') } },
      '`x-mcp-header` names the header `sAME` twice',
    ],
    [
      'the whole of the arguments',
      { 'x-mcp-header': 'A', type: 'string' },
      '`x-mcp-header` is only allowed on an argument that a chain of `properties` leads to',
    ],
    ...['items', 'additionalProperties', 'not', 'if', 'propertyNames'].map((keyword): [string, unknown, string] => [
      `below ${keyword}`,
      { properties: { a: { [keyword]: { properties: { b: header('B') } } } } },
      '`x-mcp-header` is only allowed on an argument that a chain of `properties` leads to',
    ]),
    ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((keyword): [string, unknown, string] => [
      `in ${keyword}`,
      { properties: { a: { [keyword]: [{ properties: { b: header('B') } }] } } },
      '`x-mcp-header` is only allowed on an argument that a chain of `properties` leads to',
    ]),
    ...['$defs', 'definitions', 'patternProperties', 'dependentSchemas'].map((keyword): [string, unknown, string] => [
      `in ${keyword}`,
      { [keyword]: { x: { properties: { b: header('B') } } } },
      '`x-mcp-header` is only allowed on an argument that a chain of `properties` leads to',
    ]),
  ];

  test.each(unusable)('%s makes the tool unusable', (_name, schema, message) => {
    const calling = toolWith(schema);
    expect(calling.ok ? 'usable' : calling.message).toBe(message);
  });
});

describe('what a list shows', () => {
  test('everything but the name and the offer of tasks, as canonical JSON', () => {
    const sent =
      '{ "title":"T", "name":"t", "inputSchema":{"z":1.0,"a":[]}, "execution":{"taskSupport":"optional"}, "_meta":{"k":1e2} }';
    expect(servedJson('tool', tree(sent))).toBe('{"_meta":{"k":1e2},"inputSchema":{"a":[],"z":1.0},"title":"T"}');
  });

  test('a template keeps its name, which is a label', () => {
    expect(servedJson('template', tree('{"uriTemplate":"a://{b}","name":"A"}'))).toBe(
      '{"name":"A","uriTemplate":"a://{b}"}',
    );
  });
});

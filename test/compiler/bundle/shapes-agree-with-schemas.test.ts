import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { packBundle } from '../../../compiler/bundle/pack-bundle.ts';
import { CATALOG } from '../../../dataplane/bundle/decode/catalog-shape.ts';
import { POLICY } from '../../../dataplane/bundle/decode/policy-shape.ts';
import { SELF_TEST } from '../../../dataplane/bundle/decode/self-test-shape.ts';
import { readManifest } from '../../../dataplane/format/manifest.ts';
import { readPointer } from '../../../dataplane/format/pointer.ts';
import { decodeShape, type Shape } from '../../../dataplane/format/shape.ts';
import { packPayload } from '../../../dataplane/format/signed-json.ts';
import { parseTrust } from '../../../dataplane/format/trust.ts';
import type { Expr } from '../../../schemas/types/expression.ts';
import type { Pointer } from '../../../schemas/types/pointer.ts';
import { int, projectionOf } from '../../fixtures/expressions.ts';
import { bundleKey, pointerKey } from '../../fixtures/test-keys.ts';
import { tinyCatalog, tinyContents, tinyPolicy, tinySelfTest, trustFile } from '../../fixtures/tiny-bundle.ts';

/**
 * The data plane checks bundles by hand, since a schema compiler generates code. Here the two are held against each
 * other: a valid value, and every value made from it by one change in one place, must be judged alike.
 */
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });

function read(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as object;
}

ajv.addSchema(read('expression'));
const schema = (name: string): ValidateFunction => ajv.compile(read(name));

const accepts =
  <T>(shape: Shape<T>) =>
  (value: unknown): boolean =>
    decodeShape(shape, value).ok;

const [grant] = tinyPolicy.grants;
/** Every kind of node, constant and projection. */
const everyNode: Expr = {
  k: 'fold',
  range: { k: 'list', items: [{ k: 'var', name: 'args' }] },
  iter: 'i',
  iter2: 'j',
  accu: 'a',
  init: { k: 'const', t: 'bool', v: true },
  cond: { k: 'match', of: { k: 'get', of: { k: 'var', name: 'i' }, name: 'x' }, pattern: 0 },
  step: { k: 'call', fn: 'equals', args: [{ k: 'var', name: 'j' }, int(1)] },
  result: {
    k: 'map',
    entries: [
      { key: { k: 'const', t: 'null', v: null }, value: { k: 'has', of: { k: 'var', name: 'claims' }, name: 'x' } },
    ],
  },
};
const tokenRequest = {
  tokenUrl: 'https://idp.acme.dev/token',
  id: 'mcpgw',
  secret: 'docs-client',
  auth: 'basic',
  audience: 'docs',
  resource: null,
  scopes: [],
};
const wholePolicy = {
  ...tinyPolicy,
  servers: [
    ...tinyPolicy.servers,
    { ...tinyPolicy.servers[0], name: 'files', target: { stdio: 'local-files' } },
    {
      ...tinyPolicy.servers[0],
      identities: [
        { name: 'own', auth: { kind: 'client', ...tokenRequest, resource: 'https://mcp.acme.dev' } },
        { name: 'ours', auth: { kind: 'exchange', ...tokenRequest, auth: 'post', scopes: ['read'] } },
      ],
    },
  ],
  grants: [{ ...grant, entries: tinyPolicy.allowlists[0]?.entries }],
  conditions: [
    ...tinyPolicy.conditions,
    {
      reads: ['args', 'claims'],
      expression: everyNode,
      projection: projectionOf({
        many: { type: 'array', nullable: true, items: projectionOf({}), enum: null },
        one: { enum: ['a', 'b'] },
        two: projectionOf({ x: null }, { required: ['x'], undeclared: 'skip' }),
      }),
    },
  ],
  content: tinyPolicy.content.flatMap((rule) => [rule, { ...rule, action: { kind: 'block' } }]),
};
const pointer: Pointer = {
  format: 2,
  workspace: 'acme',
  environment: 'test',
  channel: 'main',
  seq: 1,
  bundle: '0'.repeat(64),
  commit: 'c0ffee',
  issued: 1,
  expires: 2,
  revoked: ['1'.repeat(64)],
  disabledSeqMin: 0,
  reason: 'OPS-1',
};

const contracts: readonly (readonly [name: string, value: unknown, accepts: (value: unknown) => boolean])[] = [
  ['policy', wholePolicy, accepts(POLICY)],
  ['catalog', tinyCatalog, accepts(CATALOG)],
  ['selftest', tinySelfTest, accepts(SELF_TEST)],
  [
    'manifest',
    JSON.parse(packBundle(tinyContents).manifestBytes.toString()),
    (value) => readSigned(readManifest, value),
  ],
  ['pointer', pointer, (value) => readSigned(readPointer, value)],
  ['trust', trustFile([bundleKey], [pointerKey]), (value) => parseTrust(Buffer.from(JSON.stringify(value))).ok],
];

function readSigned(read: (bytes: Uint8Array) => { readonly ok: boolean }, value: unknown): boolean {
  return value !== null && typeof value === 'object' && read(packPayload(value)).ok;
}

describe.each(contracts)('%s', (name, value, accepts) => {
  const validate = schema(name);

  test('a valid value is accepted by both', () => {
    expect({ schema: validate(value), shape: accepts(value) }).toEqual({ schema: true, shape: true });
  });

  test('whatever the schema refuses, the data plane refuses', () => {
    const wrong = [...changes(value)].filter((changed) => !validate(changed.value) && accepts(changed.value));
    expect(wrong.map(({ what }) => what)).toEqual([]);
  });

  test('what the schema accepts, the data plane accepts, but for numbers that are negative or inexact', () => {
    const wrong = [...changes(value)].filter(
      ({ value, kind, what }) =>
        validate(value) &&
        !accepts(value) &&
        kind !== 'number' &&
        !STRICTER.has(`${name} ${kind}`) &&
        !/\.(?:expression|projection)\./.test(what),
    );
    expect(wrong.map(({ what }) => what)).toEqual([]);
  });
});

/**
 * A schema cannot say that a key is a good one, that a role has as many keys as its threshold, or which functions and
 * variables an expression may name, or that only an object has members.
 */
const STRICTER = new Set(['trust text', 'trust item']);

interface Change {
  readonly what: string;
  readonly kind: 'text' | 'number' | 'value' | 'item' | 'member';
  readonly value: unknown;
}

/** All values that differ from this one in one place. */
function* changes(value: unknown, at = ''): Generator<Change> {
  const other: readonly unknown[] = ['', 'x', -3, 1.5, 2 ** 53, null, true, [], {}, ['x'], { x: 'x' }];
  const kind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'value';
  for (const replacement of other) {
    yield { what: `${at} = ${JSON.stringify(replacement)}`, kind, value: replacement };
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield { what: `${at}[${index}] removed`, kind: 'item', value: value.toSpliced(index, 1) };
      for (const changed of changes(item, `${at}[${index}]`)) {
        yield { ...changed, value: value.with(index, changed.value) };
      }
    }
  } else if (value !== null && typeof value === 'object') {
    yield { what: `${at}.extra added`, kind: 'member', value: { ...value, extra: 1 } };
    for (const [key, member] of Object.entries(value)) {
      const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
      yield { what: `${at}.${key} removed`, kind: 'member', value: rest };
      for (const changed of changes(member, `${at}.${key}`)) {
        yield { ...changed, value: { ...value, [key]: changed.value } };
      }
    }
  }
}

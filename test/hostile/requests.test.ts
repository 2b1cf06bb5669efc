import { afterAll, beforeAll, expect, test } from 'vitest';
import { REFUSALS, type Refusal } from '../../dataplane/mcp/refusals.ts';
import { equals, get, int, less, projectionOf } from '../fixtures/expressions.ts';
import { initialize, modernBody, modernCall, modernHeaders, post, type Post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';

const rig = new Rig();
let upstream: RawUpstream;
let session = '';
let otherSession = '';
let sandboxSession = '';

beforeAll(async () => {
  upstream = await RawUpstream.open(() =>
    whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}'),
  );
  rig.offer({
    servers: [
      {
        name: 'docs',
        url: upstream.url,
        era: 'modern',
        tools: [
          {
            name: 'read',
            keys: { properties: { page: null, at: { properties: { line: null }, items: null } }, items: null },
            headers: [
              { path: ['page'], header: 'Page' },
              { path: ['at', 'line'], header: 'Line' },
            ],
          },
          { name: 'remove' },
          { name: 'new', pending: true },
          { name: 'pay', projection: projectionOf({ amount: { type: 'integer' } }) },
        ],
      },
      {
        name: 'locked',
        url: upstream.url,
        era: 'modern',
        auth: { kind: 'bearer', secret: 'nowhere' },
        tools: [{ name: 'open' }],
      },
    ],
    gateways: [
      {
        name: 'docs',
        servers: { docs: 'docs', locked: 'locked' },
        grants: [
          { to: ['bot', 'staff'], server: 'docs', tools: ['read', 'new'] },
          { to: ['bot'], server: 'docs', tools: ['pay'], when: less(get('args', 'amount'), int(100)) },
          { to: ['bot'], server: 'locked' },
          { to: ['bot'], server: 'docs', tools: ['remove'], expires: 1 },
        ],
      },
      { name: 'sandbox', servers: { docs: '' }, grants: [{ to: ['other', 'bot'], server: 'docs', tools: ['read'] }] },
    ],
    guards: [{ name: 'never-secretly', tools: ['pay'], when: equals(get('args', 'amount'), int(13)) }],
    content: [{ name: 'no-keys', pattern: 'acme_live_[a-z]+', action: { kind: 'block' } }],
  });
  await rig.start();
  session = await initialize(`${rig.origin}/mcp/docs`, rig.keys.bot);
  otherSession = await initialize(`${rig.origin}/mcp/docs`, rig.keys.other);
  sandboxSession = await initialize(`${rig.origin}/mcp/sandbox`, rig.keys.bot);
});
afterAll(async () => {
  await rig.stop();
  await upstream.close();
});

interface Attack extends Partial<Omit<Post, 'url'>> {
  readonly path?: string;
  /** Whose key; absent = bot, null = none. */
  readonly as?: 'bot' | 'other' | 'stale' | 'orphan' | null;
}

const call = (args: string): Attack => modernCall('docs_read', args);
const legacy = (body: string, headers: Record<string, string> = {}): Attack => ({
  body,
  headers: { 'mcp-session-id': ':session', ...headers },
});
const LEGACY_LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

/** Name, request, HTTP status, JSON-RPC code (null: a result or no body), `error` of the audit record. */
const ATTACKS: readonly [name: string, attack: Attack, status: number, code: number | null, recorded: string][] = [
  // Before anything is read.
  ['a Host of another site', { headers: { host: 'evil.example' } }, 403, -32600, 'wrong-host'],
  ['a Host that only begins like ours', { headers: { host: '127.0.0.1.evil.example' } }, 403, -32600, 'wrong-host'],
  ['an Origin of another site', { headers: { origin: 'https://evil.example' } }, 403, -32600, 'wrong-origin'],
  ['the Origin of a sandboxed page', { headers: { origin: 'null' } }, 403, -32600, 'wrong-origin'],
  ['a path that is no endpoint', { path: '/admin' }, 404, -32600, 'no-such-path'],
  ['a path with dot segments', { path: '/mcp/../status' }, 404, -32600, 'no-such-path'],
  ['an encoded name in the path', { path: '/mcp/d%6fcs' }, 404, -32600, 'no-such-path'],
  ['a gateway below a gateway', { path: '/mcp/docs/docs' }, 404, -32600, 'no-such-path'],
  ['two gateways in one URL', { path: '/mcp/docs?gateway=sandbox' }, 404, -32600, 'no-such-path'],

  // Who.
  ['no credential', { as: null }, 401, -32600, 'no-credentials'],
  ['a credential in the query', { as: null, path: '/mcp/docs?access_token=x' }, 401, -32600, 'no-credentials'],
  [
    'a credential of another scheme',
    { as: null, headers: { authorization: 'Basic Ym90OmJvdA==' } },
    401,
    -32600,
    'no-credentials',
  ],
  [
    'two credentials in one header',
    { as: null, headers: { authorization: 'Bearer a, Bearer b' } },
    400,
    -32600,
    'malformed-credentials',
  ],
  [
    'a key with one letter changed',
    { as: null, headers: { authorization: 'Bearer :damaged' } },
    401,
    -32600,
    'malformed-key',
  ],
  ['a key that nobody has', { as: null, headers: { authorization: 'Bearer :stranger' } }, 401, -32600, 'unknown-key'],
  ['the key of a robot that expired', { as: 'stale' }, 401, -32600, 'expired-robot'],
  ['the key of a robot whose team is disabled', { as: 'orphan' }, 403, -32600, 'disabled-robot'],
  ['a token that is no JWT', { as: null, headers: { authorization: 'Bearer a.b.c' } }, 401, -32600, 'malformed-token'],

  // What it is made of.
  ['GET', { method: 'GET' }, 405, -32600, 'http-method'],
  ['DELETE of a session', { method: 'DELETE', headers: { 'mcp-session-id': ':session' } }, 405, -32600, 'http-method'],
  ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, -32600, 'content-type'],
  [
    'text that is called JSON',
    { headers: { 'content-type': 'text/plain; a=application/json' } },
    415,
    -32600,
    'content-type',
  ],
  ['no content type', { headers: { 'content-type': '' } }, 415, -32600, 'content-type'],
  [
    'another character set',
    { headers: { 'content-type': 'application/json; charset=utf-16' } },
    415,
    -32600,
    'content-type',
  ],
  ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415, -32600, 'content-type'],
  ['a client that takes no events', { headers: { accept: 'application/json' } }, 406, -32600, 'not-acceptable'],
  ['a body over the limit', { body: Buffer.alloc(4_194_305, 0x20) }, 413, -32600, 'body-too-large'],
  ['no body', { body: '' }, 400, -32700, 'bad-json'],
  ['half a body', { body: '{"jsonrpc":"2.0","id":1,' }, 400, -32700, 'bad-json'],
  ['two bodies', { body: '{}{}' }, 400, -32700, 'bad-json'],
  ['a byte order mark', { body: `\u{feff}${LEGACY_LIST}` }, 400, -32700, 'bad-json'],
  ['bytes that are not UTF-8', { body: Buffer.from('{"a":"\xff"}', 'latin1') }, 400, -32700, 'bad-utf8'],
  [
    'UTF-8 that is longer than it must be',
    { body: Buffer.from('{"a":"\xc0\xaf"}', 'latin1') },
    400,
    -32700,
    'bad-utf8',
  ],
  ['half of a surrogate pair', { body: '{"jsonrpc":"2.0","id":1,"method":"a\\ud800"}' }, 400, -32600, 'lone-surrogate'],
  ['nesting without end', { body: '['.repeat(10_000) }, 400, -32600, 'too-deep'],
  ['a number without end', { body: `{"a":${'9'.repeat(100_000)}}` }, 400, -32600, 'too-long-number'],
  ['a key without end', { body: `{"${'k'.repeat(100_000)}":1}` }, 400, -32600, 'too-long-key'],
  [
    'members without end',
    { body: `{${Array.from({ length: 100_001 }, (_, at) => `"${at}":1`).join()}}` },
    400,
    -32600,
    'too-many-members',
  ],
  ['elements without end', { body: `[${'1,'.repeat(1_000_000)}1]` }, 400, -32600, 'too-many-values'],
  ['a batch', { body: `[${LEGACY_LIST}]` }, 400, -32600, 'batch'],
  ['a number', { body: '1' }, 400, -32600, 'not-an-object'],
  ['no JSON-RPC version', { body: '{"id":1,"method":"ping"}' }, 400, -32600, 'bad-envelope'],
  ['another JSON-RPC version', { body: '{"jsonrpc":"1.0","id":1,"method":"ping"}' }, 400, -32600, 'bad-envelope'],
  ['an id that is null', { body: '{"jsonrpc":"2.0","id":null,"method":"ping"}' }, 400, -32600, 'bad-envelope'],
  ['an id that is an object', { body: '{"jsonrpc":"2.0","id":{},"method":"ping"}' }, 400, -32600, 'bad-envelope'],
  ['a fractional id', { body: '{"jsonrpc":"2.0","id":1.5,"method":"ping"}' }, 400, -32600, 'bad-envelope'],
  [
    'a method and a result',
    { body: '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}' },
    400,
    -32600,
    'bad-envelope',
  ],
  [
    'parameters in a list',
    { body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["docs_read"]}' },
    400,
    -32600,
    'bad-envelope',
  ],

  // Two readers, two messages.
  [
    'two methods',
    { body: '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}' },
    400,
    -32600,
    'duplicate-key',
  ],
  [
    'two methods, one escaped',
    { body: '{"jsonrpc":"2.0","id":1,"method":"ping","meth\\u006fd":"tools/call"}' },
    400,
    -32600,
    'duplicate-key',
  ],
  [
    'a method in capitals beside the method',
    { body: '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}' },
    400,
    -32600,
    'look-alike-key',
  ],
  [
    'a name in other letters',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","Name":"docs_remove"'),
    },
    400,
    -32600,
    'look-alike-key',
  ],
  [
    'a name with an invisible character',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","na\\u200bme":"docs_remove"'),
    },
    400,
    -32600,
    'look-alike-key',
  ],
  [
    'an escaped name beside the name',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","\\u006eame":"docs_remove"'),
    },
    400,
    -32600,
    'duplicate-key',
  ],
  [
    'a version in other letters',
    {
      headers: modernHeaders('tools/list'),
      body: modernBody('tools/list').replace('{"io.', '{"IO.modelcontextprotocol/protocolversion":"2025-11-25","io.'),
    },
    400,
    -32600,
    'look-alike-key',
  ],
  ['an argument twice', call('{"page":"a","page":"b"}'), 400, -32600, 'duplicate-key'],
  ['an argument twice, one escaped', call('{"page":"a","p\\u0061ge":"b"}'), 400, -32600, 'duplicate-key'],
  ['an argument twice, far below', call('{"x":[{"y":{"a":1,"a":2}}]}'), 400, -32600, 'duplicate-key'],
  ['an argument in other letters', call('{"Page":"a"}'), 200, -32602, 'look-alike-argument'],
  ['an argument with a control character', call('{"pa\\u0001ge":"a"}'), 200, -32602, 'look-alike-argument'],
  ['a nested argument in other letters', call('{"at":{"LINE":1}}'), 200, -32602, 'look-alike-argument'],
  [
    'a name that is a number',
    { headers: modernHeaders('tools/call', '7'), body: modernBody('tools/call', ',"name":7') },
    400,
    -32602,
    'bad-params',
  ],
  ['arguments that are text', call('"page"'), 400, -32602, 'bad-params'],

  // Modern requests: the body decides, and headers must agree.
  [
    'a removed method',
    { headers: modernHeaders('initialize'), body: modernBody('initialize') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'ping, which modern requests have no more',
    { headers: modernHeaders('ping'), body: modernBody('ping') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'a method of a later issue of the protocol',
    { headers: modernHeaders('tasks/get'), body: modernBody('tasks/get') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'a method in other letters',
    { headers: modernHeaders('Tools/Call'), body: modernBody('Tools/Call', ',"name":"docs_read"') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'a method of the prototype',
    { headers: modernHeaders('constructor'), body: modernBody('constructor') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'a modern header without a claim',
    { headers: modernHeaders('tools/list'), body: LEGACY_LIST },
    400,
    -32602,
    'missing-meta',
  ],
  [
    'a claim without capabilities',
    {
      headers: modernHeaders('tools/list'),
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}',
    },
    400,
    -32602,
    'missing-meta',
  ],
  [
    'a version to come',
    {
      headers: { ...modernHeaders('tools/list'), 'mcp-protocol-version': '2030-01-01' },
      body: modernBody('tools/list').replace('2026-07-28', '2030-01-01'),
    },
    400,
    -32022,
    'unsupported-version',
  ],
  [
    'a legacy version in a modern claim',
    {
      headers: { ...modernHeaders('tools/list'), 'mcp-protocol-version': '2025-11-25' },
      body: modernBody('tools/list').replace('2026-07-28', '2025-11-25'),
    },
    400,
    -32022,
    'unsupported-version',
  ],
  [
    'a method header of another method',
    { headers: modernHeaders('tools/list'), body: modernCall('docs_read').body ?? '' },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'no method header',
    { headers: { 'mcp-protocol-version': '2026-07-28' }, body: modernBody('tools/list') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'a version header of another version',
    {
      headers: { ...modernHeaders('tools/list'), 'mcp-protocol-version': '2025-11-25' },
      body: modernBody('tools/list'),
    },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'no version header',
    { headers: { 'mcp-method': 'tools/list' }, body: modernBody('tools/list') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'a name header of another tool',
    { ...modernCall('docs_read'), headers: modernHeaders('tools/call', 'docs_remove') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'no name header',
    { ...modernCall('docs_read'), headers: modernHeaders('tools/call') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'a name header in bad Base64',
    { ...modernCall('docs_read'), headers: modernHeaders('tools/call', '=?base64?ZG9jc19yZWFk?') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'a parameter header that differs',
    { ...call('{"page":"a"}'), headers: { ...modernHeaders('tools/call', 'docs_read'), 'mcp-param-page': 'b' } },
    400,
    -32020,
    'header-mismatch',
  ],
  ['a parameter header that is missing', call('{"page":"a"}'), 400, -32020, 'header-mismatch'],
  [
    'a parameter header for nothing',
    { ...call('{}'), headers: { ...modernHeaders('tools/call', 'docs_read'), 'mcp-param-page': 'b' } },
    400,
    -32020,
    'header-mismatch',
  ],

  // Legacy requests: sessions.
  ['no session', { body: LEGACY_LIST }, 400, -32600, 'session-required'],
  [
    'an invented session',
    { body: LEGACY_LIST, headers: { 'mcp-session-id': '00000000-0000-0000-0000-000000000000' } },
    404,
    -32600,
    'session-unknown',
  ],
  [
    'a session with one letter changed',
    { body: LEGACY_LIST, headers: { 'mcp-session-id': ':tampered' } },
    404,
    -32600,
    'session-unknown',
  ],
  [
    'the session of another principal',
    { body: LEGACY_LIST, headers: { 'mcp-session-id': ':other' } },
    404,
    -32600,
    'session-unknown',
  ],
  [
    'the session of another gateway',
    { body: LEGACY_LIST, headers: { 'mcp-session-id': ':sandbox' } },
    404,
    -32600,
    'session-unknown',
  ],
  [
    'a session without end',
    { body: LEGACY_LIST, headers: { 'mcp-session-id': 'v1.'.padEnd(8_000, 'a') } },
    404,
    -32600,
    'session-unknown',
  ],
  [
    'a version that is not served',
    legacy(LEGACY_LIST, { 'mcp-protocol-version': '2024-11-05' }),
    400,
    -32600,
    'legacy-version',
  ],
  [
    'a method that is not served',
    legacy('{"jsonrpc":"2.0","id":1,"method":"tasks/list"}'),
    200,
    -32601,
    'unknown-method-legacy',
  ],
  [
    'a modern method in a legacy session',
    legacy('{"jsonrpc":"2.0","id":1,"method":"server/discover"}'),
    200,
    -32601,
    'unknown-method-legacy',
  ],
  [
    'a cursor that we never gave',
    legacy('{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}'),
    200,
    -32602,
    'unknown-cursor',
  ],

  // What is not granted looks like what does not exist.
  ['a tool that does not exist', modernCall('docs_nothing'), 200, -32602, 'unknown-tool'],
  ['a tool under its own name', modernCall('read'), 200, -32602, 'unknown-tool'],
  ['a tool that waits for review', modernCall('docs_new'), 200, -32602, 'unknown-tool'],
  ['a tool whose grant expired', modernCall('docs_remove'), 200, -32602, 'unknown-tool'],
  ['a tool of the prototype', modernCall('__proto__'), 200, -32602, 'unknown-tool'],
  [
    'a tool in a gateway that does not exist',
    { path: '/mcp/nowhere', ...modernCall('read') },
    200,
    -32602,
    'unknown-tool',
  ],
  [
    'a call without a name',
    legacy('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'),
    200,
    -32602,
    'missing-name',
  ],
  [
    'an answer to a request for input',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","inputResponses":{}'),
    },
    200,
    -32602,
    'input-response',
  ],
  [
    'state of somewhere else',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","requestState":"x"'),
    },
    200,
    -32602,
    'input-response',
  ],
  ['arguments that a condition does not admit', modernCall('docs_pay', '{"amount":100}'), 200, null, 'denied'],
  ['arguments that a guard does not admit', modernCall('docs_pay', '{"amount":13}'), 200, null, 'denied'],
  ['no arguments where a guard reads them', modernCall('docs_pay', '{}'), 200, null, 'denied'],
  ['an argument of another type', modernCall('docs_pay', '{"amount":"1"}'), 200, -32602, 'invalid-arguments'],
  [
    'an integer that would wrap around',
    modernCall('docs_pay', '{"amount":18446744073709551617}'),
    200,
    -32602,
    'invalid-arguments',
  ],
  ['an argument that nobody declared', modernCall('docs_pay', '{"amount":1,"x":1}'), 200, -32602, 'invalid-arguments'],
  [
    'an argument that looks like a declared one',
    modernCall('docs_pay', '{"amount":1,"Amount":1}'),
    200,
    -32602,
    'invalid-arguments',
  ],
  ['a tool whose credential is missing', modernCall('locked_open'), 200, -32603, 'unknown-secret'],
  ['text that a rule blocks', call('{"x":"acme_live_abc"}'), 200, null, 'request-blocked'],
  ['text that a rule blocks, escaped', call('{"x":"acme_\\u006cive_abc"}'), 200, null, 'request-blocked'],
  [
    'text that a rule blocks, outside the arguments',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","note":"acme_live_abc"'),
    },
    200,
    null,
    'request-blocked',
  ],
];

function filled(value: string): string {
  switch (value) {
    case ':session':
      return session;
    case ':tampered':
      return `${session.slice(0, -5)}${session.at(-5) === 'A' ? 'B' : 'A'}${session.slice(-4)}`;
    case ':other':
      return otherSession;
    case ':sandbox':
      return sandboxSession;
    case 'Bearer :damaged':
      return `Bearer ${rig.keys.bot.slice(0, 20)}${rig.keys.bot[20] === 'A' ? 'B' : 'A'}${rig.keys.bot.slice(21)}`;
    case 'Bearer :stranger':
      return `Bearer ${new Rig().keys.bot}`;
    default:
      return value;
  }
}

test.each(ATTACKS)('%s', async (_name, attack, status, code, recorded) => {
  const before = (await rig.records()).length;
  const forwarded = upstream.requests.length;
  const as = attack.as === undefined ? 'bot' : attack.as;
  const answer = await post({
    url: `${rig.origin}${attack.path ?? '/mcp/docs'}`,
    ...(as === null ? {} : { key: rig.keys[as] }),
    method: attack.method ?? 'POST',
    headers: Object.fromEntries(Object.entries(attack.headers ?? {}).map(([name, value]) => [name, filled(value)])),
    ...(attack.method === undefined ? { body: attack.body ?? LEGACY_LIST } : {}),
  });
  const message = answer.body === '' ? null : (JSON.parse(answer.body) as { error?: { code: number } });
  expect([answer.status, message?.error?.code ?? null]).toEqual([status, code]);

  const records = (await rig.records(before + 1)).slice(before);
  expect(records.map((record) => [record.error, record.status, record.outcome === 'ok'])).toEqual([
    [recorded, status, false],
  ]);
  expect(records[0]?.decision).toBe(records[0]?.outcome === 'error' ? 'allow' : 'deny');
  expect(upstream.requests).toHaveLength(forwarded);
});

test('every refusal of the front door has a case', () => {
  const shown = new Set(ATTACKS.map(([, , , , recorded]) => recorded));
  const elsewhere = new Set<Refusal>([
    // Cannot be provoked with a whole request: test/dataplane/http, test/e2e/proxy-operation and live-resources, and the faults of
    // upstreams.
    'body-incomplete',
    'repeated-header',
    'untrusted-peer',
    'not-ready',
    'audit-full',
    'internal',
    'too-long-string',
    'server-unavailable',
    'list-changed',
  ]);
  const missing = Object.keys(REFUSALS).filter(
    (reason) => !shown.has(reason) && !reason.startsWith('upstream-') && !elsewhere.has(reason as Refusal),
  );
  expect(missing).toEqual([]);
});

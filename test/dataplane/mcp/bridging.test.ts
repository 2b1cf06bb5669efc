import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOTHING } from '../../../dataplane/mcp/client-capabilities.ts';
import { buildDownMessage, buildDownNotification, type DownMessageInput } from '../../../dataplane/mcp/down-message.ts';
import { scanResponse } from '../../../dataplane/mcp/scan-response.ts';
import { scanRequest } from '../../../dataplane/mcp/scan.ts';
import type { Edit } from '../../../dataplane/mcp/splice.ts';
import { buildUpRequest, type UpRequest } from '../../../dataplane/mcp/up-request.ts';
import type { Era } from '../../../dataplane/mcp/versions.ts';

const RESERVED = 'io.modelcontextprotocol/';
const CLAIM = { [`${RESERVED}protocolVersion`]: '2026-07-28', [`${RESERVED}clientCapabilities`]: {} };
const INFO = { [`${RESERVED}serverInfo`]: { name: 'mcpgw', version: '0.1.0' } };

type Json = Record<string, unknown>;

function up(
  request: Json,
  downEra: Era,
  upEra: Era,
  mint: (() => number) | null,
  redacted: string | null = null,
): { sent: Json; built: UpRequest; body: Buffer } {
  const body = Buffer.from(JSON.stringify(request));
  const scanned = scanRequest(body);
  assert(scanned.ok);
  const { message } = scanned;
  assert(message.name !== null);
  const built = buildUpRequest({
    body,
    message,
    edits: [{ ...message.name.span, bytes: '"own"' }, ...redactionsOf(body, redacted)],
    downEra,
    upEra,
    version: '2026-07-28',
    mint: mint ?? (() => 99),
    isOwn: mint === null,
    capabilities: downEra === 'legacy' ? '{}' : null,
    logLevel: null,
    state: null,
    inputResponses: null,
  });
  assert(scanRequest(built.body).ok);
  return { sent: JSON.parse(built.body.toString()) as Json, built, body };
}

/** What content rules do that find a text. */
function redactionsOf(body: Buffer, text: string | null): readonly Edit[] {
  const edits: Edit[] = [];
  if (text === null) return edits;
  for (let start = body.indexOf(text); start >= 0; start = body.indexOf(text, start + 1)) {
    edits.push({ start, end: start + text.length, bytes: '[MASKED]' });
  }
  return edits;
}

function downOf(bytes: Buffer, id: DownMessageInput['id'], more: Partial<DownMessageInput>) {
  const scanned = scanResponse(bytes);
  assert(scanned.ok);
  return buildDownMessage({
    bytes,
    scanned: scanned.message,
    id,
    method: 'tools/call',
    downEra: 'modern',
    upEra: 'modern',
    mapUri: null,
    capabilities: NOTHING,
    label: null,
    sealState: (state) => `sealed ${state}`,
    ...more,
  });
}

function down(response: Json, id: DownMessageInput['id'], downEra: Era, upEra: Era, method = 'tools/call') {
  return downOf(Buffer.from(JSON.stringify(response)), id, { downEra, upEra, method });
}

const idOf = (up: string, down = up): DownMessageInput['id'] => ({ up: Buffer.from(up), down: Buffer.from(down) });

/** Members that nobody reserves, in any order among the others. */
const members = fc.dictionary(
  fc.constantFrom('a', 'b c', 'é', 'x"y', 'acme.dev/z'),
  fc.jsonValue().filter((value) => JSON.stringify(value).length < 200),
  { maxKeys: 3 },
);
const token = fc.option(fc.oneof(fc.string(), fc.integer()), { nil: undefined });

describe('what an upstream gets is what parsing, changing and writing would give', () => {
  const shuffled = (parts: readonly Json[], order: number): Json =>
    Object.fromEntries(
      parts
        .flatMap((part) => Object.entries(part))
        .map((entry, at) => [((at + 1) * 7919 * (order + 1)) % 101, entry] as const)
        .sort(([a], [b]) => a - b)
        .map(([, entry]) => entry),
    );
  const cases = fc.record({
    free: members,
    meta: members,
    args: members,
    token,
    order: fc.nat(50),
    id: fc.oneof(fc.string(), fc.integer()),
  });

  test('from a modern client to a legacy server', () => {
    fc.assert(
      fc.property(cases, ({ free, meta, args, token: progress, order, id }) => {
        const kept = { ...meta, ...(progress === undefined ? {} : { progressToken: progress }) };
        const params = shuffled(
          [free, { name: 'shown', arguments: args, _meta: shuffled([kept, CLAIM], order) }],
          order,
        );
        let minted = 100;
        const { sent } = up({ jsonrpc: '2.0', id, method: 'tools/call', params }, 'modern', 'legacy', () => ++minted);
        const reminted = { ...meta, ...(progress === undefined ? {} : { progressToken: 102 }) };
        const expected = {
          jsonrpc: '2.0',
          id: 101,
          method: 'tools/call',
          params: { ...free, name: 'own', arguments: args, _meta: reminted },
        };
        expect(sent).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  test('from a legacy client to a modern server', () => {
    fc.assert(
      fc.property(cases, ({ free, meta, args, token: progress, order, id }) => {
        const kept = { ...meta, ...(progress === undefined ? {} : { progressToken: progress }) };
        const hasMeta = Object.keys(kept).length > 0;
        const stray = { [`${RESERVED}clientInfo`]: { name: 'forged', version: '1' } };
        const own = hasMeta ? { _meta: shuffled([kept, stray], order) } : {};
        const params = shuffled([free, { name: 'shown', arguments: args, ...own }], order);
        const { sent } = up({ jsonrpc: '2.0', id, method: 'tools/call', params }, 'legacy', 'modern', null);
        const info = { [`${RESERVED}clientInfo`]: { name: 'mcpgw', version: '0.1.0' } };
        const expected = {
          jsonrpc: '2.0',
          id,
          method: 'tools/call',
          params: { ...free, name: 'own', arguments: args, _meta: { ...kept, ...CLAIM, ...info } },
        };
        expect(sent).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  test('what content rules change in what is not sent is not sent either, and the rest of it is', () => {
    const answers = { who: { action: 'accept', content: { name: 'ana' } } };
    const info = { [`${RESERVED}clientInfo`]: { name: 'of ana', version: '1' } };
    const params = {
      _meta: { ...CLAIM, ...info, note: 'ana' },
      name: 'shown',
      inputResponses: answers,
      arguments: { to: 'ana' },
    };
    const { sent } = up({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }, 'modern', 'legacy', null, 'ana');
    const left = { _meta: { note: '[MASKED]' }, name: 'own', arguments: { to: '[MASKED]' } };
    expect(sent).toEqual({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: left });
  });

  test('with equal eras only the name differs', () => {
    fc.assert(
      fc.property(cases, ({ free, meta, args, order, id }) => {
        const params = shuffled([free, { name: 'shown', arguments: args, _meta: { ...meta, ...CLAIM } }], order);
        const { built, body } = up({ jsonrpc: '2.0', id, method: 'tools/call', params }, 'modern', 'modern', null);
        expect(built.body.toString()).toBe(body.toString().replace('"name":"shown"', '"name":"own"'));
      }),
    );
  });
});

describe('what a client gets is what parsing, changing and writing would give', () => {
  const results = fc.record({ free: members, meta: members, hasMeta: fc.boolean() });

  test('from a legacy server to a modern client', () => {
    fc.assert(
      fc.property(results, ({ free, meta, hasMeta }) => {
        const result = { ...free, resultType: 'task', content: [], ...(hasMeta ? { _meta: { ...meta } } : {}) };
        const built = down({ jsonrpc: '2.0', id: 7, result }, idOf('7', '"mine"'), 'modern', 'legacy');
        assert(built.ok);
        expect(JSON.parse(built.message.toString())).toEqual(
          JSON.parse(
            JSON.stringify({
              jsonrpc: '2.0',
              id: 'mine',
              result: { ...free, resultType: 'complete', content: [], _meta: { ...(hasMeta ? meta : {}), ...INFO } },
            }),
          ),
        );
      }),
    );
  });

  test('from a modern server to a legacy client', () => {
    fc.assert(
      fc.property(results, ({ free, meta, hasMeta }) => {
        const result = {
          ...free,
          resultType: 'complete',
          content: [],
          ...(hasMeta ? { _meta: { ...meta, ...INFO } } : {}),
        };
        const built = down({ jsonrpc: '2.0', id: 7, result }, idOf('7'), 'legacy', 'modern');
        assert(built.ok);
        expect(JSON.parse(built.message.toString())).toEqual(
          JSON.parse(
            JSON.stringify({
              jsonrpc: '2.0',
              id: 7,
              result: { ...free, content: [], ...(hasMeta ? { _meta: meta } : {}) },
            }),
          ),
        );
      }),
    );
  });

  test('with equal eras and ids nothing differs', () => {
    const bytes = Buffer.from(
      ' {"result":{ "content":[], "n":1.0,"big":12345678901234567890 },"id":"\\u0061","jsonrpc":"2.0"}\t',
    );
    const built = downOf(bytes, idOf('"a"'), {});
    expect(built.ok && built.message.toString()).toBe(bytes.toString());
  });
});

const ERRORS: readonly [name: string, code: number, downEra: Era, code: number | string][] = [
  ['a code of the application', 1234, 'modern', 1234],
  ['invalid parameters', -32602, 'legacy', -32602],
  ['an internal error', -32603, 'modern', -32603],
  ['a resource that is not there, for legacy', -32002, 'legacy', -32002],
  ['a resource that is not there, for modern', -32002, 'modern', -32602],
  ['a page to visit', -32042, 'legacy', -32042],
  ['a page to visit, for modern', -32042, 'modern', 'upstream-input'],
  ['a capability that is missing', -32021, 'modern', 'upstream-input'],
  ['a header mismatch on our leg', -32020, 'modern', 'upstream-rejected'],
  ['a reserved code that has no meaning', -32055, 'modern', 'upstream-rejected'],
  ['an unknown method on our leg', -32601, 'legacy', 'upstream-rejected'],
  ['a parse error on our leg', -32700, 'legacy', 'upstream-rejected'],
];

test.each(ERRORS)('of errors, %s', (_name, code, downEra, expected) => {
  const built = down({ jsonrpc: '2.0', id: 1, error: { code, message: 'm' } }, idOf('1'), downEra, 'legacy');
  const got = built.ok
    ? (JSON.parse(built.message.toString()) as { error: { code: number } }).error.code
    : built.reason;
  expect(got).toBe(expected);
});

test('of a resource that is not there, each era has its own code', () => {
  const codeOf = (code: number, downEra: Era, upEra: Era) => {
    const error = { jsonrpc: '2.0', id: 1, error: { code, message: 'm' } };
    const built = down(error, idOf('1'), downEra, upEra, 'resources/read');
    return built.ok ? (JSON.parse(built.message.toString()) as { error: { code: number } }).error.code : built.reason;
  };
  expect(codeOf(-32602, 'legacy', 'modern')).toBe(-32002);
  expect(codeOf(-32602, 'legacy', 'legacy')).toBe(-32602);
  expect(codeOf(-32002, 'modern', 'legacy')).toBe(-32602);
  expect(codeOf(-32002, 'modern', 'modern')).toBe(-32602);
});

test('what is read is private to the client, whatever its server says', () => {
  const result = { resultType: 'complete', contents: [], ttlMs: 9, cacheScope: 'public' };
  const built = down({ jsonrpc: '2.0', id: 1, result }, idOf('1'), 'modern', 'modern', 'resources/read');
  assert(built.ok);
  expect(JSON.parse(built.message.toString())).toMatchObject({ result: { ttlMs: 9, cacheScope: 'private' } });
});

test('the state of a server is sealed, and only where a client may be asked', () => {
  const result = { resultType: 'input_required', inputRequests: {}, requestState: 's"t' };
  const asking = (method: string, downEra: Era) =>
    down({ jsonrpc: '2.0', id: 1, result }, idOf('1'), downEra, 'modern', method);
  const built = asking('tools/call', 'modern');
  assert(built.ok);
  expect(built).toMatchObject({ failed: 'input-required', status: 200 });
  expect(JSON.parse(built.message.toString())).toMatchObject({ result: { requestState: 'sealed s"t' } });
  expect(asking('completion/complete', 'modern')).toEqual({ ok: false, reason: 'upstream-input' });
  expect(asking('tools/call', 'legacy')).toEqual({ ok: false, reason: 'upstream-input' });
});

test('questions of a modern server say whose they are, where there are several, and are else as they were', () => {
  const inputRequests = {
    a: { method: 'elicitation/create', params: { message: 'Größe?', requestedSchema: { type: 'object' } } },
    b: { method: 'roots/list' },
    c: { method: 'elicitation/create', params: { mode: 'url', url: 'https://a.dev', message: 'Go' } },
  };
  const message = { jsonrpc: '2.0', id: 1, result: { resultType: 'input_required', inputRequests } };
  const built = downOf(Buffer.from(JSON.stringify(message)), idOf('1'), { label: 'crm' });
  const expected = JSON.stringify(message).replace('Größe?', '[crm] Größe?').replace('"Go"', '"[crm] Go"');
  expect(built.ok && built.message.toString()).toBe(expected);
});

test('structured content that is no object is not for legacy clients', () => {
  const result = { resultType: 'complete', content: [], structuredContent: [1] };
  const built = down({ jsonrpc: '2.0', id: 1, result }, idOf('1'), 'legacy', 'modern');
  expect(built.ok && built.message.toString()).toBe('{"jsonrpc":"2.0","id":1,"result":{"content":[]}}');
});

const MISSING: readonly [name: string, required: Json, downEra: Era, upEra: Era, expected: number | string][] = [
  ['that the client lacks is its business', { sampling: {} }, 'modern', 'modern', 400],
  ['that the policy took away is not', { elicitation: {} }, 'modern', 'modern', 'upstream-input'],
  ['cannot be told to a legacy client', { sampling: {} }, 'legacy', 'modern', 'upstream-input'],
];

test.each(MISSING)('a capability %s', (_name, requiredCapabilities, downEra, upEra, expected) => {
  const error = { jsonrpc: '2.0', id: 1, error: { code: -32021, message: 'm', data: { requiredCapabilities } } };
  const capabilities = { has: new Set(['form'] as const), more: false };
  const built = downOf(Buffer.from(JSON.stringify(error)), idOf('1'), { downEra, upEra, capabilities });
  expect(built.ok ? built.status : built.reason).toBe(expected);
});

test('progress passes under the token of the client, and only of its own request', () => {
  const bytes = Buffer.from(
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":0.50,"progressToken":9}}',
  );
  const scanned = scanResponse(bytes);
  assert(scanned.ok);
  const { message } = scanned;
  const sent = (up: string, own: string | null) =>
    buildDownNotification(
      bytes,
      message,
      { up: Buffer.from(up), down: own === null ? null : Buffer.from(own) },
      'modern',
    )?.toString() ?? null;
  expect(sent('9', '"t"')).toBe(
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":0.50,"progressToken":"t"}}',
  );
  expect(sent('8', '8')).toBeNull();
  expect(sent('9', null)).toBeNull();
  expect(buildDownNotification(bytes, message, null, 'modern')).toBeNull();
});

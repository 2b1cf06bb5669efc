import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../schemas/types/audit.ts';
import { CLIENT_KINDS, connectClient, type AnyClient, type ClientKind } from '../fixtures/clients.ts';
import { bool, equals, get, int, less, not, projectionOf, str } from '../fixtures/expressions.ts';
import { messagesOf, modernBody, modernCall, modernHeaders, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';
import { MODERN_TOOLS, openModernServer, type ModernServer } from '../fixtures/upstreams/modern-server.ts';

const rig = new Rig();
let modern: ModernServer;
let ledger: RawUpstream;
let plain = '';
let steppedUp = '';

const mfa = get('claims', 'mfa');
const TEXT = projectionOf({ text: {} }, { required: ['text'] });

beforeAll(async () => {
  modern = await openModernServer();
  ledger = await RawUpstream.open(() =>
    whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}'),
  );
  rig.offer({
    claims: [{ name: 'mfa', type: 'bool', optional: true }],
    servers: [
      {
        name: 'modern',
        url: modern.url,
        era: 'modern',
        tools: MODERN_TOOLS.map((tool) => (tool.name === 'echo' ? { ...tool, projection: TEXT } : tool)),
      },
      {
        name: 'ledger',
        url: ledger.url,
        era: 'modern',
        tools: [{ name: 'pay', projection: projectionOf({ amount: { type: 'integer' } }) }, { name: 'undo' }],
      },
    ],
    gateways: [
      {
        name: 'work',
        servers: { modern: 'mod', ledger: 'pay' },
        grants: [
          // What the rule for cards makes of a text is not allowed, while the text itself is.
          { to: ['staff'], server: 'modern', tools: ['echo'], when: not(equals(get('args', 'text'), str('[CARD]'))) },
          { to: ['staff'], server: 'modern', tools: ['add', 'count', 'fail'] },
          {
            to: ['staff'],
            server: 'ledger',
            tools: ['pay'],
            when: less(get('args', 'amount'), int(9_007_199_254_740_993n)),
          },
          { to: ['staff'], server: 'ledger', tools: ['undo'] },
        ],
      },
    ],
    guards: [
      { name: 'all-is-noted', when: bool(true), mode: 'alert', tools: ['echo', 'fail'] },
      { name: 'add-needs-mfa', unless: mfa, tools: ['add'] },
      { name: 'count-is-secret', unless: mfa, tools: ['count'], hide: true },
      { name: 'fail-needs-mfa', unless: mfa, tools: ['fail'], message: 'step up with MFA first' },
    ],
    limits: [
      {
        rule: 0,
        name: 'slowly',
        match: {
          gateways: null,
          servers: null,
          definitions: -1,
          resources: -1,
          kinds: null,
          subjects: null,
          clients: null,
        },
        calls: { count: 1, windowMs: 60_000 },
        concurrent: 0,
        per: 'principal',
      },
    ],
    content: [{ name: 'cards', pattern: String.raw`\b\d{16}\b`, action: { kind: 'replace', with: '[CARD]' } }],
  });
  await rig.startChild();
  plain = await rig.token({ sub: 'ana', groups: ['staff'], claims: { mfa: false } });
  steppedUp = await rig.token({ sub: 'ana', groups: ['staff'], claims: { mfa: true } });
});
afterAll(async () => {
  await rig.stop();
  await modern.close();
  await ledger.close();
});

async function withClient(kind: ClientKind, token: string, work: (client: AnyClient) => Promise<void>): Promise<void> {
  const client = await connectClient(kind, `${rig.origin}/mcp/work`, token);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

/** The audit record of the next call that `work` makes. */
async function recordOf(work: () => Promise<unknown>): Promise<AuditRecord | undefined> {
  const isCall = (record: AuditRecord): boolean => record.method === 'tools/call';
  const before = (await rig.records()).filter(isCall).length;
  await work();
  await expect.poll(async () => (await rig.records()).filter(isCall).length).toBeGreaterThan(before);
  return (await rig.records()).findLast(isCall);
}

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test('reads what a guard says, and finds the tool in its list', () =>
    withClient(kind, plain, async (client) => {
      expect(await client.list()).toContain('mod_fail');
      const record = await recordOf(async () => {
        expect(await client.call('mod_fail')).toMatchObject({
          isError: true,
          content: [{ type: 'text', text: 'step up with MFA first' }],
        });
      });
      expect(record).toMatchObject({
        decision: 'deny',
        reason: 'guard',
        rule: { name: 'Guard/fail-needs-mfa', at: expect.stringMatching(/^access\.yaml:[0-9]+:1$/) },
        alerts: [{ name: 'Guard/all-is-noted', at: expect.stringMatching(/^access\.yaml:[0-9]+:1$/) }],
        outcome: 'refused',
        error: 'denied',
        status: 200,
        server: null,
      });
    }));

  test('reads the name of a guard that says nothing', () =>
    withClient(kind, plain, async (client) => {
      expect(await client.call('mod_add', { a: 1, b: 2 })).toMatchObject({
        isError: true,
        content: [{ text: 'denied by policy: Guard/add-needs-mfa' }],
      });
    }));

  test('passes a guard whose claim it has', () =>
    withClient(kind, steppedUp, async (client) => {
      expect(await client.call('mod_add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } });
      const record = await recordOf(() => client.call('mod_fail'));
      expect(record).toMatchObject({ decision: 'allow', alerts: [{ name: 'Guard/all-is-noted' }], server: 'modern' });
    }));

  test('cannot tell a tool that a guard hides from one that does not exist', async () => {
    await withClient(kind, plain, async (client) => {
      expect(await client.list()).not.toContain('mod_count');
      const record = await recordOf(() =>
        expect(client.call('mod_count', { to: 1 })).rejects.toThrow('Unknown tool: mod_count'),
      );
      expect(record).toMatchObject({ reason: 'guard', rule: { name: 'Guard/count-is-secret' }, error: 'unknown-tool' });
    });
    await withClient(kind, steppedUp, async (client) => {
      expect(await client.list()).toContain('mod_count');
      expect(await client.call('mod_count', { to: 1 })).toMatchObject({ content: [{ text: 'counted to 1' }] });
    });
  });

  test('is told which argument does not fit', () =>
    withClient(kind, plain, async (client) => {
      const problem = 'Invalid arguments: text: not of the declared type string';
      const record = await recordOf(() => expect(client.call('mod_echo', { text: 7 })).rejects.toThrow(problem));
      expect(record).toMatchObject({
        decision: 'deny',
        reason: 'arguments',
        rule: { name: 'arguments', at: null },
        error: 'invalid-arguments',
      });
      await expect(client.call('mod_echo')).rejects.toThrow('Invalid arguments: text: missing');
    }));

  test('is told that a condition does not admit its arguments, before and after redaction', () =>
    withClient(kind, plain, async (client) => {
      const denied = { isError: true, content: [{ text: 'denied by policy: these arguments are not allowed' }] };
      expect(await client.call('mod_echo', { text: 'card 4111111111111111' })).toMatchObject({
        content: [{ text: 'card [CARD]' }],
      });
      expect(await client.call('mod_echo', { text: '[CARD]' })).toMatchObject(denied);
      const record = await recordOf(async () => {
        expect(await client.call('mod_echo', { text: '4111111111111111' })).toMatchObject(denied);
      });
      expect(record).toMatchObject({
        decision: 'deny',
        reason: 'condition',
        rule: { name: 'Grant/work-0' },
        alerts: [{ name: 'Guard/all-is-noted' }],
        content: [{ rule: 'RedactionRule/cards' }],
      });
    }));
});

const AMOUNTS: readonly [amount: string, outcome: 'sent' | 'denied' | 'invalid'][] = [
  ['9007199254740991', 'sent'],
  ['9007199254740992', 'sent'],
  ['9007199254740993', 'denied'],
  ['9007199254740994', 'denied'],
  ['9223372036854775807', 'denied'],
  ['9223372036854775808', 'invalid'],
  ['-9223372036854775808', 'sent'],
  ['-9223372036854775809', 'invalid'],
  ['9007199254740992.0', 'sent'],
  ['9007199254740993.0', 'denied'],
  ['9.007199254740992e15', 'sent'],
  ['9007199254740992.5', 'invalid'],
  ['1e400', 'invalid'],
];

test.each(AMOUNTS)('an amount of %s is compared exactly: %s', async (amount, outcome) => {
  const forwarded = ledger.requests.length;
  const answer = await post({
    url: `${rig.origin}/mcp/work`,
    key: plain,
    ...modernCall('pay_pay', `{"amount":${amount}}`),
  });
  const [message] = messagesOf(answer) as readonly { error?: { message: string }; result?: { isError?: boolean } }[];
  expect({
    error: message?.error?.message ?? null,
    isError: message?.result?.isError ?? false,
    sent: ledger.requests.length - forwarded,
  }).toEqual({
    error: outcome === 'invalid' ? 'Invalid arguments: amount: not of the declared type integer' : null,
    isError: outcome === 'denied',
    sent: outcome === 'sent' ? 1 : 0,
  });
  if (outcome === 'sent') expect(ledger.requests.at(-1)?.body.toString()).toContain(`{"amount":${amount}}`);
});

test('a call without arguments is one with none', async () => {
  const params = ',"name":"pay_pay"';
  const answer = await post({
    url: `${rig.origin}/mcp/work`,
    key: plain,
    headers: modernHeaders('tools/call', 'pay_pay'),
    body: modernBody('tools/call', params),
  });
  expect(answer.body).toContain('denied by policy: these arguments are not allowed');
});

test('the operator is told that limits are not enforced', async () => {
  expect(rig.logs.filter((line) => line.includes('not enforced'))).toEqual([
    'mcpgw-proxy: not enforced by this version: Limit/slowly',
  ]);
  const status = await post({ url: `${rig.adminOrigin}/status`, method: 'GET' });
  expect(JSON.parse(status.body)).toMatchObject({ channel: { active: { notEnforced: ['Limit/slowly'] } } });
});

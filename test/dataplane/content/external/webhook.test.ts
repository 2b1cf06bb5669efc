import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { screenMessage, screenSpans } from '../../../../dataplane/content/index.ts';
import { MAIL } from '../policy-of.ts';
import {
  analyzed,
  analyzer,
  judged,
  NEVER,
  openStage,
  resultOf,
  rulesAt,
  saying,
  SECRET,
  shown,
  type Stage,
} from './stage.ts';

const stages: Stage[] = [];

async function open(...parameters: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...parameters);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const PASS = saying({ verdict: 'pass' });

const questionsOf = ({ server }: Stage): readonly unknown[] =>
  server.requests.map(({ body }): unknown => JSON.parse(body.toString('utf8')));

test('a webhook is asked about a result, and told what it is of', async () => {
  const at = await open(PASS);
  const screened = await screenMessage(rulesAt(at, [judged(at)]), resultOf('hello'), NEVER);
  expect(screened).toEqual({ kind: 'unchanged', bytes: resultOf('hello'), findings: [] });
  expect(questionsOf(at)).toEqual([
    { version: 1, direction: 'to-client', tool: 'echo', result: { content: [{ type: 'text', text: 'hello' }] } },
  ]);
});

test('a webhook is asked about arguments, and about what else a request carries', async () => {
  const at = await open(PASS);
  const body = Buffer.from('{"arguments":{"to":"Ada"},"other":["x"]}');
  const spans = [
    { start: body.indexOf('["x'), end: body.length - 1 },
    { start: body.indexOf('{"to'), end: body.indexOf(',"other'), what: 'arguments' as const },
  ];
  const screened = await screenSpans(rulesAt(at, [judged(at)]), body, spans, NEVER);
  expect(screened).toEqual({ kind: 'unchanged', findings: [] });
  expect(questionsOf(at)).toEqual([
    { version: 1, direction: 'to-client', tool: 'echo', arguments: { to: 'Ada' }, values: [['x']] },
  ]);
});

test('a webhook is asked about notifications, errors and questions of a server', async () => {
  const at = await open(PASS);
  const rules = rulesAt(at, [judged(at)]);
  for (const message of [
    { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } },
    { jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'x' } },
  ]) {
    await screenMessage(rules, Buffer.from(JSON.stringify(message)), NEVER);
  }
  const known = { version: 1, direction: 'to-client', tool: 'echo' };
  expect(questionsOf(at)).toEqual([
    { ...known, method: 'notifications/message', params: { level: 'info', data: 'x' } },
    { ...known, error: { code: -32_000, message: 'x' } },
  ]);
});

test('a webhook is asked about members of a message that nobody foresaw, and what they are called', async () => {
  const at = await open(PASS);
  const message = '{"jsonrpc":"2.0","id":1,"note":"a","result":{},"n\\u006fte2":{"x":[2]}}';
  await screenMessage(rulesAt(at, [judged(at)]), Buffer.from(message), NEVER);
  expect(questionsOf(at)).toEqual([
    { version: 1, direction: 'to-client', tool: 'echo', result: {}, values: [{ note: 'a' }, { note2: { x: [2] } }] },
  ]);
});

test('a question is signed with the secret and the time', async () => {
  const at = await open(PASS);
  await screenMessage(rulesAt(at, [judged(at)]), resultOf('hello'), NEVER);
  const [request] = at.server.requests;
  const time = request?.headers.get('mcpgw-timestamp') ?? '';
  expect(Number(time)).toBe(at.nowMs / 1_000);
  const mac = createHmac('sha256', SECRET)
    .update(`mcpgw webhook v1\0${time}\0`)
    .update(request?.body ?? '');
  expect(request?.headers.get('mcpgw-signature')).toBe(`v1=${mac.digest('hex')}`);
  expect(JSON.stringify([...(request?.headers ?? [])])).not.toContain(SECRET);
});

test('a webhook sees nothing that other rules take out, nor is asked about what they block', async () => {
  const names = await open(analyzer(/Ada/g));
  const at = await open(PASS);
  const rules = rulesAt(at, [judged(at), MAIL, analyzed(names)]);
  await screenMessage(rules, resultOf('Ada is ada@acme.dev'), NEVER);
  expect(questionsOf(at)).toMatchObject([{ result: { content: [{ text: '<PERSON> is ' }] } }]);
  const blocking = rulesAt(at, [judged(at), analyzed(names, {}, { action: { kind: 'block' } })]);
  expect(await screenMessage(blocking, resultOf('Ada'), NEVER)).toMatchObject({ kind: 'blocked', failure: null });
  expect(at.server.requests).toHaveLength(1);
});

test('a webhook that says nothing is waited for no longer than its rule says, and not at all once nobody waits', async () => {
  const at = await open(() => null);
  expect(shown(await screenMessage(rulesAt(at, [judged(at, { timeoutMs: 20 })]), resultOf('Ada'), NEVER))).toBe(
    'external',
  );
  const gone = new AbortController();
  const screened = screenMessage(rulesAt(at, [judged(at, { onFailure: 'pass' })]), resultOf('Ada'), gone.signal);
  await expect.poll(() => at.server.requests.length).toBe(2);
  gone.abort();
  expect(shown(await screened)).toBe('external');
});

test('a question that is too large is not sent', async () => {
  const at = await open(PASS);
  expect(shown(await screenMessage(rulesAt(at, [judged(at)]), resultOf('x'.repeat(4_194_304)), NEVER))).toBe(
    'external',
  );
  expect(at.server.requests).toHaveLength(0);
});

const unsuited: [reason: string, value: Parameters<typeof openStage>[1]][] = [
  ['unknown-secret', { valueFor: () => ({ ok: false, reason: 'unknown-secret' }) }],
  ['secret-not-for-host', { valueFor: () => ({ ok: false, reason: 'secret-not-for-host' }) }],
];

test.each(unsuited)(
  'with a secret that is an %s nothing passes, whatever the rule says about failures',
  async (reason, secrets) => {
    const at = await open(PASS, secrets);
    const rules = rulesAt(at, [judged(at, { onFailure: 'pass' })]);
    expect(await screenMessage(rules, resultOf('Ada'), NEVER)).toMatchObject({
      kind: 'blocked',
      failure: 'external',
      findings: [{ failed: 1 }],
    });
    expect(at.server.requests).toHaveLength(0);
    expect(at.external.health.status(['losses'])).toMatchObject([{ failure: reason }]);
  },
);

test('a secret that is not there for now, or is too short, is a failure', async () => {
  let value: string | null = null;
  const at = await open(PASS, {
    valueFor: () => (value === null ? { ok: false, reason: 'secret-missing' } : { ok: true, value }),
  });
  const rules = rulesAt(at, [judged(at, { onFailure: 'pass' })]);
  const failed = { kind: 'unchanged', findings: [{ failed: 1 }] };
  expect(await screenMessage(rules, resultOf('Ada'), NEVER)).toMatchObject(failed);
  value = 'short';
  expect(await screenMessage(rules, resultOf('Ada'), NEVER)).toMatchObject(failed);
  expect(at.server.requests).toHaveLength(0);
  value = SECRET;
  expect(await screenMessage(rules, resultOf('Ada'), NEVER)).toMatchObject({ kind: 'unchanged', findings: [] });
});

test('a host that the proxy may not call is never called, and nothing passes', async () => {
  const at = await open(PASS);
  for (const url of ['https://dlp.acme.dev/', 'http://dlp.acme.dev/', 'http://u:p@127.0.0.1/', 'file:///etc/passwd']) {
    const rules = rulesAt(at, [judged(at, { url, onFailure: 'pass' })]);
    expect(shown(await screenMessage(rules, resultOf('Ada'), NEVER))).toBe('external');
  }
  expect(at.logged).toEqual(
    ['host-not-allowed', 'insecure-url', 'malformed-url', 'insecure-url'].map(
      (reason) => `content rule losses: its detector cannot be used (${reason})`,
    ),
  );
});

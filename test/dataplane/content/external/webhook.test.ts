import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { screenMessage, screenSpans, type MessageRedaction } from '../../../../dataplane/content/index.ts';
import { splice } from '../../../../dataplane/json/splice.ts';
import { whole, type RawAnswer, type RawRequest } from '../../../fixtures/upstreams/raw-upstream.ts';
import { MAIL } from '../policy-of.ts';
import { analyzed, analyzer, judged, NEVER, openStage, resultOf, rulesAt, SECRET, type Stage } from './stage.ts';

const stages: Stage[] = [];

async function open(...parameters: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...parameters);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const saying =
  (answer: unknown): (() => RawAnswer) =>
  () =>
    whole(typeof answer === 'string' ? answer : JSON.stringify(answer));

const PASS = saying({ verdict: 'pass' });

const questionsOf = ({ server }: Stage): readonly unknown[] =>
  server.requests.map(({ body }): unknown => JSON.parse(body.toString('utf8')));

const shown = (screened: MessageRedaction): unknown =>
  screened.kind === 'blocked' ? screened.failure : JSON.parse(screened.bytes.toString('utf8'));

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

test('a verdict to block blocks, with what was found', async () => {
  const at = await open(saying({ verdict: 'block', reason: 'has a name', entities: { PERSON: 2, BADGE: 1 } }));
  expect(await screenMessage(rulesAt(at, [judged(at)]), resultOf('Ada'), NEVER)).toEqual({
    kind: 'blocked',
    failure: null,
    findings: [{ rule: 0, action: 'block', mode: 'enforce', count: 3, entities: { BADGE: 1, PERSON: 2 }, failed: 0 }],
  });
});

test('a verdict to pass may say what was found all the same', async () => {
  const at = await open(saying({ verdict: 'pass', entities: { PERSON: 1 } }));
  expect(await screenMessage(rulesAt(at, [judged(at)]), resultOf('Ada'), NEVER)).toMatchObject({
    kind: 'unchanged',
    findings: [{ action: 'alert', count: 1, entities: { PERSON: 1 } }],
  });
});

const trials: [name: string, sketch: Parameters<typeof judged>[2]][] = [
  ['only alerts', { action: { kind: 'alert' } }],
  ['is tried out', { mode: 'alert' }],
];

test.each(trials)('what a webhook says is recorded and not done where its rule %s', async (_name, sketch) => {
  const at = await open(saying({ verdict: 'block' }));
  const rules = rulesAt(at, [judged(at, {}, sketch)]);
  expect(await screenMessage(rules, resultOf('Ada'), NEVER)).toMatchObject({
    kind: 'unchanged',
    findings: [{ rule: 0, count: 1, entities: { LOSSES: 1 }, failed: 0 }],
  });
  at.server.answerWith(saying({ verdict: 'modify', result: {} }));
  expect(await screenMessage(rules, resultOf('Ada'), NEVER)).toMatchObject({
    kind: 'unchanged',
    findings: [{ count: 1 }],
  });
});

test('a result is replaced and nothing else, with every digit of its numbers', async () => {
  const at = await open(saying('{"verdict":"modify","result":{"n":12345678901234567890.0,"content":[]}}'));
  const screened = await screenMessage(rulesAt(at, [judged(at)]), resultOf('Ada'), NEVER);
  expect(screened.kind === 'changed' ? screened.bytes.toString('utf8') : screened).toBe(
    '{"jsonrpc":"2.0","id":1,"result":{"n":12345678901234567890.0,"content":[]}}',
  );
  expect(screened.findings).toMatchObject([{ action: 'replace', count: 1 }]);
});

test('arguments are replaced where they stand, whatever stands around them', async () => {
  const at = await open(saying({ verdict: 'modify', arguments: { to: 'nobody' } }));
  const body = Buffer.from('{"note":"a@b.dev","arguments":{"to":"Ada"},"rest":"c@d.dev"}');
  const spanOf = (text: string): { readonly start: number; readonly end: number } => ({
    start: body.indexOf(text),
    end: body.indexOf(text) + text.length,
  });
  const spans = [spanOf('"a@b.dev"'), { ...spanOf('{"to":"Ada"}'), what: 'arguments' as const }, spanOf('"c@d.dev"')];
  const screened = await screenSpans(rulesAt(at, [judged(at), MAIL]), body, spans, NEVER);
  const edits = screened.kind === 'changed' ? screened.edits : [];
  expect(splice(body, edits).toString('utf8')).toBe('{"note":"","arguments":{"to":"nobody"},"rest":""}');
});

test('what a webhook puts there is looked through like what it replaces', async () => {
  const at = await open(saying({ verdict: 'modify', result: { content: [{ type: 'text', text: 'ada@acme.dev' }] } }));
  const rules = rulesAt(at, [judged(at), MAIL]);
  expect(shown(await screenMessage(rules, resultOf('Ada'), NEVER))).toMatchObject({
    result: { content: [{ text: '' }] },
  });
  const blocking = rulesAt(at, [judged(at), { ...MAIL, action: { kind: 'block' } }]);
  expect(await screenMessage(blocking, resultOf('Ada'), NEVER)).toMatchObject({
    kind: 'blocked',
    failure: null,
    findings: [
      { rule: 1, action: 'block', count: 1 },
      { rule: 0, action: 'replace', count: 1 },
    ],
  });
});

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const useless: [name: string, answer: (request: RawRequest) => RawAnswer][] = [
  ['says that it failed', saying({ verdict: 'error' })],
  ['says nothing', saying({})],
  ['has a verdict of its own', saying({ verdict: 'allow' })],
  ['has no verdict but its kind', saying({ verdict: true })],
  ['answers with a list', saying([{ verdict: 'pass' }])],
  ['adds a member that nobody knows', saying({ verdict: 'pass', action: 'block' })],
  ['passes and replaces', saying({ verdict: 'pass', result: {} })],
  ['replaces and says not what', saying({ verdict: 'modify' })],
  ['replaces arguments that there are not', saying({ verdict: 'modify', arguments: {} })],
  ['replaces the result twice', saying('{"verdict":"modify","result":{},"result":{"content":[]}}')],
  ['puts a text in the place of a result', saying({ verdict: 'modify', result: 'gone' })],
  ['puts nothing in the place of a result', saying({ verdict: 'modify', result: null })],
  ['puts a list in the place of a result', saying({ verdict: 'modify', result: [] })],
  ['puts a member there twice', saying('{"verdict":"modify","result":{"a":1,"\\u0061":2}}')],
  ['puts more levels there than there may be', saying(`{"verdict":"modify","result":${deep(80)}}`)],
  ['puts half a character there', saying('{"verdict":"modify","result":{"a":"\\ud83d"}}')],
  ['gives a reason that is none', saying({ verdict: 'pass', reason: 1 })],
  ['gives a reason without end', saying({ verdict: 'pass', reason: 'x'.repeat(1_001) })],
  ['counts what is no entity', saying({ verdict: 'pass', entities: { 'Ada Lovelace': 1 } })],
  ['counts in halves', saying({ verdict: 'pass', entities: { PERSON: 0.5 } })],
  [
    'counts too many entities',
    saying({ verdict: 'pass', entities: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`E${n}`, 1])) }),
  ],
  ['counts in a list', saying({ verdict: 'pass', entities: [] })],
  ['answers with a failure', () => whole('{"verdict":"pass"}', undefined, '503 Busy')],
  ['sends somewhere else', () => 'HTTP/1.1 307 No\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n'],
  ['answers in plain text', () => whole('{"verdict":"pass"}', 'text/plain')],
  ['ends the connection', () => (socket) => void socket.destroy()],
];

test.each(useless)(
  'a webhook that %s has failed: the message is blocked, or passed and that recorded',
  async (_name, answer) => {
    const at = await open(answer);
    const findings = [{ rule: 0, count: 0, failed: 1 }];
    expect(await screenMessage(rulesAt(at, [judged(at)]), resultOf('Ada'), NEVER)).toMatchObject({
      kind: 'blocked',
      failure: 'external',
      findings,
    });
    expect(await screenMessage(rulesAt(at, [judged(at, { onFailure: 'pass' })]), resultOf('Ada'), NEVER)).toMatchObject(
      { kind: 'unchanged', findings },
    );
  },
);

test('a result may have as many levels as a message has for it', async () => {
  const at = await open(saying(`{"verdict":"modify","result":${deep(63)}}`));
  expect(shown(await screenMessage(rulesAt(at, [judged(at)]), resultOf('Ada'), NEVER))).toMatchObject({ result: {} });
});

test('only a result that is an object is replaced', async () => {
  const at = await open(saying({ verdict: 'modify', result: {} }));
  const message = Buffer.from('{"jsonrpc":"2.0","id":1,"result":"hello"}');
  expect(shown(await screenMessage(rulesAt(at, [judged(at)]), message, NEVER))).toBe('external');
});

test('of several webhooks one that blocks wins', async () => {
  const [passing, blocking] = [
    await open(saying({ verdict: 'modify', result: {} })),
    await open(saying({ verdict: 'block' })),
  ];
  const one = judged(passing, { onFailure: 'pass' }, { name: 'one' });
  const other = judged(blocking, {}, { name: 'other' });
  for (const sketches of [
    [one, other],
    [other, one],
  ]) {
    const screened = await screenMessage(rulesAt(passing, sketches), resultOf('Ada'), NEVER);
    expect(screened).toMatchObject({ kind: 'blocked', failure: null, findings: [{ action: 'block', count: 1 }] });
  }
});

test('two webhooks that put the same there agree, and two that do not are both not believed', async () => {
  const [first, second] = [
    await open(saying({ verdict: 'modify', result: { a: 1 } })),
    await open(saying({ verdict: 'modify', result: { a: 1 } })),
  ];
  const rules = rulesAt(first, [
    judged(first, { onFailure: 'pass' }, { name: 'one' }),
    judged(second, { onFailure: 'pass' }, { name: 'other' }),
  ]);
  expect(shown(await screenMessage(rules, resultOf('Ada'), NEVER))).toMatchObject({ result: { a: 1 } });
  second.server.answerWith(saying({ verdict: 'modify', result: { a: 2 } }));
  expect(shown(await screenMessage(rules, resultOf('Ada'), NEVER))).toBe('external');
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
});

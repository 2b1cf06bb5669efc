import { afterEach, expect, test } from 'vitest';
import { screenMessage, screenSpans } from '../../../../dataplane/content/index.ts';
import { splice } from '../../../../dataplane/json/splice.ts';
import { whole, type RawAnswer, type RawRequest } from '../../../fixtures/upstreams/raw-upstream.ts';
import { MAIL } from '../policy-of.ts';
import { judged, NEVER, openStage, resultOf, rulesAt, saying, shown, type Stage } from './stage.ts';

const stages: Stage[] = [];

async function open(...parameters: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...parameters);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
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

test('a webhook that fails is as its rule says of failures, though its action is only to alert', async () => {
  const at = await open(saying({ verdict: 'error' }));
  const alert = { action: { kind: 'alert' } } as const;
  const ask = async (onFailure: 'block' | 'pass', sketch: Parameters<typeof judged>[2]): Promise<string> =>
    (await screenMessage(rulesAt(at, [judged(at, { onFailure }, sketch)]), resultOf('Ada'), NEVER)).kind;
  expect(await ask('block', alert)).toBe('blocked');
  expect(await ask('pass', alert)).toBe('unchanged');
  expect(await ask('block', { ...alert, mode: 'alert' })).toBe('unchanged');
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

test('what a rule leaves where it is counts once, though it is found again beside what a webhook put there', async () => {
  const at = await open(saying({ verdict: 'modify', result: { content: [{ type: 'text', text: 'ada@acme.dev' }] } }));
  const rules = rulesAt(at, [judged(at), { ...MAIL, mode: 'alert' }]);
  const screened = await screenMessage(rules, resultOf('ada@acme.dev and bob@acme.dev'), NEVER);
  expect(screened.findings).toMatchObject([
    { rule: 1, count: 2, entities: { MAIL: 2 } },
    { rule: 0, action: 'replace', count: 1 },
  ]);
  const redacted = await screenMessage(rulesAt(at, [judged(at), MAIL]), resultOf('eve@acme.dev'), NEVER);
  expect(redacted.findings).toMatchObject([{ rule: 1, count: 2 }, { rule: 0 }]);
});

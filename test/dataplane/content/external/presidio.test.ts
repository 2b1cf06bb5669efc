import { afterEach, expect, test } from 'vitest';
import { screenMessage, screenSpans } from '../../../../dataplane/content/index.ts';
import { EXTERNAL_ANSWER_BYTES_MAX, EXTERNAL_BATCH_TEXTS_MAX } from '../../../../dataplane/limits.ts';
import { whole, type RawAnswer, type RawRequest } from '../../../fixtures/upstreams/raw-upstream.ts';
import { MAIL } from '../policy-of.ts';
import { analyzed, analyzer, asked, NEVER, openStage, resultOf, rulesAt, textAfter, type Stage } from './stage.ts';

const ADA = analyzer(/Ada/g);
let stage: Stage | null = null;

async function open(answer: (request: RawRequest) => RawAnswer): Promise<Stage> {
  stage = await openStage(answer);
  return stage;
}

afterEach(async () => {
  await stage?.close();
  stage = null;
});

test('an analyzer is asked as Presidio wants to be', async () => {
  const at = await open(ADA);
  const detector = { entities: ['PERSON'], threshold: 60, language: 'de', allow: ['Ada L.'] };
  await textAfter(rulesAt(at, [analyzed(at, detector)]), 'Ada');
  const [request] = at.server.requests;
  expect(`${request?.method} ${request?.path}`).toBe('POST /analyze');
  expect(request?.headers.get('content-type')).toBe('application/json');
  expect(asked(at)).toEqual([
    { text: ['Ada'], language: 'de', score_threshold: 0.6, entities: ['PERSON'], allow_list: ['Ada L.'] },
  ]);
});

test('an analyzer below a path is asked below it', async () => {
  const at = await open(ADA);
  const { origin } = new URL(at.server.url);
  await textAfter(rulesAt(at, [analyzed(at, { url: `${origin}/presidio/` })]), 'Ada');
  expect(at.server.requests[0]?.path).toBe('/presidio/analyze');
});

const shifted: [name: string, text: string, becomes: string][] = [
  ['nothing', 'Ada called', '<PERSON> called'],
  ['an emoji', '😀 Ada called', '😀 <PERSON> called'],
  ['many emoji and the skin they have', '👩🏽‍🚀👩🏽‍🚀 Ada 👍🏿 Ada', '👩🏽‍🚀👩🏽‍🚀 <PERSON> 👍🏿 <PERSON>'],
  ['ideographs of the basic plane and of another', '漢字𠮷野家 Ada 様', '漢字𠮷野家 <PERSON> 様'],
  ['escapes', '\u0000\u0007"\\ Ada', '\u0000\u0007"\\ <PERSON>'],
];

test.each(shifted)('%s before a match does not shift it', async (_name, text, becomes) => {
  const at = await open(ADA);
  expect(await textAfter(rulesAt(at, [analyzed(at)]), text)).toBe(becomes);
});

test('all texts of a message are asked about at once, each once, and none of them raw JSON', async () => {
  const at = await open(ADA);
  const message = Buffer.from(
    JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      result: {
        content: [
          { type: 'text', text: 'Ada' },
          { type: 'text', text: 'Ada' },
          { type: 'text', text: '{"who":"\\u0041da","n":[1,"Bob"]}' },
        ],
      },
    }),
  );
  const screened = await screenMessage(rulesAt(at, [analyzed(at)]), message, NEVER);
  expect(asked(at)).toEqual([{ text: ['Ada', 'who', 'n', '1', 'Bob'], language: 'en', score_threshold: 0.4 }]);
  expect(screened.kind === 'changed' ? JSON.parse(screened.bytes.toString('utf8')) : null).toMatchObject({
    result: { content: [{ text: '<PERSON>' }, { text: '<PERSON>' }, { text: '{"who":"<PERSON>","n":[1,"Bob"]}' }] },
  });
});

test('several values of a body are one question', async () => {
  const at = await open(ADA);
  const body = Buffer.from('{"a":{"x":"Ada"},"b":"and Ada"}');
  const screened = await screenSpans(
    rulesAt(at, [analyzed(at)]),
    body,
    [
      { start: body.indexOf('"and'), end: body.length - 1 },
      { start: body.indexOf('{"x'), end: body.indexOf(',"b') },
    ],
    NEVER,
  );
  expect(at.server.requests).toHaveLength(1);
  expect(screened.kind === 'changed' ? screened.edits.map(({ bytes }) => String(bytes)) : null).toEqual([
    '<PERSON>',
    '<PERSON>',
  ]);
});

test('many texts are several requests', async () => {
  const at = await open(ADA);
  const texts = Array.from({ length: EXTERNAL_BATCH_TEXTS_MAX + 1 }, (_, n) => `Ada ${n}`);
  const body = Buffer.from(JSON.stringify(texts));
  const rules = rulesAt(at, [analyzed(at)]);
  const screened = await screenSpans(rules, body, [{ start: 0, end: body.length }], NEVER);
  expect(asked(at).map(({ text }) => text.length)).toEqual([EXTERNAL_BATCH_TEXTS_MAX, 1]);
  expect(screened.kind === 'changed' ? screened.edits.length : 0).toBe(texts.length);
});

test('what an analyzer and a pattern find is resolved together, and what overlaps is one place', async () => {
  const at = await open(analyzer(/Ada \S+/g));
  const rules = rulesAt(at, [analyzed(at), MAIL]);
  expect(await textAfter(rules, 'write to Ada ada@acme.dev or bob@acme.dev')).toBe('write to  or ');
});

test('what a rule of this process blocks is shown to nobody', async () => {
  const at = await open(ADA);
  const rules = rulesAt(at, [analyzed(at), { ...MAIL, action: { kind: 'block' } }]);
  expect(await textAfter(rules, 'Ada, ada@acme.dev')).toBe('blocked: by a rule');
  expect(at.server.requests).toHaveLength(0);
});

test('what is below the threshold, was not asked for or is allowed is left alone, whatever the analyzer says', async () => {
  const at = await open(analyzer(/Ada|Bob/g, 'PERSON', 0.29));
  expect(await textAfter(rulesAt(at, [analyzed(at, { threshold: 30 })]), 'Ada and Bob')).toBe('Ada and Bob');
  expect(await textAfter(rulesAt(at, [analyzed(at, { threshold: 29 })]), 'Ada and Bob')).toBe('<PERSON> and <PERSON>');
  expect(await textAfter(rulesAt(at, [analyzed(at, { entities: ['LOCATION'], threshold: 1 })]), 'Ada and Bob')).toBe(
    'Ada and Bob',
  );
  expect(await textAfter(rulesAt(at, [analyzed(at, { allow: ['Bob'], threshold: 1 })]), 'Ada and Bob')).toBe(
    '<PERSON> and Bob',
  );
});

test('findings say what was found, and how often', async () => {
  const at = await open(ADA);
  const screened = await screenMessage(rulesAt(at, [analyzed(at)]), resultOf('Ada and Ada'), NEVER);
  expect(screened.findings).toEqual([
    { rule: 0, action: 'replace', mode: 'enforce', count: 2, entities: { PERSON: 2 }, failed: 0 },
  ]);
});

test('a text that was answered lately is not asked about again, and no text is kept that could be', async () => {
  const at = await open(ADA);
  const rules = rulesAt(at, [analyzed(at)]);
  expect(await textAfter(rules, 'Ada called')).toBe('<PERSON> called');
  expect(await textAfter(rules, 'Ada called')).toBe('<PERSON> called');
  expect(asked(at).map(({ text }) => text)).toEqual([['Ada called']]);
  // Another question about the same text is another question.
  await textAfter(rulesAt(at, [analyzed(at, { threshold: 90 })]), 'Ada called');
  expect(at.server.requests).toHaveLength(2);
  at.nowMs += 3_600_000;
  await textAfter(rules, 'Ada called');
  expect(at.server.requests).toHaveLength(3);
});

const answering =
  (body: unknown, type?: string, status?: string): (() => RawAnswer) =>
  () =>
    whole(typeof body === 'string' ? body : JSON.stringify(body), type, status);

const item = (change: object): readonly unknown[] => [
  [{ entity_type: 'PERSON', start: 0, end: 3, score: 0.85, ...change }],
];

const useless: [name: string, answer: (request: RawRequest) => RawAnswer][] = [
  ['ends the connection', () => (socket) => void socket.destroy()],
  ['ends the connection within its answer', () => (socket) => void socket.end(whole('[[]]').slice(0, -1))],
  ['answers with a failure', answering([[]], undefined, '500 Internal Server Error')],
  ['sends somewhere else', () => 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'],
  ['answers with a page', answering('<html>[[]]</html>', 'text/html')],
  ['answers with what is no JSON', answering('[[]')],
  ['answers with a member twice', answering('[[{"entity_type":"PERSON","start":0,"end":3,"score":1,"score":0}]]')],
  ['answers with an object', answering({ error: 'no model for that' })],
  ['answers about fewer texts', answering([])],
  ['answers about more texts', answering([[], []])],
  ['answers about one text as if it had been asked about one', answering(item({})[0])],
  ['says where something begins before the text', answering(item({ start: -1 }))],
  ['says where something ends after the text', answering(item({ end: 11 }))],
  ['says where something ends before it begins', answering(item({ start: 3, end: 1 }))],
  ['says that nothing is something', answering(item({ start: 2, end: 2 }))],
  ['says that something begins within a character', answering(item({ start: 0.5 }))],
  ['says where something begins in words', answering(item({ start: '0' }))],
  ['says that something begins nowhere', answering(item({ start: null }))],
  ['says how sure it is with more than that', answering(item({ score: 1.01 }))],
  ['says how sure it is with less than nothing', answering(item({ score: -0.1 }))],
  ['names an entity as none is named', answering(item({ entity_type: 'a person' }))],
  ['names no entity', answering(item({ entity_type: undefined }))],
  ['says that something is nothing', answering([[null]])],
  ['finds more than a message may hold', answering([Array.from({ length: 20_001 }, () => item({})[0]).flat()])],
  ['answers with too much', answering(`[[]${' '.repeat(EXTERNAL_ANSWER_BYTES_MAX)}]`)],
];

test.each(useless)(
  'an analyzer that %s has failed: the message is blocked, or passed and that recorded',
  async (_name, answer) => {
    const at = await open(answer);
    expect(await textAfter(rulesAt(at, [analyzed(at)]), 'x@acme.dev')).toBe('blocked: external');
    const passing = rulesAt(at, [analyzed(at, { onFailure: 'pass' }), MAIL]);
    const screened = await screenMessage(passing, resultOf('x@acme.dev'), NEVER);
    expect(screened).toMatchObject({
      kind: 'changed',
      findings: [
        { rule: 1, count: 1, failed: 0 },
        { rule: 0, count: 0, failed: 1 },
      ],
    });
  },
);

test('a rule that is tried out holds nothing back, and its failure is recorded', async () => {
  const at = await open(answering([]));
  const screened = await screenMessage(rulesAt(at, [analyzed(at, {}, { mode: 'alert' })]), resultOf('Ada'), NEVER);
  expect(screened).toMatchObject({ kind: 'unchanged', findings: [{ mode: 'alert', count: 0, failed: 1 }] });
});

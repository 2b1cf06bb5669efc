import { afterEach, expect, test } from 'vitest';
import { screenMessage, screenSpans } from '../../../../dataplane/content/index.ts';
import { EXTERNAL_BATCH_TEXTS_MAX, EXTERNAL_BATCHES_AT_ONCE_MAX } from '../../../../dataplane/limits.ts';
import { whole, type RawAnswer, type RawRequest } from '../../../fixtures/upstreams/raw-upstream.ts';
import { analyzed, analyzer, NEVER, openStage, resultOf, rulesAt, textAfter, type Stage } from './stage.ts';

const ADA = analyzer(/Ada/g);
const BROKEN = (): RawAnswer => whole('[]', undefined, '500 Oh');
let stage: Stage | null = null;

async function open(answer: (request: RawRequest) => RawAnswer): Promise<Stage> {
  stage = await openStage(answer);
  return stage;
}

afterEach(async () => {
  await stage?.close();
  stage = null;
});

test('an analyzer that says nothing is waited for no longer than its rule says', async () => {
  const at = await open(() => null);
  const rules = rulesAt(at, [analyzed(at, { timeoutMs: 20 })]);
  expect(await textAfter(rules, 'Ada')).toBe('blocked: external');
  expect(at.external.health.status(['names'])).toMatchObject([{ rule: 'names', failure: 'timeout' }]);
});

test('an analyzer that begins to answer and stops is waited for no longer either', async () => {
  const at = await open(() => whole('[[]]').slice(0, -2));
  const rules = rulesAt(at, [analyzed(at, { timeoutMs: 20 })]);
  expect(await textAfter(rules, 'Ada')).toBe('blocked: external');
});

test('an analyzer that is down has failed', async () => {
  const at = await open(ADA);
  const rules = rulesAt(at, [analyzed(at)]);
  await at.server.close();
  expect(await textAfter(rules, 'Ada')).toBe('blocked: external');
  expect(at.external.health.status(['names'])).toMatchObject([{ rule: 'names', failure: 'unreachable' }]);
});

test('texts that are too many for a question are blocked, and not sent', async () => {
  const at = await open(ADA);
  expect(await textAfter(rulesAt(at, [analyzed(at)]), 'x'.repeat(4_194_305))).toBe('blocked: external');
  expect(at.server.requests).toHaveLength(0);
});

test('who does not wait any more is answered at once, with nothing, and the connection is given up', async () => {
  const at = await open(() => null);
  const gone = new AbortController();
  const rules = rulesAt(at, [analyzed(at, { onFailure: 'pass' })]);
  const screened = screenMessage(rules, resultOf('Ada'), gone.signal);
  await expect.poll(() => at.server.requests.length).toBe(1);
  gone.abort();
  expect(await screened).toMatchObject({ kind: 'blocked', failure: 'external' });
  await expect.poll(() => at.server.connections).toBe(0);
  expect(at.external.health.status(['names'])).toEqual([]);
});

test('after failures in a row an analyzer is left alone, then tried once, and asked as before when it answers', async () => {
  let answer: (request: RawRequest) => RawAnswer = BROKEN;
  const at = await open((request) => answer(request));
  const rules = rulesAt(at, [analyzed(at)]);
  for (let n = 0; n < 8; n++) expect(await textAfter(rules, `Ada ${n}`)).toBe('blocked: external');
  expect(at.server.requests).toHaveLength(5);
  at.nowMs += 1_000;
  for (let n = 0; n < 3; n++) expect(await textAfter(rules, `Ada ${n}`)).toBe('blocked: external');
  expect(at.server.requests).toHaveLength(6);
  // It rests twice as long now.
  at.nowMs += 1_999;
  expect(await textAfter(rules, 'Ada')).toBe('blocked: external');
  answer = ADA;
  at.nowMs += 1;
  expect(await textAfter(rules, 'Ada')).toBe('<PERSON>');
  expect(await textAfter(rules, 'Ada and I')).toBe('<PERSON> and I');
  expect(at.server.requests).toHaveLength(8);
  expect(at.external.health.status(['names'])).toMatchObject([{ rule: 'names', failure: null }]);
});

test('the log says once in a while that a detector fails, and nothing of what it was asked', async () => {
  const at = await open(BROKEN);
  const rules = rulesAt(at, [analyzed(at, { url: `${new URL(at.server.url).origin}/?key=hunter2` })]);
  for (let n = 0; n < 3; n++) await textAfter(rules, `Ada ${n}`);
  expect(at.logged).toEqual(['content rule names: its detector cannot be used (bad-status)']);
  at.nowMs += 60_000;
  at.server.answerWith(ADA);
  await textAfter(rules, 'Ada');
  at.server.answerWith(() => whole('[]'));
  await textAfter(rules, 'Ada again');
  expect(at.logged).toHaveLength(2);
});

test('a failure that came too soon after another to be in the log is there once it has lasted', async () => {
  const at = await open(BROKEN);
  const rules = rulesAt(at, [analyzed(at)]);
  const failWith = async (answer: () => RawAnswer): Promise<void> => {
    at.server.answerWith(answer);
    await textAfter(rules, `Ada ${at.nowMs}`);
  };
  await failWith(BROKEN);
  at.nowMs += 30_000;
  await failWith(() => whole('[]'));
  expect(at.logged).toHaveLength(1);
  for (let n = 0; n < 3; n++) {
    at.nowMs += 30_000;
    await failWith(() => whole('[]'));
  }
  expect(at.logged).toEqual([
    'content rule names: its detector cannot be used (bad-status)',
    'content rule names: its detector cannot be used (bad-answer)',
  ]);
});

test('a message of very many texts takes a few places at the analyzer, and leaves the others', async () => {
  const held: (() => void)[] = [];
  let mostAtOnce = 0;
  const answerAll = (): void => {
    mostAtOnce = Math.max(mostAtOnce, held.length);
    for (const answer of held.splice(0)) answer();
  };
  const at = await open((request) => (socket) => {
    held.push(() => void socket.write(String(ADA(request))));
    // None is answered before as many as may have come, and a little longer for those that may not.
    if (held.length === EXTERNAL_BATCHES_AT_ONCE_MAX) setTimeout(answerAll, 20);
  });
  const body = Buffer.from(JSON.stringify(Array.from({ length: 20 * EXTERNAL_BATCH_TEXTS_MAX }, (_, n) => `Ada ${n}`)));
  const rules = rulesAt(at, [analyzed(at)]);
  const screened = await screenSpans(rules, body, [{ start: 0, end: body.length }], NEVER);
  expect(screened.findings).toMatchObject([{ count: 20 * EXTERNAL_BATCH_TEXTS_MAX }]);
  expect(at.server.requests).toHaveLength(20);
  expect(mostAtOnce).toBe(EXTERNAL_BATCHES_AT_ONCE_MAX);
});

test('a message of several requests finds out that an analyzer is back, as a message of one does', async () => {
  const at = await open(BROKEN);
  const rules = rulesAt(at, [analyzed(at)]);
  for (let n = 0; n < 5; n++) await textAfter(rules, `Ada ${n}`);
  at.server.answerWith(ADA);
  at.nowMs += 1_000;
  const body = Buffer.from(JSON.stringify(Array.from({ length: 2 * EXTERNAL_BATCH_TEXTS_MAX }, (_, n) => `Ada ${n}`)));
  const screen = async (): Promise<string> =>
    (await screenSpans(rules, body, [{ start: 0, end: body.length }], NEVER)).kind;
  // Only one of its requests may try, so that there is no answer to all of it yet.
  expect(await screen()).toBe('blocked');
  expect(await screen()).toBe('changed');
});

import { expect, test } from 'vitest';
import { SCREENING_FULL_MESSAGES, SCREENING_MESSAGES_MAX } from '../../../dataplane/limits.ts';
import { AnswerInOrder } from '../../../dataplane/mcp/answer-in-order.ts';
import type { ChannelCall, ChannelEvent } from '../../../dataplane/upstream/channel.ts';

/** An answer of which each message is held until it is released. */
function begin() {
  const heard: string[] = [];
  const held: (() => void)[] = [];
  const call: ChannelCall = {
    pause: () => void heard.push('pause'),
    resume: () => void heard.push('resume'),
    cancel: () => undefined,
    finish: () => undefined,
  };
  const answer = new AnswerInOrder(
    {
      open: () => void heard.push('open'),
      message: () => undefined,
      take: ({ data }) =>
        new Promise<void>((resolve, reject) => {
          held.push(() => {
            heard.push(data.toString());
            if (data.toString() === 'wrong') reject(new Error('wrong'));
            else resolve();
          });
        }),
      ended: (eventId) => void heard.push(`ended ${eventId}`),
      fail: (reason) => void heard.push(reason),
      broken: (problem) => void heard.push(`broken: ${String(problem)}`),
    },
    () => call,
  );
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const release = async (): Promise<void> => {
    for (; held.length > 0; await settled()) held.shift()?.();
  };
  return { answer, heard, release };
}

const event = (text: string): ChannelEvent => ({ data: Buffer.from(text), eventId: null, retryMs: null });

test('an end comes after the messages that wait, a failure as well', async () => {
  const { answer, heard, release } = begin();
  answer.open();
  answer.message(event('a'));
  answer.message(event('b'));
  answer.ended('3', null);
  answer.message(event('c'));
  answer.fail('upstream-truncated');
  expect(heard).toEqual(['open']);
  await release();
  expect(heard).toEqual(['open', 'a', 'b', 'ended 3', 'c', 'upstream-truncated']);
});

test('a failure of which nothing stands in the way is told at once', () => {
  const { answer, heard } = begin();
  answer.fail('upstream-timeout');
  expect(heard).toEqual(['upstream-timeout']);
});

test('what is our own fault ends the wait for one message and not for those behind it', async () => {
  const { answer, heard, release } = begin();
  answer.message(event('wrong'));
  answer.message(event('b'));
  await release();
  expect(heard).toEqual(['wrong', 'broken: Error: wrong', 'b']);
});

test('a server is stopped while much waits, and goes on when half of it is done', async () => {
  const { answer, heard, release } = begin();
  for (let at = 0; at <= SCREENING_FULL_MESSAGES; at++) answer.message(event(String(at)));
  expect([answer.isFull, heard]).toEqual([true, ['pause']]);
  await release();
  expect(answer.isFull).toBe(false);
  expect(heard.indexOf('resume')).toBe(SCREENING_FULL_MESSAGES / 2 + 1);
});

test('a server that cannot be stopped is given up', () => {
  const { answer, heard } = begin();
  for (let at = 0; at <= SCREENING_MESSAGES_MAX; at++) answer.message(event(''));
  expect(heard).not.toContain('upstream-too-large');
  answer.message(event(''));
  expect(heard.at(-1)).toBe('pause');
  expect(heard).toContain('upstream-too-large');
});

test('nothing is told of an answer that is over', async () => {
  const { answer, heard, release } = begin();
  answer.message(event('a'));
  answer.message(event('b'));
  answer.close();
  await release();
  answer.fail('upstream-truncated');
  expect(heard).toEqual(['a']);
});

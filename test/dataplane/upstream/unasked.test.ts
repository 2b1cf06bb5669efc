import { expect, test } from 'vitest';
import { UNASKED_BYTES_MAX, UNASKED_MESSAGES_MAX, UNASKED_MS } from '../../../dataplane/limits.ts';
import { Unasked } from '../../../dataplane/upstream/unasked.ts';

test('so many messages in a time may come that nobody asked for', () => {
  let nowMs = 0;
  const unasked = new Unasked(() => nowMs);
  for (let at = 0; at < UNASKED_MESSAGES_MAX; at++) expect(unasked.take(1)).toBe(true);
  expect(unasked.take(1)).toBe(false);
  nowMs = UNASKED_MS - 1;
  expect(unasked.take(1)).toBe(false);
  nowMs = UNASKED_MS;
  expect(unasked.take(1)).toBe(true);
});

test('and so many bytes', () => {
  const unasked = new Unasked(() => 0);
  expect(unasked.take(UNASKED_BYTES_MAX)).toBe(true);
  expect(unasked.take(1)).toBe(false);
});

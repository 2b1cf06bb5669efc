import { expect, test } from 'vitest';
import { retryDelayMs } from '../../../dataplane/bundle/retry-delay.ts';

test('the delay doubles up to a bound', () => {
  const delays = [0, 1, 2, 3, 8, 9, 1000].map((attempts) => retryDelayMs(attempts, 1));
  expect(delays).toEqual([250, 250, 500, 1000, 30_000, 30_000, 30_000]);
});

test('its upper half is random', () => {
  expect(retryDelayMs(3, 0)).toBe(500);
  expect(retryDelayMs(3, 0.5)).toBe(750);
});

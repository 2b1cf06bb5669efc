import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Patience } from '../../../dataplane/mcp/patience.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('time begins when somebody waits', () => {
  const patience = new Patience(1_000);
  vi.advanceTimersByTime(5_000);
  const { signal } = patience;
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect([signal.aborted, patience.signal.aborted]).toEqual([true, true]);
});

test('is the same for all who wait', () => {
  const patience = new Patience(1_000);
  const { signal } = patience;
  vi.advanceTimersByTime(600);
  expect(patience.signal).toBe(signal);
  vi.advanceTimersByTime(400);
  expect(signal.aborted).toBe(true);
});

test('begins anew with the next who waits', () => {
  const patience = new Patience(1_000);
  const { signal } = patience;
  vi.advanceTimersByTime(600);
  patience.renew();
  vi.advanceTimersByTime(5_000);
  expect(signal.aborted).toBe(false);
  expect(patience.signal).toBe(signal);
  vi.advanceTimersByTime(1_000);
  expect(signal.aborted).toBe(true);
  patience.renew();
  expect(patience.signal.aborted).toBe(false);
});

test('ends for all who wait and who come too late', () => {
  const patience = new Patience(1_000);
  const { signal } = patience;
  patience.renew();
  patience.end();
  expect([signal.aborted, patience.signal.aborted]).toEqual([true, true]);
  expect(vi.getTimerCount()).toBe(0);
  const unused = new Patience(1_000);
  unused.end();
  expect(unused.signal.aborted).toBe(true);
});

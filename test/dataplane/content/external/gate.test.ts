import { expect, test } from 'vitest';
import { Gate } from '../../../../dataplane/content/external/gate.ts';

const NEVER = new AbortController().signal;

test('so many are let through at once, and the others in the order in which they came', async () => {
  const gate = new Gate(2, 10);
  const entered: string[] = [];
  const enter = (name: string): Promise<void> => gate.enter(NEVER).then((is) => void (is && entered.push(name)));
  const waits = ['a', 'b', 'c', 'd'].map(enter);
  await Promise.all(waits.slice(0, 2));
  expect(entered).toEqual(['a', 'b']);
  gate.leave();
  await waits[2];
  expect(entered).toEqual(['a', 'b', 'c']);
  gate.leave();
  await waits[3];
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});

test('who finds too many waiting does not wait', async () => {
  const gate = new Gate(1, 1);
  expect(await gate.enter(NEVER)).toBe(true);
  const waiting = gate.enter(NEVER);
  expect(await gate.enter(NEVER)).toBe(false);
  gate.leave();
  expect(await waiting).toBe(true);
});

test('who gives up leaves the place to whoever comes next, and takes none', async () => {
  const gate = new Gate(1, 2);
  const gone = new AbortController();
  expect(await gate.enter(NEVER)).toBe(true);
  const givenUp = gate.enter(gone.signal);
  const next = gate.enter(NEVER);
  gone.abort();
  expect(await givenUp).toBe(false);
  gate.leave();
  expect(await next).toBe(true);
  gate.leave();
  expect(await gate.enter(gone.signal)).toBe(false);
  expect(await gate.enter(NEVER)).toBe(true);
});

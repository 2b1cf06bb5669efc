import { expect, test } from 'vitest';
import { Gate } from '../../../../dataplane/content/external/gate.ts';

const NEVER = new AbortController().signal;

const gateOf = (atOnceMax: number, waitingMax: number): Gate =>
  new Gate({ atOnceMax, waitingMax, waitingBytesMax: 100 });

test('so many are let through at once, and the others in the order in which they came', async () => {
  const door = gateOf(2, 10);
  const entered: string[] = [];
  const enter = (name: string): Promise<void> => door.enter(0, NEVER).then((is) => void (is && entered.push(name)));
  const waits = ['a', 'b', 'c', 'd'].map(enter);
  await Promise.all(waits.slice(0, 2));
  expect(entered).toEqual(['a', 'b']);
  door.leave();
  await waits[2];
  expect(entered).toEqual(['a', 'b', 'c']);
  door.leave();
  await waits[3];
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});

test('who finds too many waiting does not wait', async () => {
  const door = gateOf(1, 1);
  expect(await door.enter(0, NEVER)).toBe(true);
  const waiting = door.enter(0, NEVER);
  expect(await door.enter(0, NEVER)).toBe(false);
  door.leave();
  expect(await waiting).toBe(true);
});

test('who gives up leaves the place to whoever comes next, and takes none', async () => {
  const door = gateOf(1, 2);
  const gone = new AbortController();
  expect(await door.enter(0, NEVER)).toBe(true);
  const givenUp = door.enter(0, gone.signal);
  const next = door.enter(0, NEVER);
  gone.abort();
  expect(await givenUp).toBe(false);
  door.leave();
  expect(await next).toBe(true);
  door.leave();
  expect(await door.enter(0, gone.signal)).toBe(false);
  expect(await door.enter(0, NEVER)).toBe(true);
});

test('who would have too much wait does not wait', async () => {
  const door = gateOf(1, 10);
  expect(await door.enter(1_000, NEVER)).toBe(true);
  const waiting = door.enter(60, NEVER);
  expect(await door.enter(41, NEVER)).toBe(false);
  const small = door.enter(40, NEVER);
  door.leave();
  expect(await waiting).toBe(true);
  const another = door.enter(60, NEVER);
  door.leave();
  expect(await small).toBe(true);
  door.leave();
  expect(await another).toBe(true);
});

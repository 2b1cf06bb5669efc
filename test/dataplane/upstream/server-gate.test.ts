import { expect, test } from 'vitest';
import {
  SERVER_CALLS_MAX,
  SERVER_FAILURES_MAX,
  SERVER_REST_FIRST_MS,
  SERVER_REST_MS_MAX,
  UPSTREAM_STREAMS_MAX,
} from '../../../dataplane/limits.ts';
import { ServerGate, type Pass } from '../../../dataplane/upstream/server-gate.ts';

let nowMs = 0;
const gateAt = (): ServerGate => {
  nowMs = 0;
  return new ServerGate(() => nowMs);
};
function enter(gate: ServerGate): Pass {
  const entered = gate.enter();
  if (!entered.ok) throw new Error(`refused: ${entered.reason}`);
  return entered.pass;
}
function fail(gate: ServerGate, times: number): void {
  for (let at = 0; at < times; at++) enter(gate).leave('upstream-unreachable');
}
const refusal = (gate: ServerGate): string | null => {
  const entered = gate.enter();
  if (!entered.ok) return entered.reason;
  entered.pass.leave(null);
  return null;
};

test('only so many calls are under way at once', () => {
  const gate = gateAt();
  const passes = Array.from({ length: SERVER_CALLS_MAX }, () => enter(gate));
  expect(refusal(gate)).toBe('upstream-busy');
  passes[0]?.leave(null);
  passes[0]?.leave(null);
  expect(refusal(gate)).toBeNull();
  expect(gate.status().inFlight).toBe(SERVER_CALLS_MAX - 1);
});

test('failures in a row that say that a server is away open the breaker, others do not', () => {
  const gate = gateAt();
  for (let at = 0; at < 20; at++) enter(gate).leave('upstream-malformed');
  for (let at = 0; at < 20; at++) enter(gate).leave(null);
  expect(gate.status()).toEqual({ inFlight: 0, streams: 0, breaker: 'closed', failures: 0 });
  fail(gate, SERVER_FAILURES_MAX - 1);
  expect(gate.status().breaker).toBe('closed');
  fail(gate, 1);
  expect([gate.status().breaker, refusal(gate)]).toEqual(['open', 'upstream-down']);
});

test('an answer that begins ends the row', () => {
  const gate = gateAt();
  fail(gate, SERVER_FAILURES_MAX - 1);
  const pass = enter(gate);
  pass.alive();
  pass.leave('upstream-truncated');
  fail(gate, SERVER_FAILURES_MAX - 1);
  expect(refusal(gate)).toBeNull();
});

test('after a rest one call tries, and others wait for what it finds', () => {
  const gate = gateAt();
  fail(gate, SERVER_FAILURES_MAX);
  nowMs += SERVER_REST_FIRST_MS;
  const trial = enter(gate);
  expect([gate.status().breaker, refusal(gate)]).toEqual(['trying', 'upstream-down']);
  trial.alive();
  expect([gate.status().breaker, refusal(gate)]).toEqual(['closed', null]);
});

test('a trial that nobody waits for any more is made again by the next call', () => {
  const gate = gateAt();
  fail(gate, SERVER_FAILURES_MAX);
  nowMs += SERVER_REST_FIRST_MS;
  enter(gate).leave(null);
  enter(gate).alive();
  expect(gate.status().breaker).toBe('closed');
});

test('each rest is twice as long as the one before, up to a bound, however many calls failed together', () => {
  const gate = gateAt();
  const together = Array.from({ length: 100 }, () => enter(gate));
  for (const pass of together) pass.leave('upstream-timeout');
  const rests: number[] = [];
  for (let round = 0; round < 7; round++) {
    const from = nowMs;
    while (gate.status().breaker === 'open') nowMs += SERVER_REST_FIRST_MS;
    rests.push(nowMs - from);
    fail(gate, 1);
  }
  expect(rests).toEqual([1, 2, 4, 8, 16, 30, 30].map((times) => times * SERVER_REST_FIRST_MS));
  expect(rests.at(-1)).toBe(SERVER_REST_MS_MAX);
});

test('streams that stay open are counted for themselves, and their ends say nothing', () => {
  const gate = gateAt();
  for (let at = 0; at < UPSTREAM_STREAMS_MAX; at++) {
    const entered = gate.enter(true);
    if (entered.ok && at < 20) entered.pass.leave('upstream-timeout');
  }
  for (let at = 0; at < 20; at++) gate.enter(true);
  expect(gate.enter(true)).toEqual({ ok: false, reason: 'upstream-busy' });
  expect([gate.status().failures, refusal(gate)]).toEqual([0, null]);
  const away = gateAt();
  fail(away, SERVER_FAILURES_MAX);
  expect(away.enter(true)).toEqual({ ok: false, reason: 'upstream-down' });
});

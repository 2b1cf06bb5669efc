import { expect, test } from 'vitest';
import { Breaker, type Leave } from '../../../../dataplane/content/external/breaker.ts';

interface Stage {
  readonly breaker: Breaker;
  readonly wait: (ms: number) => void;
  readonly fail: (times: number) => void;
}

function newBreaker(): Stage {
  let now = 0;
  const breaker = new Breaker(() => now);
  const fail = (times: number): void => {
    for (let n = 0; n < times; n++) breaker.settle(entered(breaker), 'failed');
  };
  return { breaker, wait: (ms) => void (now += ms), fail };
}

function entered(breaker: Breaker): Leave {
  const leave = breaker.enter();
  if (leave === null) throw new Error('it rests');
  return leave;
}

test('failures that are not in a row rest nobody', () => {
  const { breaker, fail } = newBreaker();
  for (let n = 0; n < 10; n++) {
    fail(4);
    breaker.settle(entered(breaker), 'good');
  }
  expect(breaker.enter()).not.toBeNull();
});

test('questions that were taken back are neither', () => {
  const { breaker, fail } = newBreaker();
  fail(4);
  for (let n = 0; n < 10; n++) breaker.settle(entered(breaker), 'dropped');
  fail(1);
  expect(breaker.enter()).toBeNull();
});

test('questions under way together rest it once', () => {
  const { breaker, wait } = newBreaker();
  const leaves = Array.from({ length: 9 }, () => entered(breaker));
  for (const leave of leaves) {
    wait(100);
    breaker.settle(leave, 'failed');
  }
  wait(599);
  expect(breaker.enter()).toBeNull();
  wait(1);
  expect(breaker.enter()).not.toBeNull();
});

test('one tries at a time, and one that was taken back lets another', () => {
  const { breaker, wait, fail } = newBreaker();
  fail(5);
  wait(1_000);
  const trial = entered(breaker);
  expect(breaker.enter()).toBeNull();
  breaker.settle(trial, 'dropped');
  const again = entered(breaker);
  expect(breaker.enter()).toBeNull();
  breaker.settle(again, 'good');
  expect(breaker.enter()).not.toBeNull();
});

test('a trial that fails doubles the rest, up to a bound; one that is good forgets it', () => {
  const { breaker, wait, fail } = newBreaker();
  fail(5);
  for (const restMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    wait(restMs - 1);
    expect(breaker.enter()).toBeNull();
    wait(1);
    fail(1);
  }
  wait(30_000);
  breaker.settle(entered(breaker), 'good');
  fail(5);
  wait(1_000);
  expect(breaker.enter()).not.toBeNull();
});

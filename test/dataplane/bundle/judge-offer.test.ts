import { describe, expect, test } from 'vitest';
import { freshnessAt, freshSpan, nextTurnMs, type Freshness } from '../../../dataplane/bundle/freshness.ts';
import { judgeOffer } from '../../../dataplane/bundle/judge-offer.ts';
import { CLOCK_BEHIND_MS_MAX } from '../../../dataplane/limits.ts';
import type { Pointer } from '../../../schemas/types/pointer.ts';

const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 20, 12);
const ONE_MS = NOON_MS + HOUR_MS;
const LIFE = { issued: NOON_MS, expires: ONE_MS };

describe('a pointer is judged', () => {
  const good: Pointer = {
    format: 2,
    workspace: 'acme',
    environment: 'test',
    channel: 'main',
    seq: 1,
    bundle: 'a',
    commit: null,
    ...LIFE,
    revoked: [],
    disabledSeqMin: 0,
    reason: null,
  };
  const cases: readonly (readonly [
    name: string,
    offered: Partial<Pointer>,
    active: readonly [bundle: string, isFresh: boolean] | null,
    offerIsFresh: boolean,
    verdict: string,
  ])[] = [
    ['nothing is active: it is loaded', {}, null, true, 'load'],
    ['nothing is active: an expired one is loaded too', {}, null, false, 'load'],
    ['another bundle is active: it is loaded', {}, ['b', true], true, 'load'],
    ['the same bundle is active: it is kept', {}, ['a', true], true, 'keep'],
    ['the same bundle is active but stale: it is fresh again', {}, ['a', false], true, 'keep'],
    ['an unexpired one replaces an expired one', {}, ['b', false], true, 'load'],
    ['an expired one replaces no unexpired one', {}, ['b', true], false, 'expired'],
    ['nor does it take the freshness of the same bundle away', {}, ['a', true], false, 'expired'],
    ['an expired one may follow an expired one', {}, ['b', false], false, 'load'],
    ['a revoked bundle is not loaded', { revoked: ['a'] }, null, true, 'revoked'],
    ['nor kept', { revoked: ['a'] }, ['a', true], true, 'revoked'],
    ['another revoked bundle does not matter', { revoked: ['c'] }, null, true, 'load'],
    ['a disabled list is asked for', { disabledSeqMin: 1 }, null, true, 'disabled-list'],
  ];
  test.each(cases)('%s', (_name, offered, standing, offerIsFresh, verdict) => {
    const [activeBundle, activeIsFresh] = standing ?? [null, false];
    const judged = judgeOffer({ ...good, ...offered }, { activeBundle, activeIsFresh, offerIsFresh });
    expect(judged.ok ? judged.step : judged.code).toBe(verdict);
  });
});

describe('a pointer is believed', () => {
  const span = freshSpan({ expires: ONE_MS }, NOON_MS);
  const cases: readonly (readonly [name: string, atMs: number, freshness: Freshness, nextMs: number | null])[] = [
    ['from when it was issued', NOON_MS, 'fresh', HOUR_MS],
    ['to its last millisecond', ONE_MS - 1, 'fresh', 1],
    ['and not at its expiry', ONE_MS, 'expired', null],
    ['nor after it', ONE_MS + 1, 'expired', null],
    ['by a clock that is five minutes behind', NOON_MS - CLOCK_BEHIND_MS_MAX, 'fresh', HOUR_MS + CLOCK_BEHIND_MS_MAX],
    ['and by none that is further behind', NOON_MS - CLOCK_BEHIND_MS_MAX - 1, 'clock', 1],
  ];
  test.each(cases)('%s', (_name, atMs, freshness, nextMs) => {
    expect([freshnessAt(span, atMs), nextTurnMs(span, atMs)]).toEqual([freshness, nextMs]);
  });
});

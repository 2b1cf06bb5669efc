import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openChannel, type Channel } from '../../../dataplane/bundle/channel.ts';
import type { Freshness } from '../../../dataplane/bundle/freshness.ts';
import type { Nack } from '../../../dataplane/bundle/nack.ts';
import { channelPath } from '../../../dataplane/format/store-paths.ts';
import { CLOCK_BEHIND_MS_MAX } from '../../../dataplane/limits.ts';
import { TestStore } from '../../fixtures/store.ts';
import { bundleKey, otherPointerKey, pointerKey } from '../../fixtures/test-keys.ts';
import { bundleOfCommit, tinyBundle, tinyPointer, tinyPolicy, trustFile } from '../../fixtures/tiny-bundle.ts';

const NEVER_MS = 2 ** 30;
const HOUR_MS = 3_600_000;
/** Pointers here are issued at noon and good for an hour. */
const NOON_MS = Date.UTC(2026, 10, 20, 12);
const ONE_MS = NOON_MS + HOUR_MS;
const LIFE = { issued: NOON_MS, expires: ONE_MS };
const LATER = { issued: NOON_MS + 10, expires: NOON_MS + 3 * HOUR_MS };

const first = bundleOfCommit('1');
const second = bundleOfCommit('2');
const third = bundleOfCommit('3');
const allClosed = tinyBundle({
  source: { repo: null, commit: 'closed', dirty: false },
  policy: { ...tinyPolicy, gateways: tinyPolicy.gateways.map((gateway) => ({ ...gateway, staleMode: 'closed' })) },
});

let store: TestStore;
let nowMs = NOON_MS;
const opened: Channel[] = [];
beforeEach(() => {
  store = new TestStore();
  nowMs = NOON_MS;
});
afterEach(async () => {
  for (const channel of opened.splice(0)) await channel.close();
  store.remove();
});

/** Its clock is `nowMs`; timers are as good as off. */
async function open(more: { readonly clock?: () => number; readonly state?: null } = {}): Promise<Channel> {
  const { bundles, trust, state } = store;
  const name = { workspace: 'acme', environment: 'test', channel: 'main' };
  const channel = await openChannel({ ...name, bundles, trust, state, clock: () => nowMs, pollMs: NEVER_MS, ...more });
  opened.push(channel);
  return channel;
}

const active = (channel: Channel): string | null => channel.current()?.bundle.id ?? null;
const stateOf = (channel: Channel): string => channel.status().state;
const code = (nack: Nack | null): string | null => (nack === null ? null : `${nack.stage}/${nack.code}`);

describe('once its pointer has expired', () => {
  test('a bundle stays active, in the stale mode of its gateways', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    const before = channel.current();
    expect(stateOf(channel)).toBe('ready');
    nowMs = ONE_MS;
    expect(stateOf(channel)).toBe('stale');
    await channel.refresh();
    expect(channel.current()).toBe(before);
    expect(channel.status()).toMatchObject({
      state: 'stale',
      nack: null,
      active: { bundle: first.id, issued: '2026-11-20T12:00:00.000Z', expires: '2026-11-20T13:00:00.000Z' },
    });
  });

  test('and every gateway is closed, the state is expired', async () => {
    store.offer(allClosed, 1, LIFE);
    const channel = await open();
    nowMs = ONE_MS;
    expect(stateOf(channel)).toBe('expired');
    expect(active(channel)).toBe(allClosed.id);
  });

  test('a newer pointer to the same bundle makes it fresh, and swaps nothing', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    const before = channel.current();
    nowMs = ONE_MS;
    await channel.refresh();
    store.offer(first, 2, { ...LATER, reason: 'OPS-1412' });
    await channel.refresh();
    expect(channel.current()).toBe(before);
    expect(channel.status()).toMatchObject({ state: 'ready', active: { seq: 2, reason: 'OPS-1412' } });
  });

  test('another bundle by a good pointer replaces it', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    nowMs = ONE_MS;
    store.offer(second, 2, LATER);
    await channel.refresh();
    expect([active(channel), stateOf(channel)]).toEqual([second.id, 'ready']);
  });

  test('another bundle by an expired pointer replaces it too, stale', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    nowMs = ONE_MS + HOUR_MS;
    store.offer(second, 2, { issued: NOON_MS + 1, expires: ONE_MS + 1 });
    await channel.refresh();
    expect([active(channel), stateOf(channel)]).toEqual([second.id, 'stale']);
  });

  test('it is loaded all the same where there is nothing better: at run time', async () => {
    nowMs = ONE_MS;
    const channel = await open();
    store.offer(first, 1, LIFE);
    await channel.refresh();
    expect([active(channel), stateOf(channel)]).toEqual([first.id, 'stale']);
  });

  test('it is loaded all the same where there is nothing better: on cold start', async () => {
    store.offer(first, 1, LIFE);
    await (await open()).close();
    rmSync(store.bundles, { recursive: true });
    nowMs = ONE_MS;
    const channel = await open();
    expect([active(channel), stateOf(channel)]).toEqual([first.id, 'stale']);
  });
});

describe('listeners are told', () => {
  test('once each time that freshness turns, and by whom it was read does not matter', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    const turns: Freshness[] = [];
    channel.onFreshness((freshness) => turns.push(freshness));
    await channel.refresh();
    nowMs = ONE_MS;
    await channel.refresh();
    await channel.refresh();
    nowMs = NOON_MS - HOUR_MS;
    await channel.refresh();
    nowMs = ONE_MS;
    store.offer(second, 2, LATER);
    await channel.refresh();
    expect(turns).toEqual(['expired', 'clock', 'fresh']);
  });

  test('by a timer, though the store says nothing', async () => {
    const issued = Date.now();
    store.offer(first, 1, { issued, expires: issued + 400 });
    const channel = await open({ clock: Date.now });
    await new Promise<void>((resolve) => {
      const stop = channel.onFreshness((freshness) => {
        expect(freshness).toBe('expired');
        stop();
        resolve();
      });
    });
    expect(stateOf(channel)).toBe('stale');
  });
});

describe('a revoked bundle', () => {
  test('is not served any more: another one takes its place in the same step', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    const swaps: (string | null)[] = [];
    channel.onSwap((snapshot) => swaps.push(snapshot?.bundle.id ?? null));
    store.offer(second, 2, { ...LIFE, revoked: [first.id] });
    await channel.refresh();
    expect(swaps).toEqual([second.id]);
    expect(channel.status()).toMatchObject({ state: 'ready', nack: null });
  });

  test.each<readonly [name: string, offer: () => void, codes: readonly string[]]>([
    [
      'the pointer names it itself',
      () => store.offer(first, 2, { ...LIFE, revoked: [first.id] }),
      ['active-revoked', 'revoked'],
    ],
    [
      'what the pointer names cannot be read',
      () => store.writePointer(tinyPointer({ seq: 2, bundle: second.id, ...LIFE, revoked: [first.id] })),
      ['active-revoked', 'missing'],
    ],
    [
      'the pointer that says so asks for what is not supported',
      () => store.offer(second, 2, { ...LIFE, revoked: [first.id], disabledSeqMin: 9 }),
      ['active-revoked', 'disabled-list'],
    ],
  ])('is not served any more: nothing takes its place, since %s', async (_name, offer, codes) => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    const nacks: string[] = [];
    channel.onNack((nack) => nacks.push(nack.code));
    offer();
    await channel.refresh();
    expect([active(channel), stateOf(channel)]).toEqual([null, 'empty']);
    expect(nacks).toEqual(codes);
    await channel.refresh();
    expect(active(channel)).toBe(null);
  });

  test('is revoked by an expired pointer as well, which may then be loaded', async () => {
    store.offer(first, 1, LATER);
    const channel = await open();
    nowMs = ONE_MS;
    store.offer(second, 2, { ...LIFE, revoked: [first.id] });
    await channel.refresh();
    expect([active(channel), stateOf(channel)]).toEqual([second.id, 'stale']);
  });

  test('stays so after a restart without the store', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    store.writePointer(tinyPointer({ seq: 2, bundle: second.id, ...LIFE, revoked: [first.id] }));
    await channel.refresh();
    await channel.close();
    rmSync(store.bundles, { recursive: true });
    const again = await open();
    expect(again.current()).toBe(null);
    expect(code(again.status().nack)).toBe('pointer/missing');
  });

  test('is not revoked by a replay', async () => {
    store.offer(first, 5, LIFE);
    const channel = await open();
    store.offer(second, 4, { ...LIFE, revoked: [first.id] });
    await channel.refresh();
    expect([active(channel), code(channel.status().nack)]).toEqual([first.id, 'pointer/rollback']);
  });
});

describe('a clock that was set back', () => {
  const BACK_MS = NOON_MS - CLOCK_BEHIND_MS_MAX - 1;

  test('is not believed: what is active counts as expired', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    nowMs = BACK_MS;
    expect(stateOf(channel)).toBe('clock');
    nowMs = BACK_MS + 1;
    expect(stateOf(channel)).toBe('ready');
  });

  test('is not believed after a restart without the store', async () => {
    store.offer(first, 1, { issued: NOON_MS - 5 * HOUR_MS, expires: ONE_MS });
    const channel = await open();
    // Nothing but its date counts: its bundle cannot be loaded.
    store.writePointer(tinyPointer({ seq: 2, bundle: second.id, ...LIFE }));
    await channel.refresh();
    await channel.close();
    rmSync(store.bundles, { recursive: true });
    expect(readdirSync(join(store.state, 'acme', 'test', 'main', 'channels')).sort()).toEqual(
      ['active', 'issued', 'seen'].map((name) => `${name}.dsse.json`),
    );
    nowMs = BACK_MS;
    expect(stateOf(await open())).toBe('clock');
    rmSync(join(store.state, 'acme', 'test', 'main', channelPath('issued')));
    expect(stateOf(await open())).toBe('clock');
    rmSync(join(store.state, 'acme', 'test', 'main', channelPath('seen')));
    expect(stateOf(await open())).toBe('rejecting');
  });

  test('loads what is offered as stale when nothing is active', async () => {
    nowMs = BACK_MS;
    store.offer(first, 1, LIFE);
    const channel = await open();
    expect([active(channel), stateOf(channel)]).toEqual([first.id, 'clock']);
  });

  test('is told by a key that the trust file took back no longer', async () => {
    store.offer(first, 1, LIFE);
    const channel = await open();
    store.writePointer(tinyPointer({ seq: 2, bundle: third.id, issued: ONE_MS, expires: ONE_MS + HOUR_MS }));
    await channel.refresh();
    expect(stateOf(channel)).toBe('clock');
    store.writeTrust(trustFile([bundleKey], [otherPointerKey]));
    store.writePointer(tinyPointer({ seq: 3, bundle: first.id, ...LIFE }, [otherPointerKey]));
    await channel.refresh();
    expect([active(channel), stateOf(channel)]).toEqual([first.id, 'ready']);
  });
});

test('a pointer that others sign as well is the same pointer', async () => {
  store.writeTrust(trustFile([bundleKey], [pointerKey, otherPointerKey]));
  store.offer(first, 1, LIFE);
  const channel = await open();
  store.writePointer(tinyPointer({ seq: 1, bundle: first.id, ...LIFE }, [pointerKey, otherPointerKey]));
  await channel.refresh();
  expect(channel.status()).toMatchObject({ state: 'ready', nack: null });
});

import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openChannel, type Channel } from '../../../dataplane/bundle/channel.ts';
import type { Nack } from '../../../dataplane/bundle/nack.ts';
import { REFUSAL_CODES } from '../../../dataplane/bundle/refusal.ts';
import { canonicalJson } from '../../../dataplane/format/canonical-json.ts';
import { MANIFEST_TYPE, POINTER_TYPE, signEnvelope } from '../../../dataplane/format/dsse.ts';
import { packPayload } from '../../../dataplane/format/signed-json.ts';
import { bundleEnvelopePath, bundleTarPath, channelPath } from '../../../dataplane/format/store-paths.ts';
import { TestStore } from '../../fixtures/store.ts';
import { bundleKey, otherBundleKey, otherPointerKey, pointerKey, strangerKey } from '../../fixtures/test-keys.ts';
import {
  bundleOfCommit,
  tinyBundle,
  tinyPointer,
  tinyPolicy,
  tinySelfTest,
  trustFile,
} from '../../fixtures/tiny-bundle.ts';

const NEVER_MS = 2 ** 30;
const FAR_MS = Date.now() + 30 * 86_400_000;
const first = bundleOfCommit('1');
const second = bundleOfCommit('2');
const third = bundleOfCommit('3');

let store: TestStore;
const opened: Channel[] = [];
beforeEach(() => {
  store = new TestStore();
});
afterEach(async () => {
  for (const channel of opened.splice(0)) await channel.close();
  store.remove();
});

/** Follows the store; timers are as good as off, so that what is noticed was reported by a watch or asked for. */
async function open(more: { readonly state?: string | null } = {}): Promise<Channel> {
  const { bundles, trust, state } = store;
  const channel = await openChannel({
    workspace: 'acme',
    environment: 'test',
    channel: 'main',
    bundles,
    trust,
    state,
    pollMs: NEVER_MS,
    ...more,
  });
  opened.push(channel);
  return channel;
}

const active = (channel: Channel): string | null => channel.current()?.bundle.id ?? null;
const reason = ({ stage, code }: Nack): string => `${stage}/${code}`;
const nack = (channel: Channel): string | null => {
  const last = channel.status().nack;
  return last === null ? null : reason(last);
};

/** Resolves at the swap to this bundle, however late. */
function swapTo(channel: Channel, id: string | null): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (active(channel) !== id) return;
      stop();
      resolve();
    };
    const stop = channel.onSwap(look);
    look();
  });
}

function nextNack(channel: Channel): Promise<Nack> {
  return new Promise((resolve) => {
    const stop = channel.onNack((found) => {
      stop();
      resolve(found);
    });
  });
}

test('the bundle that the channel names is served', async () => {
  store.offer(first, 7);
  const channel = await open();
  expect(active(channel)).toBe(first.id);
  expect(channel.status()).toMatchObject({
    workspace: 'acme',
    environment: 'test',
    channel: 'main',
    state: 'ready',
    active: {
      bundle: first.id,
      policyDigest: first.policyDigest,
      commit: '1',
      seq: 7,
      notEnforced: ['Limit/slow-robots'],
    },
    offered: { bundle: first.id, seq: 7 },
    nack: null,
    persisted: true,
    persistProblem: null,
    engine: { version: 1, features: ['conditions', 'external', 'guards', 'limits', 'recognizers', 'regex'] },
  });
});

test('an empty store is not ready, and serves as soon as there is something to serve', async () => {
  const channel = await open();
  expect(channel.current()).toBe(null);
  expect(channel.status()).toMatchObject({ state: 'empty', active: null, nack: { stage: 'pointer', code: 'missing' } });
  store.offer(first, 1);
  await swapTo(channel, first.id);
  expect(channel.status().state).toBe('ready');
});

test('a change of the pointer is noticed without asking', async () => {
  store.offer(first, 1);
  const channel = await open();
  store.offer(second, 2);
  await swapTo(channel, second.id);
  store.offer(third, 3);
  await swapTo(channel, third.id);
  expect(channel.status()).toMatchObject({ state: 'ready', active: { seq: 3 } });
});

test('a call keeps the snapshot it began with', async () => {
  store.offer(first, 1);
  const channel = await open();
  const begun = channel.current();
  store.offer(second, 2);
  await channel.refresh();
  expect(begun?.bundle.id).toBe(first.id);
  expect(begun?.engine.gateway('writing')?.slots.length).toBe(2);
  expect(active(channel)).toBe(second.id);
});

test('a deliberate rollback is a higher seq that names the older bundle', async () => {
  store.offer(first, 1);
  const channel = await open();
  store.offer(second, 2);
  await channel.refresh();
  store.offer(first, 3);
  await channel.refresh();
  expect(active(channel)).toBe(first.id);
  expect(channel.status()).toMatchObject({ state: 'ready', active: { seq: 3 } });
});

test('a newer pointer to the same bundle swaps nothing', async () => {
  store.offer(first, 1);
  const channel = await open();
  const before = channel.current();
  store.writePointer(tinyPointer({ seq: 2, bundle: first.id }));
  await channel.refresh();
  expect(channel.current()).toBe(before);
  expect(channel.status()).toMatchObject({ state: 'ready', active: { seq: 2 }, persisted: true });
});

describe('what is refused while the last good bundle is served', () => {
  const pointerTo = (id: string, more: object = {}): Buffer => tinyPointer({ seq: 5, bundle: id, ...more });
  const otherEnvironment = bundleForDev();
  const badSelfTest = tinyBundle({ selftest: { ...tinySelfTest, content: [{ rule: 3, in: 'x', out: null }] } });
  const cases: readonly (readonly [name: string, offer: () => void, reason: string])[] = [
    ['no pointer', () => rmSync(join(store.bundles, channelPath('main'))), 'pointer/missing'],
    [
      'a folder in its place',
      () => {
        rmSync(join(store.bundles, channelPath('main')));
        mkdirSync(join(store.bundles, channelPath('main')));
      },
      'pointer/unreadable',
    ],
    ['half a pointer', () => store.writePointer(pointerTo(second.id).subarray(0, 100)), 'pointer/malformed'],
    ['an endless pointer', () => store.writePointer(Buffer.alloc(70_000, 0x20)), 'pointer/too-large'],
    [
      'a pointer with a space',
      () => store.writePointer(Buffer.concat([pointerTo(second.id), Buffer.from(' ')])),
      'pointer/not-canonical',
    ],
    [
      'a pointer by no trusted key',
      () => store.writePointer(tinyPointer({ seq: 5, bundle: second.id }, [strangerKey])),
      'pointer/untrusted-signature',
    ],
    [
      'a pointer by a key that may only sign bundles',
      () => store.writePointer(tinyPointer({ seq: 5, bundle: second.id }, [bundleKey])),
      'pointer/untrusted-signature',
    ],
    ['a pointer without a signature', () => store.writePointer(unsigned(pointerTo(second.id))), 'pointer/threshold'],
    [
      'a pointer signed twice',
      () => store.writePointer(tinyPointer({ seq: 5, bundle: second.id }, [pointerKey, pointerKey])),
      'pointer/repeated-signature',
    ],
    [
      'a pointer under another keyid',
      () => store.writePointer(relabelled(pointerTo(second.id))),
      'pointer/wrong-keyid',
    ],
    ['a manifest instead of a pointer', () => store.writePointer(second.envelope), 'pointer/wrong-type'],
    [
      'a pointer with an unknown member',
      () =>
        store.writePointer(
          signEnvelope(POINTER_TYPE, packPayload({ ...pointerIn(pointerTo(second.id)), also: third.id }), [pointerKey]),
        ),
      'pointer/malformed',
    ],
    [
      'a pointer to another workspace',
      () => store.writePointer(pointerTo(second.id, { workspace: 'evil' })),
      'pointer/wrong-workspace',
    ],
    [
      'a pointer for another environment',
      () => store.writePointer(pointerTo(second.id, { environment: 'dev' })),
      'pointer/wrong-environment',
    ],
    [
      'a pointer for another channel',
      () => store.writePointer(pointerTo(second.id, { channel: 'canary' })),
      'pointer/wrong-channel',
    ],
    ['a lower seq', () => store.writePointer(pointerTo(second.id, { seq: 3 })), 'pointer/rollback'],
    [
      'the same seq with another bundle',
      () => store.writePointer(pointerTo(second.id, { seq: 4 })),
      'pointer/equivocation',
    ],
    [
      'the same seq with another expiry',
      () => store.writePointer(pointerTo(first.id, { seq: 4, expires: FAR_MS })),
      'pointer/equivocation',
    ],
    ['a pointer that has expired', () => store.offer(second, 5, { issued: 1, expires: 2 }), 'pointer/expired'],
    [
      'an expired pointer to the same bundle',
      () => store.writePointer(pointerTo(first.id, { issued: 1, expires: 2 })),
      'pointer/expired',
    ],
    ['a bundle that its pointer revokes', () => store.offer(second, 5, { revoked: [second.id] }), 'pointer/revoked'],
    ['a pointer that lives for ever', () => store.offer(second, 5, { expires: FAR_MS * 20 }), 'pointer/malformed'],
    [
      'a pointer that expires before it is issued',
      () => store.offer(second, 5, { issued: 7, expires: 7 }),
      'pointer/malformed',
    ],
    [
      'a pointer with revoked bundles out of order',
      () => store.offer(second, 5, { revoked: ['b', 'a'].map((digit) => digit.repeat(64)) }),
      'pointer/malformed',
    ],
    [
      'a pointer that asks for a disabled list',
      () => store.offer(second, 5, { disabledSeqMin: 1 }),
      'pointer/disabled-list',
    ],
    ["a pointer with another bundle's commit", () => store.offer(second, 5, { commit: '1' }), 'pointer/other-commit'],
    [
      "a pointer to the same bundle with another one's commit",
      () => store.writePointer(pointerTo(first.id, { commit: '2' })),
      'pointer/other-commit',
    ],
    [
      'a bundle without signatures',
      () => {
        store.write(join(store.bundles, bundleTarPath(second.id)), second.tar);
        store.writePointer(pointerTo(second.id));
      },
      'signature/missing',
    ],
    [
      'a bundle by no trusted key',
      () => {
        store.writeBundle({ ...second, envelope: signEnvelope(MANIFEST_TYPE, second.manifestBytes, [strangerKey]) });
        store.writePointer(pointerTo(second.id));
      },
      'signature/untrusted-signature',
    ],
    [
      'the signatures of another bundle',
      () => {
        store.writeBundle({ ...second, envelope: third.envelope });
        store.writePointer(pointerTo(second.id));
      },
      'signature/other-bundle',
    ],
    [
      'a bundle without its tar',
      () => {
        store.write(join(store.bundles, bundleEnvelopePath(second.id)), second.envelope);
        store.writePointer(pointerTo(second.id));
      },
      'tar/missing',
    ],
    [
      'half a tar',
      () => {
        store.writeBundle({ ...second, tar: second.tar.subarray(0, 2048) });
        store.writePointer(pointerTo(second.id));
      },
      'tar/truncated',
    ],
    [
      'the tar of another bundle',
      () => {
        store.writeBundle({ ...second, tar: third.tar });
        store.writePointer(pointerTo(second.id));
      },
      'digest/manifest-differs',
    ],
    ['a bundle that fails its own self-test', () => store.offer(badSelfTest, 5), 'self-test/redaction-differs'],
    ['a bundle for another environment', () => store.offer(otherEnvironment, 5), 'manifest/wrong-environment'],
    ['no trust file', () => rmSync(store.trust), 'trust/missing'],
    ['half a trust file', () => store.write(store.trust, Buffer.from('{"format":')), 'trust/not-json'],
    [
      'a trust file with threshold 0',
      () => store.writeTrust(trustFile([bundleKey], [pointerKey], 0)),
      'trust/threshold-zero',
    ],
    [
      'a trust file for another environment',
      () => store.writeTrust({ ...trustFile([bundleKey], [pointerKey]), environment: 'dev' }),
      'trust/wrong-environment',
    ],
    [
      'a trust file for another workspace',
      () => store.writeTrust({ ...trustFile([bundleKey], [pointerKey]), workspace: 'evil' }),
      'trust/wrong-workspace',
    ],
  ];

  test.each(cases)('%s', async (_name, offer, expected) => {
    store.offer(first, 4);
    const channel = await open();
    const refused = nextNack(channel);
    offer();
    expect(reason(await refused)).toBe(expected);
    await channel.refresh();
    expect(active(channel)).toBe(first.id);
    expect(channel.status()).toMatchObject({ state: 'rejecting', active: { bundle: first.id, seq: 4 } });
    expect(channel.status().nack).toMatchObject({ active: { bundle: first.id, seq: 4 } });

    store.writeTrust(trustFile([bundleKey], [pointerKey]));
    rmSync(join(store.bundles, channelPath('main')), { recursive: true, force: true });
    store.offer(third, 6);
    await swapTo(channel, third.id);
    await channel.refresh();
    expect(channel.status().state).toBe('ready');
  });

  test('every reason for refusing a pointer is among them', () => {
    // The one that ends what is active is in freshness.test.ts.
    const tried = new Set([...cases.map(([, , expected]) => expected), 'pointer/active-revoked']);
    expect(REFUSAL_CODES.pointer.map((code) => `pointer/${code}`).filter((code) => !tried.has(code))).toEqual([]);
  });
});

test('what is refused is on record with what was offered and how often', async () => {
  store.offer(first, 1);
  const channel = await open();
  const seen: Nack[] = [];
  channel.onNack((found) => seen.push(found));
  store.writePointer(tinyPointer({ seq: 2, bundle: second.id }));
  await channel.refresh();
  await channel.refresh();
  const { nack } = channel.status();
  expect(nack).toMatchObject({
    stage: 'signature',
    code: 'missing',
    offered: { bundle: second.id, seq: 2 },
    active: { bundle: first.id, seq: 1 },
  });
  expect(nack?.attempts).toBeGreaterThan(1);
  expect(seen.map(reason)).toEqual(['signature/missing']);
});

test('a bundle whose bytes are right and which is refused is not read again until the pointer changes', async () => {
  const bad = tinyBundle({ selftest: { ...tinySelfTest, content: [{ rule: 3, in: 'x', out: null }] } });
  store.offer(first, 1);
  const channel = await open();
  store.offer(bad, 2);
  await channel.refresh();
  await channel.refresh();
  expect(channel.status().nack?.attempts).toBe(1);
  // Were it read again, this would be another reason.
  rmSync(join(store.bundles, bundleTarPath(bad.id)));
  store.writePointer(tinyPointer({ seq: 3, bundle: bad.id }));
  await channel.refresh();
  expect(nack(channel)).toBe('self-test/redaction-differs');
  store.offer(second, 4);
  await channel.refresh();
  expect(channel.status()).toMatchObject({ state: 'ready', active: { bundle: second.id } });
});

test('a bundle that arrives in pieces is served when it is whole', async () => {
  store.offer(first, 1);
  const channel = await open();
  store.writePointer(tinyPointer({ seq: 2, bundle: second.id }));
  await channel.refresh();
  store.write(join(store.bundles, bundleEnvelopePath(second.id)), second.envelope);
  await channel.refresh();
  for (const part of [100, 512, 3000, second.tar.length - 1]) {
    writeFileSync(join(store.bundles, bundleTarPath(second.id)), second.tar.subarray(0, part));
    await channel.refresh();
    expect(active(channel)).toBe(first.id);
  }
  writeFileSync(join(store.bundles, bundleTarPath(second.id)), second.tar);
  await swapTo(channel, second.id);
});

test('a replay of an older pointer is a rollback also when the newer bundle could not be loaded', async () => {
  store.offer(first, 1);
  const channel = await open();
  store.writePointer(tinyPointer({ seq: 9, bundle: second.id }));
  await channel.refresh();
  expect(nack(channel)).toBe('signature/missing');
  store.offer(third, 8);
  await channel.refresh();
  expect(nack(channel)).toBe('pointer/rollback');
  expect(active(channel)).toBe(first.id);
});

describe('after a restart', () => {
  test('the last good bundle is served although the store is gone', async () => {
    store.offer(first, 1);
    await (await open()).close();
    rmSync(store.bundles, { recursive: true });
    const channel = await open();
    expect(active(channel)).toBe(first.id);
    expect(channel.status()).toMatchObject({ state: 'rejecting', active: { seq: 1 }, persisted: true });
    expect(nack(channel)).toBe('pointer/missing');
  });

  test('an older pointer is still a rollback', async () => {
    store.offer(first, 1);
    const before = await open();
    store.offer(second, 2);
    await before.refresh();
    store.writePointer(tinyPointer({ seq: 9, bundle: third.id }));
    await before.refresh();
    await before.close();
    store.offer(third, 8);
    const channel = await open();
    expect(nack(channel)).toBe('pointer/rollback');
    expect(active(channel)).toBe(second.id);
  });

  test('what was persisted is verified again', async () => {
    store.offer(first, 1);
    await (await open()).close();
    rmSync(store.bundles, { recursive: true });
    store.writeTrust(trustFile([otherBundleKey], [pointerKey]));
    const channel = await open();
    expect(channel.current()).toBe(null);
    expect(channel.status().state).toBe('empty');
  });

  test('damage to what was persisted costs only that', async () => {
    store.offer(first, 1);
    await (await open()).close();
    const folder = join(store.state, 'acme', 'test', 'main', 'bundles');
    for (const file of readdirSync(folder)) writeFileSync(join(folder, file), 'x');
    const channel = await open();
    expect(channel.status()).toMatchObject({ state: 'ready', active: { bundle: first.id } });
    expect(nack(channel)).toBe('signature/malformed');
  });

  test('only the active bundle is kept', async () => {
    store.offer(first, 1);
    const channel = await open();
    store.offer(second, 2);
    await channel.refresh();
    store.offer(third, 3);
    await channel.refresh();
    expect(readdirSync(join(store.state, 'acme', 'test', 'main', 'bundles')).sort()).toEqual(
      [`${third.id}.dsse.json`, `${third.id}.tar`].sort(),
    );
  });
});

describe('a state folder', () => {
  test('that cannot be written is a line in the status, never an outage', async () => {
    store.offer(first, 1);
    writeFileSync(store.state, 'a file where the folder should be');
    const channel = await open();
    expect(channel.status()).toMatchObject({ state: 'ready', active: { bundle: first.id }, persisted: false });
    expect(channel.status().persistProblem).not.toBe(null);
    rmSync(store.state);
    await channel.refresh();
    expect(channel.status()).toMatchObject({ persisted: true, persistProblem: null });
    expect(existsSync(join(store.state, 'acme', 'test', 'main', bundleTarPath(first.id)))).toBe(true);
  });

  test('need not be configured', async () => {
    store.offer(first, 1);
    const channel = await open({ state: null });
    expect(channel.status()).toMatchObject({ state: 'ready', persisted: null });
    expect(existsSync(store.state)).toBe(false);
  });

  test('that another worker brought further is not set back', async () => {
    store.offer(first, 1);
    const slow = await open();
    const fast = await open();
    store.offer(second, 3);
    await fast.refresh();
    await slow.refresh();
    await slow.close();
    await fast.close();
    rmSync(store.bundles, { recursive: true });
    const channel = await open();
    expect(channel.status().active).toMatchObject({ bundle: second.id, seq: 3 });
  });
});

describe('a change of the trust file', () => {
  test('that rotates a key leaves the bundle in force when both have signed', async () => {
    store.offer(first, 1);
    const channel = await open();
    store.writeTrust(trustFile([bundleKey, otherBundleKey], [pointerKey]));
    await channel.refresh();
    expect(channel.status()).toMatchObject({ state: 'ready', active: { bundle: first.id } });
    const swaps: (string | null)[] = [];
    channel.onSwap((snapshot) => swaps.push(snapshot?.bundle.id ?? null));
    store.writeBundle({ ...first, envelope: signEnvelope(MANIFEST_TYPE, first.manifestBytes, [otherBundleKey]) });
    store.writeTrust(trustFile([otherBundleKey], [pointerKey]));
    await channel.refresh();
    expect(channel.status()).toMatchObject({ state: 'ready', active: { bundle: first.id } });
    expect(swaps).not.toContain(null);
  });

  test('that no longer vouches for the active bundle ends it', async () => {
    store.offer(first, 1);
    const channel = await open();
    const stopped = swapTo(channel, null);
    store.writeTrust(trustFile([otherBundleKey], [pointerKey]));
    await stopped;
    await channel.refresh();
    expect(channel.status()).toMatchObject({ state: 'empty', active: null });
    expect(nack(channel)).toBe('signature/untrusted-signature');
  });

  test('that no longer vouches for the pointer ends it too, and says so', async () => {
    store.offer(first, 1);
    const channel = await open();
    const seen: string[] = [];
    channel.onNack((found) => seen.push(reason(found)));
    store.writeTrust(trustFile([bundleKey], [otherPointerKey]));
    await channel.refresh();
    expect(channel.current()).toBe(null);
    expect(seen).toEqual(['trust/no-longer-trusted', 'pointer/untrusted-signature']);
  });

  test('frees the channel from a seq that only a removed key vouches for', async () => {
    store.offer(first, 1);
    const channel = await open();
    store.writePointer(tinyPointer({ seq: Number.MAX_SAFE_INTEGER, bundle: first.id }));
    await channel.refresh();
    store.writeTrust(trustFile([bundleKey], [otherPointerKey]));
    store.writeBundle(second);
    store.writePointer(tinyPointer({ seq: 2, bundle: second.id }, [otherPointerKey]));
    await channel.refresh();
    expect(channel.status()).toMatchObject({ state: 'ready', active: { bundle: second.id, seq: 2 }, persisted: true });
    await channel.close();
    rmSync(store.bundles, { recursive: true });
    expect((await open()).status().active).toMatchObject({ bundle: second.id, seq: 2 });
  });

  test('gives a refused bundle another chance', async () => {
    store.offer(first, 1);
    const channel = await open();
    const bad = tinyBundle({ selftest: { ...tinySelfTest, content: [{ rule: 3, in: 'x', out: null }] } });
    store.offer(bad, 2);
    await channel.refresh();
    rmSync(join(store.bundles, bundleTarPath(bad.id)));
    store.writeTrust(trustFile([bundleKey, otherBundleKey], [pointerKey]));
    await channel.refresh();
    expect(nack(channel)).toBe('tar/missing');
  });

  test('that asks for two signatures takes them from the store', async () => {
    store.offer(first, 1);
    const channel = await open();
    store.writeBundle({
      ...first,
      envelope: signEnvelope(MANIFEST_TYPE, first.manifestBytes, [bundleKey, otherBundleKey]),
    });
    const swaps: (string | null)[] = [];
    channel.onSwap((snapshot) => swaps.push(snapshot?.bundle.id ?? null));
    store.writeTrust(trustFile([bundleKey, otherBundleKey], [pointerKey], 2));
    await channel.refresh();
    expect(channel.status()).toMatchObject({ state: 'ready', active: { bundle: first.id } });
    expect(swaps).toEqual([first.id]);
  });
});

test('a listener that throws costs neither the others nor the channel', async () => {
  store.offer(first, 1);
  const channel = await open();
  const told: (string | undefined)[] = [];
  channel.onSwap(() => {
    throw new Error('a listener of the test');
  });
  channel.onSwap((snapshot) => told.push(snapshot?.bundle.id));
  store.offer(second, 2);
  await channel.refresh();
  expect(told).toEqual([second.id]);
  expect(channel.status().state).toBe('ready');
});

test('a store that is replaced as a whole is followed', async () => {
  store.offer(first, 1);
  const channel = await open();
  rmSync(store.bundles, { recursive: true });
  await channel.refresh();
  store.offer(second, 2);
  await swapTo(channel, second.id);
});

test('a store that cannot even be looked at is unreadable until it can be', async () => {
  symlinkSync(store.bundles, store.bundles);
  const channel = await open();
  expect(nack(channel)).toBe('pointer/unreadable');
  rmSync(store.bundles);
  store.offer(first, 1);
  await swapTo(channel, first.id);
});

test('a closed channel reads nothing any more', async () => {
  store.offer(first, 1);
  const channel = await open();
  await channel.close();
  store.offer(second, 2);
  await channel.refresh();
  expect(active(channel)).toBe(first.id);
});

test('a name that could leave the store is our mistake', async () => {
  const { bundles, trust } = store;
  const config = { workspace: 'acme', environment: 'test', bundles, trust, state: null };
  await expect(openChannel({ ...config, channel: '../main' })).rejects.toThrow(/cannot name/);
});

function pointerIn(envelope: Buffer): object {
  const { payload } = JSON.parse(envelope.toString()) as { readonly payload: string };
  return JSON.parse(Buffer.from(payload, 'base64').toString()) as object;
}

function unsigned(envelope: Buffer): Buffer {
  return Buffer.from(canonicalJson({ ...(JSON.parse(envelope.toString()) as object), signatures: [] }));
}

function relabelled(envelope: Buffer): Buffer {
  return Buffer.from(envelope.toString().replace(pointerKey.publicKey.id, otherPointerKey.publicKey.id));
}

function bundleForDev(): ReturnType<typeof tinyBundle> {
  return tinyBundle({ environment: 'dev', policy: { ...tinyPolicy, environment: 'dev' } });
}

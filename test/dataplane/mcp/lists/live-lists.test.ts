import { describe, expect, test } from 'vitest';
import { LIST_TTL_MS, RESOURCES_KEPT_BYTES_MAX, RESOURCES_KEPT_LISTS_MAX } from '../../../../dataplane/limits.ts';
import type { Drained } from '../../../../dataplane/mcp/lists/drain-list.ts';
import { LiveLists, type LiveResult } from '../../../../dataplane/mcp/lists/live-lists.ts';

/** A server whose lists are numbered. */
class Numbered {
  readonly lists = new LiveLists();
  fetched = 0;
  givenUp = 0;
  ttlMs: number | null = LIST_TTL_MS;
  bytes = 1;
  fails = false;
  #release: (() => void)[] = [];

  /** Fetches wait until `release`. */
  held = false;

  async get(owner = 'a', more: { bundle?: string; isContinued?: boolean; signal?: AbortSignal } = {}): Promise<string> {
    const { bundle = '1', isContinued = false, signal = new AbortController().signal } = more;
    return shown(await this.lists.get({ owner, bundle, isContinued, fetch: (given) => this.#fetch(given) }, signal));
  }

  release(): void {
    for (const release of this.#release) release();
  }

  async #fetch(signal: AbortSignal): Promise<Drained> {
    const item = Buffer.from(String(++this.fetched));
    signal.addEventListener('abort', () => this.givenUp++);
    if (this.held) await new Promise<void>((resolve) => this.#release.push(resolve));
    if (signal.aborted) return { ok: false, reason: 'upstream-timeout' };
    if (this.fails) return { ok: false, reason: 'upstream-truncated' };
    return { ok: true, items: [item], complete: true, ttlMs: this.ttlMs, bytes: this.bytes };
  }
}

const shown = (result: LiveResult): string => (result.ok ? result.list.drained.items.join() : result.reason);

describe('a list that was fetched', () => {
  test('answers whoever asks within its time', async () => {
    const server = new Numbered();
    expect([await server.get(), await server.get()]).toEqual(['1', '1']);
  });

  test('answers nobody who begins to read where its server wants to be asked each time', async () => {
    const server = new Numbered();
    server.ttlMs = 0;
    expect([await server.get(), await server.get()]).toEqual(['1', '2']);
  });

  test('answers whoever goes on reading all the same', async () => {
    const server = new Numbered();
    server.ttlMs = 0;
    expect([await server.get(), await server.get('a', { isContinued: true })]).toEqual(['1', '1']);
  });

  test('answers no other owner', async () => {
    const server = new Numbered();
    expect([await server.get('a'), await server.get('b')]).toEqual(['1', '2']);
  });

  test('answers nobody under another bundle', async () => {
    const server = new Numbered();
    expect([await server.get('a'), await server.get('a', { bundle: '2', isContinued: true })]).toEqual(['1', '2']);
  });

  test('answers nobody once it is known to have changed', async () => {
    const server = new Numbered();
    await server.get('a');
    await server.get('b');
    server.lists.forget('a');
    expect([await server.get('a', { isContinued: true }), await server.get('b')]).toEqual(['3', '2']);
  });

  test('is not kept where it failed', async () => {
    const server = new Numbered();
    server.fails = true;
    expect(await server.get()).toBe('upstream-truncated');
    server.fails = false;
    expect(await server.get()).toBe('2');
  });
});

describe('those who want the same list at a time', () => {
  test('share one fetch', async () => {
    const server = new Numbered();
    server.held = true;
    const both = [server.get(), server.get()];
    server.release();
    expect(await Promise.all(both)).toEqual(['1', '1']);
  });

  test('share none that began before it changed, and what that brings is not kept', async () => {
    const server = new Numbered();
    server.held = true;
    const before = server.get();
    server.lists.forget('a');
    const after = server.get();
    server.release();
    expect([await before, await after, await server.get()]).toEqual(['1', '2', '2']);
  });

  test('do not lose it because one of them goes', async () => {
    const server = new Numbered();
    server.held = true;
    const leaving = new AbortController();
    const both = [server.get('a', { signal: leaving.signal }), server.get()];
    leaving.abort();
    server.release();
    expect([await both[1], server.givenUp]).toEqual(['1', 0]);
  });

  test('have it given up when the last of them goes, and whoever comes then begins anew', async () => {
    const server = new Numbered();
    server.held = true;
    const leaving = new AbortController();
    const gone = [server.get('a', { signal: leaving.signal }), server.get('a', { signal: leaving.signal })];
    leaving.abort();
    expect(server.givenUp).toBe(1);
    const late = server.get();
    server.release();
    expect([await gone[0], await late]).toEqual(['upstream-timeout', '2']);
  });
});

describe('the lists kept', () => {
  test('are bounded in number', async () => {
    const server = new Numbered();
    for (let owner = 0; owner <= RESOURCES_KEPT_LISTS_MAX; owner++) await server.get(String(owner));
    expect([await server.get(String(RESOURCES_KEPT_LISTS_MAX)), await server.get('0')]).toEqual([
      String(RESOURCES_KEPT_LISTS_MAX + 1),
      String(RESOURCES_KEPT_LISTS_MAX + 2),
    ]);
  });

  test('are bounded in size, those that are replaced not counted', async () => {
    const server = new Numbered();
    server.ttlMs = 0;
    server.bytes = RESOURCES_KEPT_BYTES_MAX / 2;
    for (const owner of ['a', 'b', 'b', 'b']) await server.get(owner);
    expect(await server.get('a', { isContinued: true })).toBe('1');
    await server.get('c');
    expect(await server.get('a', { isContinued: true })).toBe('6');
  });
});

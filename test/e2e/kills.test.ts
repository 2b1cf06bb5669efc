import { describe, test } from 'vitest';
import type { OpenRequest } from '../fixtures/open-request.ts';
import { Scene } from '../fixtures/kill-scene.ts';

const callOf = (name: string, id = 1): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${name}"}}`;

type Killed = 'servers' | 'client' | 'proxy';

/** How an exchange ends for its client, `open` = not before somebody does more; and what is recorded, `initialize` apart. */
type End = readonly [ended: 'whole' | 'cut' | 'open', ...records: readonly string[]];

interface Kind {
  /** Begins the exchange. */
  readonly begin: (scene: Scene) => Promise<OpenRequest> | OpenRequest;
  /** What is held in its middle by the server, the programs that run, and what the proxy counts. */
  readonly held: number;
  readonly children?: number;
  readonly middle: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<Killed, End>>;
  /** What a client does that was let go. */
  readonly comeBack?: (scene: Scene, request: OpenRequest) => Promise<void>;
}

const UNREACHABLE = 'tools/call error upstream-unreachable';
const TRUNCATED = 'tools/call error upstream-truncated';
const CANCELLED = 'tools/call cancelled';
const CALLED = 'tools/call ok';
const LISTENED = 'GET cancelled';

/** Goes on with a call whose questions were answered. */
async function answerForm(scene: Scene, { text }: OpenRequest): Promise<void> {
  const state = /"requestState":("[^"]+")/.exec(text)?.[1] ?? '';
  const key = /"inputRequests":\{("[^"]+")/.exec(text)?.[1] ?? '';
  const answers = `"requestState":${state},"inputResponses":{${key}:{"action":"accept","content":{}}}`;
  await scene.modern('tools/call', 'legacy_ask', `,"name":"legacy_ask",${answers}`).ended;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'a call': {
    begin: (scene) => scene.modern('tools/call', 'modern_hang', ',"name":"modern_hang"'),
    held: 1,
    middle: { requests: 1 },
    ends: {
      servers: ['whole', UNREACHABLE],
      client: ['cut', CANCELLED],
      proxy: ['cut', CANCELLED],
    },
  },
  'a call whose arguments are looked through': {
    begin: async (scene) => {
      const params = ',"name":"modern_hang","arguments":{"to":"jane"}';
      const request = scene.modern('tools/call', 'modern_hang', params, '', 'asked');
      while (scene.detectors.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      return request;
    },
    held: 0,
    middle: { requests: 1 },
    ends: {
      servers: ['whole', 'tools/call refused content-external'],
      client: ['cut', CANCELLED],
      proxy: ['cut', CANCELLED],
    },
  },
  'a call with progress': {
    begin: (scene) => scene.modern('tools/call', 'modern_progress', ',"name":"modern_progress"', ',"progressToken":1'),
    held: 1,
    middle: { requests: 1 },
    ends: {
      servers: ['whole', TRUNCATED],
      client: ['cut', CANCELLED],
      proxy: ['cut', CANCELLED],
    },
  },
  'a call that waits for a person, without its client': {
    begin: async (scene) => {
      const asked = scene.modern('tools/call', 'legacy_ask', ',"name":"legacy_ask"');
      await asked.ended;
      return asked;
    },
    held: 1,
    middle: { requests: 0, parked: 1 },
    ends: {
      servers: ['whole', 'tools/call input-required', TRUNCATED],
      client: ['whole', 'tools/call input-required', CALLED],
      proxy: ['whole', 'tools/call input-required'],
    },
    comeBack: answerForm,
  },
  'a legacy call': {
    begin: async (scene) => {
      await scene.initialize();
      return scene.legacy(callOf('legacy_hang'));
    },
    held: 1,
    middle: { requests: 1, cancellable: 1 },
    ends: {
      servers: ['whole', UNREACHABLE],
      client: ['cut', CALLED],
      proxy: ['cut', CANCELLED],
    },
  },
  'a legacy call with a question': {
    begin: async (scene) => {
      await scene.initialize();
      return scene.legacy(callOf('legacy_ask'));
    },
    held: 1,
    middle: { requests: 1, questions: 1 },
    ends: {
      servers: ['whole', TRUNCATED],
      client: ['cut', CALLED],
      proxy: ['cut', CANCELLED],
    },
  },
  'a list of resources': {
    begin: (scene) => scene.modern('resources/list', null, ''),
    held: 2,
    middle: { requests: 1 },
    ends: {
      servers: ['whole', 'resources/list error upstream-unreachable'],
      client: ['cut', 'resources/list cancelled'],
      proxy: ['cut', 'resources/list cancelled'],
    },
  },
  'a stream of announcements': {
    begin: (scene) =>
      scene.modern('subscriptions/listen', null, ',"notifications":{"resourceSubscriptions":["modern://a"]}'),
    held: 1,
    middle: { requests: 1, streams: 1 },
    ends: {
      servers: ['open', 'subscriptions/listen cancelled'],
      client: ['cut', 'subscriptions/listen cancelled'],
      proxy: ['whole', 'subscriptions/listen ok'],
    },
  },
  'a stream of a session': {
    begin: async (scene) => {
      await scene.initialize();
      return scene.send({ method: 'GET', headers: { 'mcp-session-id': scene.session } });
    },
    held: 2,
    children: 1,
    middle: { requests: 1, streams: 1 },
    ends: {
      servers: ['open', LISTENED],
      client: ['cut', LISTENED],
      proxy: ['whole', 'GET ok'],
    },
  },
  'a stream of a session with a subscription': {
    begin: async (scene) => {
      await scene.initialize();
      const params = '{"uri":"legacy://a"}';
      await scene.legacy(`{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":${params}}`).ended;
      return scene.send({ method: 'GET', headers: { 'mcp-session-id': scene.session } });
    },
    held: 2,
    children: 1,
    middle: { requests: 1, streams: 1 },
    ends: {
      servers: ['open', 'resources/subscribe ok', LISTENED],
      client: ['cut', 'resources/subscribe ok', LISTENED],
      proxy: ['whole', 'resources/subscribe ok', 'GET ok'],
    },
  },
  'a lost stream that is gone on with': {
    begin: async (scene) => {
      await scene.initialize();
      const lost = scene.legacy(callOf('legacy_resumable'));
      await lost.ended;
      const id = /^id: (\S+)$/m.exec(lost.text)?.[1] ?? '';
      return scene.send({ method: 'GET', headers: { 'mcp-session-id': scene.session, 'last-event-id': id } });
    },
    held: 1,
    middle: { requests: 1 },
    ends: {
      servers: ['whole', CALLED, TRUNCATED],
      client: ['cut', CALLED, CALLED],
      proxy: ['cut', CALLED, CANCELLED],
    },
  },
  'a batch': {
    begin: async (scene) => {
      await scene.initialize('2025-03-26');
      return scene.legacy(`[${callOf('legacy_hang', 1)},${callOf('legacy_progress', 2)}]`);
    },
    held: 2,
    middle: { requests: 3 },
    ends: {
      servers: ['whole', UNREACHABLE, TRUNCATED, 'null ok'],
      client: ['cut', CALLED, CALLED, 'null ok'],
      proxy: ['cut', CANCELLED, CANCELLED, 'null ok'],
    },
  },
  'a call of a program': {
    begin: async (scene) => {
      await scene.modern('tools/call', 'program_count', ',"name":"program_count"').ended;
      return scene.modern('tools/call', 'program_hold', ',"name":"program_hold"');
    },
    held: 0,
    children: 1,
    middle: { requests: 1 },
    ends: {
      servers: ['whole', CALLED, TRUNCATED],
      client: ['cut', CALLED, CANCELLED],
      proxy: ['cut', CALLED, CANCELLED],
    },
  },
};

describe.concurrent.each(Object.entries(KINDS))('%s is in its middle when this ends:', (_name, kind) => {
  for (const killed of ['servers', 'client', 'proxy'] as const) {
    test(killed, { timeout: 90_000 }, async ({ expect }) => {
      const [ended, ...recorded] = kind.ends[killed];
      const scene = await Scene.open();
      const request = await kind.begin(scene);
      const middle = { timeout: 20_000 };
      await expect.poll(() => scene.upstream.held, middle).toBe(kind.held);
      await expect.poll(() => scene.underWay, middle).toMatchObject(kind.middle);
      await expect.poll(() => scene.children.length, middle).toBe(kind.children ?? 0);

      if (killed === 'servers') await scene.killServers();
      else if (killed === 'client') request.leave();
      else await scene.rig.proxy.close();
      if (ended === 'open') {
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(scene.underWay).toMatchObject(kind.middle);
        request.leave();
      }
      expect(await request.ended).toBe(ended === 'open' ? 'cut' : ended);
      // A legacy client that left gets no answer, but its call goes on.
      scene.upstream.release();
      if (killed !== 'proxy') await kind.comeBack?.(scene, request);

      const nothing = { requests: 0, streams: 0, parked: 0, questions: 0, cancellable: 0 };
      await expect.poll(() => [scene.underWay, scene.upstream.held], middle).toEqual([nothing, 0]);
      // Connections and sessions are kept for the next call, but not for ever.
      await scene.rig.proxy.close();
      await expect.poll(() => [scene.upstream.connections, scene.children], middle).toEqual([0, []]);
      const records = (await scene.rig.records()).filter(({ method }) => method !== 'initialize');
      const texts = records.map(
        ({ method, outcome, error }) => `${method} ${outcome}${error === null ? '' : ` ${error}`}`,
      );
      expect(texts.toSorted(byText)).toEqual(recorded.toSorted(byText));
      await scene.close();
    });
  }
});

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../schemas/types/audit.ts';
import { initialize, modernBody, modernHeaders, post, type Answer } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';
import { answer, answeringLists, entryOf, modernPage, readQuestion } from '../fixtures/upstreams/scripted-lists.ts';

const rig = new Rig();
let files: RawUpstream;
let wiki: RawUpstream;
let old: RawUpstream;

beforeAll(async () => {
  files = await RawUpstream.open(() => null);
  wiki = await RawUpstream.open(() => null);
  old = await RawUpstream.open(() => null);
  rig.offer({
    servers: [
      { name: 'files', url: files.url, era: 'modern', tools: [] },
      { name: 'old', url: old.url, era: 'legacy', tools: [] },
      { name: 'wiki', url: wiki.url, era: 'modern', tools: [] },
    ],
    gateways: [
      {
        name: 'both',
        servers: { files: 'f', old: 'o', wiki: 'w' },
        grants: [
          { to: ['bot', 'other'], server: 'files', resources: ['file://pub/**'] },
          { to: ['bot'], server: 'wiki', resources: ['wiki://**', 'wiki://**?**', 'https://**'] },
        ],
      },
      {
        name: 'prefixed',
        servers: { files: 'f', wiki: 'w' },
        prefixUris: true,
        grants: [{ to: ['bot'], server: 'files', resources: ['**'] }],
      },
      { name: 'legacy', servers: { old: '' }, grants: [{ to: ['bot'], server: 'old', resources: ['**'] }] },
    ],
    content: [
      { name: 'keys', pattern: 'sk-[0-9]+', action: { kind: 'replace', with: 'KEY' } },
      { name: 'plans', pattern: 'top secret', action: { kind: 'block' } },
    ],
  });
  await rig.start();
});
beforeEach(() => {
  for (const upstream of [files, wiki]) {
    upstream.requests.length = 0;
    upstream.answerWith(answeringLists(() => modernPage([])));
  }
});
afterAll(async () => {
  await rig.stop();
  for (const upstream of [files, wiki, old]) await upstream.close();
});

interface Asked {
  readonly gateway?: string;
  readonly cursor?: string;
  readonly key?: 'bot' | 'other';
  readonly method?: string;
}

let answered = 0;

function list({ gateway = 'both', cursor, key = 'bot', method = 'resources/list' }: Asked = {}): Promise<Answer> {
  answered++;
  return post({
    url: `${rig.origin}/mcp/${gateway}`,
    key: rig.keys[key],
    headers: modernHeaders(method),
    body: modernBody(method, cursor === undefined ? '' : `,"cursor":${JSON.stringify(cursor)}`),
  });
}

/** Waits for what the other side does in its own time. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Page {
  readonly result?: {
    readonly resources: readonly { readonly uri: string }[];
    readonly nextCursor?: string;
    readonly ttlMs?: number;
  };
  readonly error?: { readonly code: number; readonly message: string };
}

const pageOf = ({ body }: Answer): Page => JSON.parse(body) as Page;
const urisOf = (page: Answer): readonly string[] => pageOf(page).result?.resources.map(({ uri }) => uri) ?? [];

/** The record of the request that was answered last. */
const lastRecord = async (): Promise<AuditRecord | undefined> => (await rig.records(answered)).at(-1);

/** The cursors that a server was asked with; '-' = none. */
const cursorsOf = ({ requests }: RawUpstream): readonly string[] =>
  requests.map((request) => readQuestion(request).cursor ?? '-');

describe('a list of resources', () => {
  test('has what each server says, in the order of the assignments, then of the server', async () => {
    files.answerWith(answeringLists(() => modernPage(['file://pub/b', 'file://pub/a'].map(entryOf))));
    wiki.answerWith(answeringLists(() => modernPage(['wiki://z', 'wiki://y'].map(entryOf))));
    expect(urisOf(await list())).toEqual(['file://pub/b', 'file://pub/a', 'wiki://z', 'wiki://y']);
    expect(await lastRecord()).toMatchObject({ method: 'resources/list', outcome: 'ok', error: null, tool: null });
  });

  test('has entries as they were sent, byte for byte', async () => {
    const entry = '{ "x-unknown":[1.0,12345678901234567890],"uri":"file:\\/\\/pub\\/a", "title":"\\u0041" }';
    files.answerWith(answeringLists(() => modernPage([entry])));
    expect((await list()).body).toContain(`"result":{"resources":[${entry}],`);
  });

  test('is of nobody else: it may be kept by its caller alone', async () => {
    expect((await list()).body).toContain('"cacheScope":"private"');
  });

  test('asks only servers of which the caller may read something', async () => {
    await list({ key: 'other' });
    expect([files.requests.length, wiki.requests.length, old.requests.length]).toEqual([1, 0, 0]);
  });

  test('is empty for whoever may read nothing, and no server is asked', async () => {
    expect(pageOf(await list({ gateway: 'legacy', key: 'other' })).result).toMatchObject({ resources: [] });
    expect(old.requests).toEqual([]);
  });

  test('leaves out what the caller may not read, and what has no proper name', async () => {
    const entries = [
      'file://priv/a',
      'wiki://a',
      'FILE://pub/a',
      'file://pub/../priv/a',
      'file://pub/%2e%2e/a',
      'file://pub//a',
      'file://pub/a#b',
      'file://pub/é',
    ].map(entryOf);
    const odd = [
      '{"name":"n"}',
      '{"uri":7}',
      '{"uri":null}',
      '{"uri":"file://pub/a","URI":"file://priv/a"}',
      '7',
      'null',
    ];
    files.answerWith(answeringLists(() => modernPage([...entries, ...odd, entryOf('file://pub/a')])));
    expect(urisOf(await list())).toEqual(['file://pub/a']);
  });

  test('names resources as they are named in their gateway', async () => {
    const uris = ['repo://a/b', 'ui://chart/page', 'https://acme.dev/a', 'f+repo://a'];
    files.answerWith(answeringLists(() => modernPage(uris.map(entryOf))));
    expect(urisOf(await list({ gateway: 'prefixed' }))).toEqual([
      'f+repo://a/b',
      'ui://f+chart/page',
      'f+https://acme.dev/a',
      'f+f+repo://a',
    ]);
  });

  test('has nothing in it that content rules take out', async () => {
    const entries = [
      '{"uri":"file://pub/a","description":"use sk-123"}',
      '{"uri":"file://pub/b","description":"top secret"}',
      '{"uri":"file://pub/sk-456","name":"n"}',
      entryOf('file://pub/c'),
    ];
    files.answerWith(answeringLists(() => modernPage(entries)));
    const answered = await list();
    expect(urisOf(answered)).toEqual(['file://pub/a', 'file://pub/c']);
    expect(answered.body).toContain('{"uri":"file://pub/a","description":"use KEY"}');
    const record = await lastRecord();
    expect(record?.content.map(({ rule, action, count }) => `${rule} ${action} ${count}`)).toEqual([
      'RedactionRule/keys replace 2',
      'RedactionRule/plans block 1',
    ]);
  });
});

describe('the pages of a server', () => {
  test('are asked for until there are no more, whatever their cursors', async () => {
    const pages: Readonly<Record<string, string>> = {
      '-': modernPage([entryOf('file://pub/a')], ',"nextCursor":""'),
      '': modernPage([entryOf('file://pub/b')], ',"nextCursor":"\\u0041\\u0000"'),
      'A\0': modernPage([entryOf('file://pub/c')], ',"nextCursor":null'),
    };
    files.answerWith(answeringLists((cursor) => pages[cursor ?? '-'] ?? null));
    expect(urisOf(await list())).toEqual(['file://pub/a', 'file://pub/b', 'file://pub/c']);
    expect(cursorsOf(files)).toEqual(['-', '', 'A\0']);
  });

  test('end with a cursor that comes back, and the record says that the list is not whole', async () => {
    files.answerWith(
      answeringLists((cursor) => modernPage([entryOf(`file://pub/${cursor ?? '-'}`)], `,"nextCursor":"x"`)),
    );
    expect(urisOf(await list())).toEqual(['file://pub/-', 'file://pub/x']);
    expect(await lastRecord()).toMatchObject({ outcome: 'ok', error: 'partial' });
  });

  test('end at a number of entries that is enough for anybody', async () => {
    const many = Array.from({ length: 6_000 }, (_none, at) => entryOf(`file://priv/${at}`));
    files.answerWith(answeringLists((cursor) => modernPage(many, `,"nextCursor":"${cursor ?? ''}x"`)));
    await list();
    expect(files.requests.length).toBe(2);
    expect(await lastRecord()).toMatchObject({ outcome: 'ok', error: 'partial' });
  });

  test('of a server without the method are none', async () => {
    files.answerWith(answeringLists(() => null));
    wiki.answerWith(answeringLists(() => modernPage([entryOf('wiki://a')])));
    expect(urisOf(await list())).toEqual(['wiki://a']);
    expect(await lastRecord()).toMatchObject({ outcome: 'ok', error: null });
  });
});

test('a server that answers in events, with others before, is understood', async () => {
  files.answerWith((request) =>
    whole(
      [
        '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}',
        answer(readQuestion(request).id, `"result":{${modernPage([entryOf('file://pub/a')])}}`),
      ]
        .map((message) => `data: ${message}\n\n`)
        .join(''),
      'text/event-stream',
    ),
  );
  expect(urisOf(await list())).toEqual(['file://pub/a']);
});

describe('a long list', () => {
  const uris = Array.from({ length: 2_500 }, (_none, at) => `file://pub/${at}`);
  const script = answeringLists(() => modernPage(uris.map(entryOf)));

  test('comes in pages, which together are the whole', async () => {
    files.answerWith(script);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 3; pages++) {
      const answered = await list(cursor === undefined ? {} : { cursor });
      seen.push(...urisOf(answered));
      cursor = pageOf(answered).result?.nextCursor;
      expect(cursor === undefined).toBe(pages === 2);
    }
    expect(seen).toEqual(uris);
    expect(files.requests.length).toBe(1);
  });

  test('comes in pages of few bytes where its entries are large', async () => {
    const large = (at: number): string => `{"uri":"file://pub/${at}","description":"${'x'.repeat(400_000)}"}`;
    files.answerWith(answeringLists(() => modernPage([0, 1, 2].map(large))));
    const first = await list();
    expect(urisOf(first)).toEqual(['file://pub/0', 'file://pub/1']);
    expect(urisOf(await list({ cursor: pageOf(first).result?.nextCursor ?? '' }))).toEqual(['file://pub/2']);
  });

  test('is not gone on with after it changed', async () => {
    files.answerWith(script);
    const cursor = pageOf(await list()).result?.nextCursor ?? '';
    files.answerWith(answeringLists(() => modernPage([...uris, 'file://pub/new'].map(entryOf))));
    // Whoever begins again has the new list, and the old one is gone.
    await list();
    expect(pageOf(await list({ cursor })).error).toEqual({
      code: -32_602,
      message: 'the list has changed: begin again without a cursor',
    });
    expect(await lastRecord()).toMatchObject({ outcome: 'refused', error: 'list-changed' });
  });

  const CURSORS: readonly [name: string, change: (cursor: string) => Asked][] = [
    ['that is empty', () => ({ cursor: '' })],
    ['that is made up', () => ({ cursor: 'abc' })],
    ['that is longer than any of ours', () => ({ cursor: 'v1.'.repeat(1_000) })],
    ['that was tampered with', (cursor) => ({ cursor: cursor.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A')) })],
    ['of somebody else', (cursor) => ({ cursor, key: 'other' })],
    ['of another gateway', (cursor) => ({ cursor, gateway: 'prefixed' })],
    ['of another list', (cursor) => ({ cursor, method: 'tools/list' })],
    ['of a list that has one page', (cursor) => ({ cursor, method: 'prompts/list' })],
  ];
  test.each(CURSORS)('is not gone on with by a cursor %s', async (_name, change) => {
    files.answerWith(script);
    const cursor = pageOf(await list()).result?.nextCursor ?? '';
    expect(pageOf(await list(change(cursor))).error).toEqual({
      code: -32_602,
      message: 'the cursor is not one of ours',
    });
  });
});

describe('a legacy server', () => {
  const uri = (name: string): string => `"resources":[${entryOf(`old://${name}`)}]`;
  const listIn = (session: string): Promise<Answer> =>
    post({
      url: `${rig.origin}/mcp/legacy`,
      key: rig.keys.bot,
      headers: { 'mcp-session-id': session },
      body: '{"jsonrpc":"2.0","id":1,"method":"resources/list"}',
    });

  test('is asked again only after a moment, and at once by another session', async () => {
    old.answerWith(answeringLists(() => uri('a')));
    const url = `${rig.origin}/mcp/legacy`;
    const [one, two] = [await initialize(url, rig.keys.bot), await initialize(url, rig.keys.bot)];
    expect((await listIn(one)).body).toBe(`{"jsonrpc":"2.0","id":1,"result":{${uri('a')}}}`);
    old.answerWith(answeringLists(() => uri('b')));
    expect(urisOf(await listIn(one))).toEqual(['old://a']);
    expect(urisOf(await listIn(two))).toEqual(['old://b']);
  });

  test('is asked again at once after it said that its resources changed', async () => {
    let stream: Socket | null = null;
    const script = (name: string): void =>
      old.answerWith((request) => {
        if (request.method !== 'GET') return answeringLists(() => uri(name))(request);
        return (socket) => {
          stream = socket;
          socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n');
        };
      });
    script('a');
    const url = `${rig.origin}/mcp/legacy`;
    const session = await initialize(url, rig.keys.bot);
    const controller = new AbortController();
    const heard = await fetch(url, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${rig.keys.bot}`, 'mcp-session-id': session },
      signal: controller.signal,
    });
    const reader = heard.body?.getReader();
    await until(() => stream !== null);
    expect(urisOf(await listIn(session))).toEqual(['old://a']);
    script('b');
    expect(urisOf(await listIn(session))).toEqual(['old://a']);
    stream!.write('data: {"jsonrpc":"2.0","method":"notifications/resources/list_changed"}\n\n');
    let told = '';
    while (!told.includes('resources/list_changed')) {
      const piece = await reader?.read();
      expect(piece?.done).toBe(false);
      told += Buffer.from(piece?.value ?? []).toString();
    }
    expect(urisOf(await listIn(session))).toEqual(['old://b']);
    controller.abort();
  });

  test('is not waited for after the client cancelled', async () => {
    const script = answeringLists(() => uri('a'));
    old.requests.length = 0;
    old.answerWith((request) => (request.body.includes('resources/list') ? null : script(request)));
    const session = await initialize(`${rig.origin}/mcp/legacy`, rig.keys.bot);
    const waiting = listIn(session);
    await until(() => old.requests.some(({ body }) => body.includes('resources/list')));
    await post({
      url: `${rig.origin}/mcp/legacy`,
      key: rig.keys.bot,
      headers: { 'mcp-session-id': session },
      body: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
    });
    expect((await waiting).body).toBe('');
    await until(() => old.requests.some(({ body }) => body.includes('notifications/cancelled')));
  });

  test('is told no where it asks us something in the middle', async () => {
    const posted: string[] = [];
    old.answerWith((request) => {
      const script = answeringLists(() => uri('a'));
      if (request.method !== 'POST' || !request.body.includes('resources/list')) {
        if (request.body.includes('"error"')) posted.push(request.body.toString());
        return request.body.includes('"method"') ? script(request) : whole('', 'text/plain', '202 Accepted');
      }
      const events = [
        '{"jsonrpc":"2.0","id":7,"method":"roots/list"}',
        answer(readQuestion(request).id, `"result":{${uri('a')}}`),
      ];
      return whole(events.map((event) => `data: ${event}\n\n`).join(''), 'text/event-stream');
    });
    const session = await initialize(`${rig.origin}/mcp/legacy`, rig.keys.bot);
    expect(urisOf(await listIn(session))).toEqual(['old://a']);
    await until(() => posted.length > 0);
    expect(posted).toEqual(['{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"method not found"}}']);
  });
});

test('a client that goes away takes its questions along', async () => {
  files.answerWith(() => null);
  wiki.answerWith(() => null);
  const before = files.connections;
  const controller = new AbortController();
  const gone = fetch(`${rig.origin}/mcp/both`, {
    method: 'POST',
    signal: controller.signal,
    headers: {
      ...modernHeaders('resources/list'),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${rig.keys.other}`,
    },
    body: modernBody('resources/list'),
  }).catch(() => 'gone');
  await until(() => files.requests.length === 1);
  controller.abort();
  expect(await gone).toBe('gone');
  await until(() => files.connections <= before);
  for (;;) if ((await rig.records()).some(({ outcome }) => outcome === 'cancelled')) return;
});

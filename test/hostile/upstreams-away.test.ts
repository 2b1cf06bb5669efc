import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REFUSALS, type Refusal } from '../../dataplane/mcp/refusals.ts';
import { initialize, messagesOf, modernCall, post, type Answer } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { ACCEPTED, RawUpstream, whole, type RawRequest } from '../fixtures/upstreams/raw-upstream.ts';

const FAKE = fileURLToPath(new URL('../fixtures/programs/fake-stdio.mjs', import.meta.url));

const rig = new Rig();
let good: RawUpstream;
let gone: RawUpstream;
let legacy: RawUpstream;

const RESULT = '{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}';

/** A legacy server that refuses what belongs to no session, as the official SDK's do. */
function legacyAnswer(request: RawRequest): string {
  const id = /"id":([0-9]+)/.exec(request.body.toString())?.[1] ?? 'null';
  if (request.body.includes('"initialize"')) {
    const initialized = `{"jsonrpc":"2.0","id":${id},"result":{"protocolVersion":"2025-11-25","capabilities":{}}}`;
    return whole(initialized, 'application/json', '200 OK', 'Mcp-Session-Id: s\r\n');
  }
  if (request.headers.get('mcp-session-id') === 's') {
    return request.body.includes('"tools/call"')
      ? whole(`{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}`)
      : ACCEPTED;
  }
  const refusal = '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: Server not initialized"}}';
  return whole(refusal, 'application/json', '400 Bad Request');
}

beforeAll(async () => {
  good = await RawUpstream.open(() => whole(RESULT));
  gone = await RawUpstream.open(() => null);
  legacy = await RawUpstream.open(legacyAnswer);
  const tools = ['echo', 'hold', 'count', 'exit', 'announce'].map((name) => ({ name }));
  const servers = [
    { name: 'good', url: good.url, era: 'modern', tools },
    { name: 'gone', url: gone.url, era: 'modern', tools },
    { name: 'turned', url: legacy.url, era: 'modern', tools },
    { name: 'program', url: '', stdio: 'one', era: 'legacy', tools },
  ] as const;
  rig.offer({
    servers,
    gateways: [
      {
        name: 'all',
        servers: Object.fromEntries(servers.map(({ name }) => [name, name])),
        grants: servers.map(({ name }) => ({ to: ['bot', 'other'] as const, server: name })),
      },
    ],
  });
  await gone.close();
  await rig.start({ stdio: { one: { run: [process.execPath, FAKE], max: 1 } } });
});
afterAll(async () => {
  await rig.stop();
  await good.close();
  await legacy.close();
});

/** What a call comes to: `ok`, or what the client is told is wrong. */
async function call(tool: string, key = rig.keys.bot): Promise<string> {
  const got = await post({ url: `${rig.origin}/mcp/all`, key, ...modernCall(tool) });
  const [message] = messagesOf(got) as readonly { readonly error?: { readonly message: string } }[];
  return message?.error?.message ?? 'ok';
}

const told = (server: string, reason: Refusal): string => `server ${server} ${REFUSALS[reason].message}`;

test('a server that is away is left alone after some calls, and costs nobody else anything', async () => {
  for (let at = 0; at < 5; at++) expect(await call('gone_echo')).toBe(told('gone', 'upstream-unreachable'));
  expect(await call('gone_echo')).toBe(told('gone', 'upstream-down'));
  expect((await rig.records(6)).at(-1)).toMatchObject({ error: 'upstream-down', outcome: 'error', decision: 'allow' });
  expect(await call('good_echo')).toBe('ok');
});

test('a server that speaks the other era now is called in that era', async () => {
  expect([await call('turned_echo'), await call('turned_echo')]).toContain('ok');
  expect(await call('turned_echo')).toBe('ok');
});

test('a program whose processes are all in use has none for another caller, until one is free', async () => {
  const url = `${rig.origin}/mcp/all`;
  const session = await initialize(url, rig.keys.bot);
  const headers = { 'mcp-session-id': session };
  const bodyOf = (tool: string): string => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}"}}`;
  await post({ url, key: rig.keys.bot, headers, body: bodyOf('program_count') });
  const held = post({ url, key: rig.keys.bot, headers, body: bodyOf('program_hold') });
  await expect.poll(() => call('program_count', rig.keys.other)).toBe(told('program', 'upstream-busy'));
  const cancelled = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}';
  await post({ url, key: rig.keys.bot, headers, body: cancelled });
  await held;
  await expect.poll(() => call('program_count', rig.keys.other)).toBe('ok');
});

test('a program that crashed is heard again, by clients that listened to it before', async () => {
  const url = `${rig.origin}/mcp/all`;
  const session = await initialize(url, rig.keys.bot);
  const headers = { authorization: `Bearer ${rig.keys.bot}`, 'mcp-session-id': session };
  const ask = (tool: string): Promise<Answer> => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"program_${tool}"}}`;
    return post({ url, key: rig.keys.bot, headers: { 'mcp-session-id': session }, body });
  };
  await expect.poll(async () => (await ask('count')).body).toContain('"result"');
  const told: string[] = [];
  const stream = get(url, { headers: { ...headers, accept: 'text/event-stream' } }, (response) => {
    response.setEncoding('utf8').on('data', (text: string) => told.push(text));
    response.on('error', () => undefined);
  }).on('error', () => undefined);
  const announced = (): number => told.join('').split('notifications/tools/list_changed').length - 1;
  await expect.poll(() => ask('announce').then(announced), { timeout: 5_000 }).toBeGreaterThan(0);
  const before = announced();
  await ask('exit');
  await expect.poll(() => ask('announce').then(announced), { timeout: 5_000 }).toBeGreaterThan(before);
  stream.destroy();
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { modernCall } from '../fixtures/mcp-http.ts';
import { ACCEPTED, whole } from '../fixtures/upstreams/raw-upstream.ts';
import { error, INITIALIZED, json, reply } from './fault.ts';
import { questionOf, result } from './scripts.ts';
import { Stage } from './stage.ts';

/** What looks like an attack of a server and is none. */
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

test('an error of the tool itself is passed on, with the status of an answer', async () => {
  const body = '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no such page","data":{"n":1.0}}}';
  stage.modern.answerWith(() => json(body, '400 Bad Request'));
  const told = await stage.send(modernCall('docs_read'));
  expect([told.status, told.body]).toEqual([200, body]);
});

test('a lost session is opened again once, and the call made in the new one', async () => {
  let opened = 0;
  stage.legacy.answerWith((request) => {
    const { id, method } = questionOf(request);
    if (method === 'initialize') {
      opened++;
      return whole(reply(INITIALIZED, id), 'application/json', '200 OK', `Mcp-Session-Id: s${opened}\r\n`);
    }
    if (method !== 'tools/call') return ACCEPTED;
    const isLost = request.headers.get('mcp-session-id') === 's1';
    return isLost ? json(error(-32600, 'null'), '404 Not Found') : json(result(id, '"content":[]'));
  });
  expect((await stage.send(modernCall('old_echo'))).result).toMatchObject({ content: [] });
  const calls = stage.legacy.requests.filter((request) => questionOf(request).method === 'tools/call');
  expect(calls.map(({ headers }) => headers.get('mcp-session-id'))).toEqual(['s1', 's2']);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { REGEX_ENGINES } from '../../dataplane/content/index.ts';
import { modernCall, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';

const rig = new Rig();
let upstream: RawUpstream;

beforeAll(async () => {
  upstream = await RawUpstream.open(() =>
    whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"type":"text","text":"a plant"}]}}'),
  );
  rig.offer({
    servers: [{ name: 'up', url: upstream.url, era: 'modern', tools: [{ name: 'echo' }] }],
    gateways: [{ name: 'g', servers: { up: '' }, grants: [{ to: ['bot'], server: 'up' }] }],
    content: [{ name: 'plants', pattern: 'pl[a-z]+', action: { kind: 'redact' } }],
  });
  await rig.startChild();
});
afterAll(async () => {
  await rig.stop();
  await upstream.close();
});

test('a proxy for which no install script was needed redacts, and says on which engine: in its log, and in its status', async () => {
  const [{ name }] = REGEX_ENGINES;
  const answer = await post({ url: `${rig.origin}/mcp/g`, key: rig.keys.bot, ...modernCall('echo', '{"a":"plant"}') });
  expect([answer.status, answer.body.includes('"text":"a "'), answer.body.includes('plant')]).toEqual([
    200,
    true,
    false,
  ]);
  expect(upstream.requests.map(({ body }) => body.includes('plant'))).toEqual([false]);

  const said = rig.logs.filter((line) => line.includes('regular expressions'));
  const why = name === 're2' ? '' : ', since the native engine is not installed';
  expect(said).toEqual([`mcpgw-proxy: regular expressions run on ${name}${why}`]);
  const status = await post({ url: `${rig.adminOrigin}/status`, method: 'GET' });
  expect(JSON.parse(status.body)).toMatchObject({ regexEngine: name });
});

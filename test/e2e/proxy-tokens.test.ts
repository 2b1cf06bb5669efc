import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { REFUSALS } from '../../dataplane/mcp/refusals.ts';
import { messagesOf, modernCall, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { grant, TokenEndpoint } from '../fixtures/token-endpoint.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';

/** Servers that are called with tokens, behind a proxy that serves: one with our own, one with an exchanged one. */
const rig = new Rig();
let endpoint: TokenEndpoint;
let upstream: RawUpstream;

beforeAll(async () => {
  endpoint = await TokenEndpoint.open();
  upstream = await RawUpstream.open(() =>
    whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}'),
  );
  const request = {
    tokenUrl: endpoint.url,
    id: 'mcpgw',
    auth: 'basic',
    audience: 'a',
    resource: null,
    scopes: [],
  } as const;
  const server = { url: upstream.url, era: 'modern', tools: [{ name: 'read' }] } as const;
  rig.offer({
    servers: [
      { ...server, name: 'ours', auth: { kind: 'client', secret: 'ours', ...request } },
      { ...server, name: 'theirs', auth: { kind: 'exchange', secret: 'theirs', ...request } },
    ],
    gateways: [
      {
        name: 'desk',
        servers: { ours: 'ours', theirs: 'theirs' },
        grants: [
          { to: ['bot', 'staff'], server: 'ours' },
          { to: ['bot', 'staff'], server: 'theirs' },
        ],
      },
    ],
  });
  const secret = { from: 'env:SECRET', to: ['127.0.0.1'] };
  await rig.start({ secrets: { ours: secret, theirs: secret } }, { SECRET: 's3cret' });
});
afterAll(async () => {
  await rig.stop();
  await upstream.close();
  await endpoint.close();
});
beforeEach(() => {
  endpoint.reply = grant;
  upstream.requests.length = 0;
});

const call = async (tool: string, key: string): Promise<string> => {
  const answer = await post({ url: `${rig.origin}/mcp/desk`, key, ...modernCall(tool) });
  return JSON.stringify(messagesOf(answer));
};
const signIn = (sub: string): Promise<string> => rig.token({ sub, groups: ['staff'] });
const sentTokens = (): readonly (string | undefined)[] =>
  upstream.requests.map(({ headers }) => headers.get('authorization'));

test('a robot and a person share the token of the gateway', async () => {
  await call('ours_read', rig.keys.bot);
  await call('ours_read', await signIn('ana'));
  expect(sentTokens()).toEqual(['Bearer t1', 'Bearer t1']);
});

test('each person has a token of their own, and the server never sees the one they came with', async () => {
  const [ana, pat] = [await signIn('ana'), await signIn('pat')];
  for (const token of [ana, pat, ana]) await call('theirs_read', token);
  const [first, second, third] = sentTokens();
  expect([first?.endsWith(`-of-${ana}`), second?.endsWith(`-of-${pat}`), third === first]).toEqual([true, true, true]);
  expect(sentTokens()).not.toContain(`Bearer ${ana}`);
});

test('a robot that comes with a key has nothing to exchange: nothing is sent', async () => {
  const asked = endpoint.asked.length;
  expect(await call('theirs_read', rig.keys.bot)).toContain(REFUSALS['upstream-caller'].message);
  expect((await rig.records()).at(-1)).toMatchObject({ error: 'no-caller-token', outcome: 'error' });
  expect(rig.proxy.status()).toMatchObject({
    upstreams: [
      { server: 'ours', failure: null },
      { server: 'theirs', failure: null },
    ],
  });
  expect([upstream.requests.length, endpoint.asked.length]).toEqual([0, asked]);
});

test('an endpoint that refuses is told to operators, and no word of it to the client', async () => {
  endpoint.reply = () => ({ status: 401, body: { error: 'invalid_client', error_description: 's3cret internal' } });
  const answer = await call('theirs_read', await signIn('eve'));
  expect(answer).toContain('does not accept the credentials of the gateway');
  expect(answer).not.toMatch(/s3cret|internal|invalid/);
  expect(upstream.requests).toEqual([]);
  expect(rig.proxy.status()).toMatchObject({
    lacking: [],
    tokens: [{ server: 'theirs', identity: 'shared', reason: 'invalid-client' }],
  });
  expect(rig.logs.join('\n')).not.toMatch(/s3cret|Bearer/);
  expect(JSON.stringify(await rig.records())).not.toMatch(/s3cret|Bearer|eyJ/);
});

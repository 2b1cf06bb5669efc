import { existsSync, readFileSync, renameSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { modernBody, modernCall, modernHeaders, post, type Answer } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import type { RigOptions } from '../fixtures/rig-policy.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';

let rig: Rig;
let upstream: RawUpstream;
const rigs: Rig[] = [];

beforeAll(async () => {
  upstream = await RawUpstream.open(() =>
    whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}'),
  );
  return () => upstream.close();
});
afterEach(async () => {
  for (const old of rigs.splice(0)) await old.stop();
});

function newRig(): Rig {
  rig = new Rig();
  rigs.push(rig);
  return rig;
}

const policy = (tools: readonly string[], commit = 'c0ffee'): RigOptions => ({
  commit,
  servers: [
    { name: 'docs', url: upstream.url, era: 'modern', tools: [{ name: 'read' }, { name: 'write' }] },
    {
      name: 'locked',
      url: upstream.url,
      era: 'modern',
      auth: { kind: 'bearer', secret: 'docs-token' },
      tools: [{ name: 'open' }],
    },
    { name: 'outside', url: 'https://elsewhere.example/mcp', era: 'modern', tools: [{ name: 'look' }] },
  ],
  gateways: [
    {
      name: 'all',
      servers: { docs: '', locked: 'locked', outside: 'outside' },
      grants: [
        { to: ['bot'], server: 'docs', tools },
        { to: ['bot'], server: 'locked' },
        { to: ['bot'], server: 'outside' },
      ],
    },
  ],
});

const call = (tool: string): Promise<Answer> =>
  post({ url: `${rig.origin}/mcp/all`, key: rig.keys.bot, ...modernCall(tool) });
const list = (): Promise<Answer> =>
  post({
    url: `${rig.origin}/mcp/all`,
    key: rig.keys.bot,
    headers: modernHeaders('tools/list'),
    body: modernBody('tools/list'),
  });
const admin = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  post({ url: `${rig.adminOrigin}${path}`, method: 'GET', headers });

describe('without a bundle', () => {
  test('every call is refused and recorded, and the operator is told', async () => {
    await newRig().start();
    const answer = await call('read');
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      503,
      { jsonrpc: '2.0', error: { code: -32603, message: 'the gateway has no policy yet' } },
    ]);
    expect((await rig.records(1))[0]).toMatchObject({ error: 'not-ready', bundle: null, principal: null });
    expect([(await admin('/healthz')).status, (await admin('/readyz')).status]).toEqual([200, 503]);
    expect(rig.logs).toContain('no bundle: every call is refused');
  });

  test('the first one that comes is served without a restart', async () => {
    await newRig().start();
    rig.offer(policy(['read']));
    await rig.proxy.channel.refresh();
    expect((await call('read')).status).toBe(200);
    expect((await admin('/readyz')).status).toBe(200);
  });
});

describe('the operator’s listener', () => {
  test('shows the channel, what the configuration lacks and how servers do', async () => {
    const id = newRig().offer(policy(['read']));
    await rig.start();
    await call('read');
    await call('locked_open');
    const status = JSON.parse((await admin('/status')).body) as Record<string, unknown>;
    expect(status).toMatchObject({
      version: '0.1.0',
      channel: { state: 'ready', active: { bundle: id, commit: 'c0ffee' } },
      lacking: [
        { server: 'locked', identity: 'shared', reason: 'unknown-secret' },
        { server: 'outside', identity: 'shared', reason: 'host-not-allowed' },
      ],
      upstreams: [
        { server: 'docs', failure: null },
        { server: 'locked', failure: 'server-unavailable', detail: 'unknown-secret' },
      ],
    });
  });

  test('is not to be found on the public one, nor under another name', async () => {
    newRig().offer(policy(['read']));
    await rig.start();
    for (const path of ['/healthz', '/readyz', '/status']) {
      expect((await post({ url: `${rig.origin}${path}`, method: 'GET', key: rig.keys.bot })).status).toBe(404);
    }
    expect((await admin('/status', { host: 'rebound.example' })).status).toBe(403);
    expect((await post({ url: `${rig.adminOrigin}/status` })).status).toBe(405);
    expect((await admin('/nothing')).status).toBe(404);
  });
});

test('protected-resource metadata is public under every path, and a stranger is shown the way there', async () => {
  newRig().offer({ ...policy(['read']), url: 'https://mcp.acme.dev/gate' });
  await rig.start();
  for (const path of ['', '/gate/mcp', '/gate/mcp/all', '/anything']) {
    const answer = await post({ url: `${rig.origin}/.well-known/oauth-protected-resource${path}`, method: 'GET' });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      200,
      {
        resource: 'https://mcp.acme.dev/gate/mcp',
        authorization_servers: ['https://idp.acme.dev'],
        bearer_methods_supported: ['header'],
        resource_name: 'acme',
      },
    ]);
  }
  const stranger = await post({ url: `${rig.origin}/gate/mcp/all`, body: '{"not even' });
  expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([
    401,
    'Bearer resource_metadata="https://mcp.acme.dev/.well-known/oauth-protected-resource/gate/mcp"',
  ]);
});

test('a server without its credential costs only its own tools', async () => {
  newRig().offer(policy(['read']));
  await rig.start(
    { secrets: { 'docs-token': { from: 'env:DOCS_TOKEN', to: ['127.0.0.1'] } } },
    { DOCS_TOKEN: 's3cret' },
  );
  expect(JSON.parse((await call('locked_open')).body)).toHaveProperty('result');
  expect(upstream.requests.at(-1)?.headers.get('authorization')).toBe('Bearer s3cret');
  expect(JSON.parse((await call('outside_look')).body)).toMatchObject({
    error: { code: -32603, message: 'server outside is not available: ask whoever runs the gateway' },
  });
  expect(JSON.parse((await call('read')).body)).toHaveProperty('result');
  expect(upstream.requests.at(-1)?.headers.get('authorization')).toBeUndefined();
});

describe('a new bundle', () => {
  test('changes what a connected client may do, and no request is lost under load', async () => {
    newRig().offer(policy(['read'], 'first'));
    await rig.start();
    const bundles = new Set<string | null>();
    const load = new AbortController();
    let answered = 0;
    const callers = Array.from({ length: 8 }, async () => {
      while (!load.signal.aborted) {
        const answer = await call('read');
        expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { result: { content: [] } }]);
        answered++;
      }
    });
    for (let commit = 0; commit < 10; commit++) {
      rig.offer(policy(commit % 2 === 0 ? ['read', 'write'] : ['read'], `commit-${commit}`));
      await rig.proxy.channel.refresh();
      const names = (JSON.parse((await list()).body) as { result: { tools: { name: string }[] } }).result.tools.map(
        ({ name }) => name,
      );
      expect(names.includes('write')).toBe(commit % 2 === 0);
      expect(JSON.parse((await call('write')).body)).toHaveProperty(commit % 2 === 0 ? 'result' : 'error');
    }
    load.abort();
    await Promise.all(callers);
    const records = await rig.records(answered + 20);
    for (const record of records) bundles.add(record.bundle);
    expect(records).toHaveLength(answered + 20);
    expect(bundles.size).toBeGreaterThan(5);
    expect(records.filter((record) => record.tool === 'read' && record.outcome !== 'ok')).toEqual([]);
  });

  test('that is refused changes nothing', async () => {
    const id = newRig().offer(policy(['read']));
    await rig.start();
    rig.store.writePointer(Buffer.from('{}'));
    await rig.proxy.channel.refresh();
    expect((await call('read')).status).toBe(200);
    expect(rig.proxy.channel.status()).toMatchObject({ state: 'rejecting', active: { bundle: id } });
    expect(rig.logs.some((line) => line.startsWith('bundle refused: '))).toBe(true);
  });
});

describe('as a process', () => {
  test('it says what it does, reopens its log on SIGHUP, and ends well on SIGTERM with a call under way', async () => {
    newRig().offer(policy(['read']));
    await rig.startChild();
    await call('read');
    await rig.records(1);
    renameSync(rig.auditFile, `${rig.auditFile}.1`);
    void rig.signal('SIGHUP');
    await expect.poll(() => existsSync(rig.auditFile)).toBe(true);
    await call('read');
    await rig.records(1);
    expect(readFileSync(`${rig.auditFile}.1`, 'utf8').trimEnd().split('\n')).toHaveLength(1);

    let release = (): void => undefined;
    upstream.answerWith(() => (socket) => {
      release = () =>
        void socket.write(whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}'));
    });
    const before = upstream.requests.length;
    const last = call('read');
    await expect.poll(() => upstream.requests.length).toBe(before + 1);
    const ended = rig.signal('SIGTERM');
    await expect.poll(() => rig.logs.at(-1)).toBe('mcpgw-proxy: stopping');
    release();
    expect((await last).status).toBe(200);
    expect(await ended).toBe(0);
    expect(await rig.records(2)).toHaveLength(2);
    upstream.answerWith(() => whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}'));
  });
});

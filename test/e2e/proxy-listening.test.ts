import { readFileSync } from 'node:fs';
import { request as tlsRequest } from 'node:https';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { modernCall, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
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

/** With one tool, which `bot` may use. */
function newRig(): void {
  rig = new Rig();
  rigs.push(rig);
  rig.offer({
    servers: [{ name: 'docs', url: upstream.url, era: 'modern', tools: [{ name: 'read' }] }],
    gateways: [{ name: 'all', servers: { docs: '' }, grants: [{ to: ['bot'], server: 'docs' }] }],
  });
}

describe('what cannot start', () => {
  test.each([
    ['a sealing key that is none', { seal: { keys: ['env:SEAL'] } }, 'seal.keys: env:SEAL is not 32 bytes in base64'],
    [
      'a sealing key that is missing',
      { seal: { keys: ['env:OTHER'] } },
      'seal.keys: env:OTHER cannot be used (unreadable)',
    ],
    [
      'an audit file nowhere',
      { audit: { sinks: [{ file: '/nonexistent/audit' }] } },
      'audit.sinks: /nonexistent/audit cannot be opened (ENOENT)',
    ],
    [
      'a certificate that is missing',
      { listen: { address: '127.0.0.1:0', tls: { cert: '/x', key: '/y' } } },
      'listen.tls.cert: /x cannot be read (ENOENT)',
    ],
  ])('says so in one line: %s', async (_name, changes, problem) => {
    newRig();
    await expect(rig.start(changes, { SEAL: 'short' })).rejects.toThrow(problem);
  });

  test('an address that is taken', async () => {
    newRig();
    const address = new URL(upstream.url).host;
    await expect(rig.start({ listen: { address } })).rejects.toThrow(`${address} cannot be listened on (EADDRINUSE)`);
  });
});

const outside = Object.values(networkInterfaces())
  .flat()
  .find((network) => network?.family === 'IPv4' && !network.internal)?.address;

test.skipIf(outside === undefined)('without TLS only the proxies in front may connect from elsewhere', async () => {
  newRig();
  const hosts = [String(outside)];
  await rig.start({ listen: { address: '0.0.0.0:0', trustedProxies: ['203.0.113.7/32'], hosts } });
  const url = `http://${outside}:${new URL(rig.origin).port}/mcp/all`;
  expect((await post({ url, key: rig.keys.bot, ...modernCall('read') })).status).toBe(403);
  expect((await rig.records(1))[0]).toMatchObject({ error: 'untrusted-peer' });
  await rig.stop();
  newRig();
  await rig.start({ listen: { address: '0.0.0.0:0', trustedProxies: [`${outside}/32`], hosts } });
  const allowed = `http://${outside}:${new URL(rig.origin).port}/mcp/all`;
  expect((await post({ url: allowed, key: rig.keys.bot, ...modernCall('read') })).status).toBe(200);
});

test('TLS ends at the proxy when it has a certificate, and nothing is served without', async () => {
  newRig();
  const [cert, key] = ['cert', 'key'].map((name) =>
    fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url)),
  );
  await rig.start({ listen: { address: '127.0.0.1:0', tls: { cert: cert ?? '', key: key ?? '' } } });
  expect(rig.origin).toMatch(/^https:/);
  const url = new URL(`${rig.origin}/mcp/all`);
  const authorization = `Bearer ${rig.keys.bot}`;
  const { headers, body } = modernCall('read');
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const ca = readFileSync(cert ?? '');
    const all = { 'content-type': 'application/json', authorization, ...headers };
    const request = tlsRequest(url, { method: 'POST', ca, headers: all }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end(body);
  });
  expect(status).toBe(200);
  await expect(
    post({ url: url.href.replace('https:', 'http:'), key: rig.keys.bot, ...modernCall('read') }),
  ).rejects.toThrow();
});

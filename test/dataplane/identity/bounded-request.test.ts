import { strict as assert } from 'node:assert';
import { expect, test } from 'vitest';
import { requestBounded } from '../../../dataplane/identity/bounded-request.ts';
import { parseHostPatterns } from '../../../dataplane/identity/egress.ts';
import { RawUpstream, whole } from '../../fixtures/upstreams/raw-upstream.ts';

/** What a request to a host comes to whose name is said to be at an address. */
async function ask(host: string, address: string, port: string): Promise<unknown> {
  const egress = parseHostPatterns(['idp.acme.dev', 'localhost']);
  assert(egress.ok, 'both are hosts');
  const answer = await requestBounded(
    new URL(`http://${host}:${port}/keys`),
    { method: 'GET', headers: {}, body: null, timeMs: 5_000, bytesMax: 100, reads: [200], egress: egress.patterns },
    (_hostname, done) => done(null, [{ address, family: 4 }]),
  );
  return answer.ok ? answer.status : answer.reason;
}

test('a name is asked at no address that egress does not mean, whatever the answer to a look-up', async () => {
  const upstream = await RawUpstream.open(() => whole('keys'));
  const { port } = new URL(upstream.url);
  expect(await ask('localhost', '127.0.0.1', port)).toBe(200);
  expect(await ask('idp.acme.dev', '127.0.0.1', port)).toBe('unreachable');
  expect(upstream.requests.length).toBe(1);
  await upstream.close();
});

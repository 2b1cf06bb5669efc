import { strict as assert } from 'node:assert';
import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import { parseHostPatterns, type HostPattern } from '../../../dataplane/identity/egress.ts';
import { classOfAddress, type AddressClass } from '../../../dataplane/upstream/address-class.ts';
import { guardedLookup } from '../../../dataplane/upstream/guarded-lookup.ts';
import { RawUpstream, whole } from '../../fixtures/upstreams/raw-upstream.ts';

const CLASSES: readonly [address: string, expected: AddressClass][] = [
  ['93.184.216.34', 'public'],
  ['2606:2800:220:1::1', 'public'],
  ['172.15.255.255', 'public'],
  ['172.32.0.0', 'public'],
  ['100.63.255.255', 'public'],
  ['100.128.0.0', 'public'],
  ['192.167.255.255', 'public'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12:3456::1', 'private'],
  ['fc00::1', 'private'],
  ['64:ff9b:1::1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['0.0.0.0', 'special'],
  ['0.1.2.3', 'special'],
  ['169.254.169.254', 'special'],
  ['::ffff:169.254.169.254', 'special'],
  ['64:ff9b::a9fe:a9fe', 'special'],
  ['::a9fe:a9fe', 'special'],
  ['::ffff:10.0.0.1', 'private'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b::93.184.216.34', 'public'],
  ['64:ff9b::5db8:d822', 'public'],
  ['::ffff:1:1', 'special'],
  ['100.100.100.200', 'special'],
  ['168.63.129.16', 'special'],
  ['fd00:ec2::254', 'special'],
  ['192.0.2.1', 'special'],
  ['198.18.0.1', 'special'],
  ['224.0.0.1', 'special'],
  ['240.0.0.1', 'special'],
  ['255.255.255.255', 'special'],
  ['::', 'special'],
  ['fe80::1', 'special'],
  ['fe80::1%eth0', 'special'],
  ['fec0::1', 'special'],
  ['ff02::1', 'special'],
  ['2001::1', 'special'],
  ['2001:db8::1', 'special'],
  ['2002:a00:1::1', 'special'],
  ['1.2.3', 'special'],
  ['0x7f.1', 'special'],
  ['', 'special'],
  ['example.com', 'special'],
];
test.each(CLASSES)('%s is %s', (address, expected) => {
  expect(classOfAddress(address)).toBe(expected);
});

function patterns(...texts: readonly string[]): readonly HostPattern[] {
  const parsed = parseHostPatterns(texts);
  assert(parsed.ok, 'the patterns of tests are right');
  return parsed.patterns;
}

const entry = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 });

/** What a lookup of a name finds that is at these addresses; all of them, or why none. */
function found(egress: readonly string[], hostname: string, ...addresses: readonly string[]): unknown {
  let answer: unknown = null;
  const lookup = guardedLookup(
    patterns(...egress),
    () => undefined,
    (_name, done) => done(null, addresses.map(entry)),
  );
  lookup(hostname, { all: true }, (problem, result) => {
    answer = problem?.code ?? (Array.isArray(result) ? result.map(({ address }) => address) : result);
  });
  return answer;
}

const LOOKUPS: readonly [
  name: string,
  egress: readonly string[],
  hostname: string,
  addresses: readonly string[],
  expected: unknown,
][] = [
  [
    'a public name is found',
    ['*.acme.dev'],
    'mcp.acme.dev',
    ['93.184.216.34', '2606:2800::1'],
    ['93.184.216.34', '2606:2800::1'],
  ],
  [
    'a name that a pattern allows is not in our networks',
    ['*.acme.dev'],
    'mcp.acme.dev',
    ['10.0.0.7'],
    'EADDRESSREFUSED',
  ],
  [
    'a name that is allowed as such may be',
    ['mcp.acme.dev'],
    'mcp.acme.dev',
    ['10.0.0.7', 'fd12::1'],
    ['10.0.0.7', 'fd12::1'],
  ],
  ['also where a port is given', ['mcp.acme.dev:8443'], 'MCP.acme.dev', ['10.0.0.7'], ['10.0.0.7']],
  ['no name is at the address of metadata', ['mcp.acme.dev'], 'mcp.acme.dev', ['169.254.169.254'], 'EADDRESSREFUSED'],
  ['no name but localhost is this machine', ['mcp.acme.dev'], 'mcp.acme.dev', ['127.0.0.1', '::1'], 'EADDRESSREFUSED'],
  ['localhost is this machine', ['localhost'], 'localhost', ['::1', '127.0.0.1'], ['::1', '127.0.0.1']],
  ['localhost is no other machine', ['localhost'], 'localhost', ['10.0.0.7', '93.184.216.34'], 'EADDRESSREFUSED'],
  [
    'only what may be connected to is found',
    ['*.acme.dev'],
    'mcp.acme.dev',
    ['10.0.0.7', '93.184.216.34', '::1'],
    ['93.184.216.34'],
  ],
  ['a name without an address is not found', ['mcp.acme.dev'], 'mcp.acme.dev', [], 'EADDRESSREFUSED'],
];
test.each(LOOKUPS)('%s', (_name, egress, hostname, addresses, expected) => {
  expect(found(egress, hostname, ...addresses)).toEqual(expected);
});

test('a lookup of one address, or of one family, gives just that', () => {
  const lookup = guardedLookup(
    patterns('mcp.acme.dev'),
    () => undefined,
    (_name, done) => done(null, [entry('fd12::1'), entry('10.0.0.7')]),
  );
  const answers: unknown[] = [];
  lookup('mcp.acme.dev', {}, (...answer) => answers.push(answer));
  lookup('mcp.acme.dev', { family: 4 }, (...answer) => answers.push(answer));
  lookup('mcp.acme.dev', { family: 6, all: true }, (...answer) => answers.push(answer));
  expect(answers).toEqual([
    [null, 'fd12::1', 6],
    [null, '10.0.0.7', 4],
    [null, [entry('fd12::1')]],
  ]);
});

test('a connection is made to what was checked, and to nothing else', async () => {
  const upstream = await RawUpstream.open(() => whole('here'));
  const { port } = new URL(upstream.url);
  const told: string[] = [];
  const through = async (host: string, addresses: readonly string[]): Promise<string> => {
    const lookup = guardedLookup(
      patterns('*.acme.dev', 'localhost'),
      (hostname, address) => told.push(`${hostname} ${address}`),
      (_name, done) => done(null, addresses.map(entry)),
    );
    const upstreams = new Upstreams(undefined, lookup);
    const outcome = await new Promise<string>((resolve) => {
      upstreams.send(
        { method: 'GET', url: new URL(`http://${host}:${port}/`), headers: [], body: null },
        { head: (status) => resolve(String(status)), data: () => undefined, end: () => undefined, fail: resolve },
      );
    });
    await upstreams.close();
    return outcome;
  };
  expect(await through('localhost', ['127.0.0.1'])).toBe('200');
  expect(await through('mcp.acme.dev', ['127.0.0.1', '10.0.0.7'])).toBe('unreachable');
  expect(told).toEqual(['mcp.acme.dev 127.0.0.1']);
  expect(upstream.requests.length).toBe(1);
  await upstream.close();
});

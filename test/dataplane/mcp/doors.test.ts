import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../../dataplane/http/exchange.ts';
import { RequestHeaders } from '../../../dataplane/http/request-headers.ts';
import { buildDoor, checkDoor, checkMediaTypes } from '../../../dataplane/mcp/door-checks.ts';
import { gatewayUrl, readEndpoint, type Endpoint } from '../../../dataplane/mcp/endpoint.ts';
import type { Refusal } from '../../../dataplane/mcp/refusals.ts';
import type { Policy } from '../../../schemas/types/policy.ts';
import type { Listen } from '../../../schemas/types/proxy.ts';
import { tinyPolicy } from '../../fixtures/tiny-bundle.ts';

function arrival(headers: Readonly<Record<string, string>>, peer = '127.0.0.1'): Exchange {
  return {
    method: 'POST',
    path: '/mcp',
    query: '',
    headers: new RequestHeaders(Object.entries(headers).flatMap(([name, value]) => [name.toLowerCase(), value])),
    peer,
    readBody: () => Promise.resolve({ ok: true, body: Buffer.alloc(0) }),
    answer: () => undefined,
    open: () => undefined,
    write: () => true,
    end: () => undefined,
    cut: () => undefined,
    onClose: () => undefined,
    onDrain: () => undefined,
  };
}

const LOCAL: Listen = { address: '127.0.0.1:8080' };
const PUBLIC: Listen = {
  address: '0.0.0.0:8443',
  trustedProxies: ['10.0.0.0/8', 'fd00::/8'],
  hosts: ['mcp.acme.dev', 'alt.acme.dev:8443'],
  origins: ['https://app.acme.dev'],
};

const DOORS: readonly [
  name: string,
  listen: Listen,
  headers: Record<string, string>,
  peer: string,
  refusal: Refusal | null,
][] = [
  ['loopback by address', LOCAL, { host: '127.0.0.1:8080' }, '127.0.0.1', null],
  ['loopback by name, in capitals', LOCAL, { host: 'LocalHost:8080' }, '127.0.0.1', null],
  ['loopback by IPv6', LOCAL, { host: '[::1]:8080' }, '::1', null],
  ['no Host', LOCAL, {}, '127.0.0.1', 'wrong-host'],
  ['another name', LOCAL, { host: 'acme.dev' }, '127.0.0.1', 'wrong-host'],
  ['a name that ends like loopback', LOCAL, { host: 'x.localhost' }, '127.0.0.1', 'wrong-host'],
  ['a page on this machine', LOCAL, { host: 'localhost', origin: 'http://localhost:6274' }, '127.0.0.1', null],
  [
    'a page that calls itself this machine',
    LOCAL,
    { host: 'localhost', origin: 'http://localhost.evil.dev' },
    '127.0.0.1',
    'wrong-origin',
  ],
  ['a file', LOCAL, { host: 'localhost', origin: 'file://' }, '127.0.0.1', 'wrong-origin'],
  ['a named host through a proxy', PUBLIC, { host: 'mcp.acme.dev' }, '10.1.2.3', null],
  ['a named host with any port', PUBLIC, { host: 'MCP.acme.dev:443' }, '10.1.2.3', null],
  ['a host named with its port', PUBLIC, { host: 'alt.acme.dev:8443' }, '10.1.2.3', null],
  ['a host named with another port', PUBLIC, { host: 'alt.acme.dev:1' }, '10.1.2.3', 'wrong-host'],
  ['loopback names, which are not listed', PUBLIC, { host: 'localhost' }, '10.1.2.3', 'wrong-host'],
  ['a proxy over IPv6', PUBLIC, { host: 'mcp.acme.dev' }, 'fd00::7', null],
  ['a proxy seen as mapped IPv6', PUBLIC, { host: 'mcp.acme.dev' }, '::ffff:10.1.2.3', null],
  ['somebody else', PUBLIC, { host: 'mcp.acme.dev' }, '192.168.1.1', 'untrusted-peer'],
  ['nobody', PUBLIC, { host: 'mcp.acme.dev' }, '', 'untrusted-peer'],
  ['a listed page', PUBLIC, { host: 'mcp.acme.dev', origin: 'https://app.acme.dev' }, '10.1.2.3', null],
  [
    'a page of the same site',
    PUBLIC,
    { host: 'mcp.acme.dev', origin: 'https://mcp.acme.dev' },
    '10.1.2.3',
    'wrong-origin',
  ],
];

test.each(DOORS)('at the door: %s', (_name, listen, headers, peer, refusal) => {
  expect(checkDoor(buildDoor(listen), arrival(headers, peer))).toBe(refusal);
});

test('where TLS ends here anybody may connect', () => {
  const door = buildDoor({ ...PUBLIC, tls: { cert: 'c', key: 'k' } });
  expect(checkDoor(door, arrival({ host: 'mcp.acme.dev' }, '192.168.1.1'))).toBeNull();
});

const BOTH = 'application/json, text/event-stream';
const TYPES: readonly [name: string, headers: Record<string, string>, refusal: Refusal | null][] = [
  ['what clients send', { 'content-type': 'application/json', accept: BOTH }, null],
  [
    'in capitals, with parameters',
    { 'content-type': 'Application/JSON; charset="UTF-8"', accept: 'TEXT/*;q=0.5, application/json;q=1' },
    null,
  ],
  ['whatever comes', { 'content-type': 'application/json', accept: '*/*' }, null],
  ['without Accept', { 'content-type': 'application/json' }, null],
  ['only events', { 'content-type': 'application/json', accept: 'text/event-stream' }, 'not-acceptable'],
  ['no type', { accept: BOTH }, 'content-type'],
  ['JSON of another kind', { 'content-type': 'application/json-patch+json', accept: BOTH }, 'content-type'],
  ['an unknown parameter', { 'content-type': 'application/json; boundary=x', accept: BOTH }, 'content-type'],
  ['identity encoding', { 'content-type': 'application/json', 'content-encoding': 'Identity', accept: BOTH }, null],
  ['compressed', { 'content-type': 'application/json', 'content-encoding': 'br', accept: BOTH }, 'content-type'],
];

test.each(TYPES)('media types: %s', (_name, headers, refusal) => {
  expect(checkMediaTypes(arrival(headers))).toBe(refusal);
});

describe('an endpoint', () => {
  const root: Policy = { ...tinyPolicy, url: 'https://mcp.acme.dev' };
  const below: Policy = { ...tinyPolicy, url: 'https://acme.dev/tools/' };
  const mcp = (gateway: string | null): Endpoint => ({ kind: 'mcp', gateway });
  const none: Endpoint = { kind: 'none' };
  const PATHS: readonly [policy: Policy, target: string, endpoint: Endpoint][] = [
    [root, '/mcp', mcp(null)],
    [root, '/mcp/', mcp(null)],
    [root, '/mcp/eng', mcp('eng')],
    [root, '/mcp?gateway=eng', mcp('eng')],
    [root, '/mcp?x=1&gateway=eng', mcp('eng')],
    [root, '/mcp/eng?gateway=eng', mcp('eng')],
    [root, '/mcp?gateway=', none],
    [root, '/mcp?gateway=a&gateway=b', none],
    [root, '/mcp/a?gateway=b', none],
    [root, '/mcp/Eng', none],
    [root, '/mcp/eng/', none],
    [root, '/mcpx', none],
    [root, '/', none],
    [root, '', none],
    [root, '//mcp', none],
    [below, '/tools/mcp/eng', mcp('eng')],
    [below, '/mcp/eng', none],
    [below, '/.well-known/oauth-protected-resource/tools/mcp', { kind: 'metadata' }],
    [root, '/.well-known/oauth-protected-resource', { kind: 'metadata' }],
    [root, '/.well-known/oauth-protected-resourcex', none],
  ];

  test.each(PATHS)('%# %s', (policy, target, endpoint) => {
    const [path = '', query = ''] = target.split('?');
    expect(readEndpoint(policy, path, query)).toEqual(endpoint);
  });

  test('is found where the gateway says it is', () => {
    for (const policy of [root, below]) {
      expect(readEndpoint(policy, new URL(gatewayUrl(policy, 'eng')).pathname, '')).toEqual(mcp('eng'));
    }
  });
});

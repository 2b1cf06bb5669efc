import { describe, expect, test } from 'vitest';
import { checkUrl, parseHostPattern, parseHostPatterns } from '../../../dataplane/identity/egress.ts';

const patterns: [text: string, parsed: string | null][] = [
  ['mcp.acme.dev', 'mcp.acme.dev'],
  ['MCP.Acme.dev', 'mcp.acme.dev'],
  ['mcp.acme.dev:8443', 'mcp.acme.dev port 8443'],
  ['*.stripe.com', 'below stripe.com'],
  ['*.stripe.com:443', 'below stripe.com port 443'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['127.0.0.1:8080', '127.0.0.1 port 8080'],
  ['127.1', '127.0.0.1'],
  ['[::1]:80', '[::1] port 80'],
  ['::1', '[::1]'],
  ['*', null],
  ['*.', null],
  ['*.*.dev', null],
  ['a*.dev', null],
  ['*.0.0.1', null],
  ['', null],
  ['https://mcp.acme.dev', null],
  ['mcp.acme.dev/path', null],
  ['me@mcp.acme.dev', null],
  ['mcp acme.dev', null],
  ['mcp.acme.dev:0', null],
  ['mcp.acme.dev:70000', null],
  ['mcp.acme.dev:', null],
  ['mcp.%61cme.dev', null],
];

test.each(patterns)('the pattern %j', (text, parsed) => {
  const pattern = parseHostPattern(text);
  const port = pattern === null || pattern.port === null ? '' : ` port ${pattern.port}`;
  expect(pattern === null ? null : `${pattern.below ? 'below ' : ''}${pattern.host}${port}`).toBe(parsed);
});

test('a list with a bad pattern names it', () => {
  expect(parseHostPatterns(['acme.dev', 'http://x'])).toEqual({ ok: false, entry: 'http://x' });
});

describe('which URLs may be called', () => {
  const list = parseHostPatterns([
    'mcp.acme.dev',
    '*.stripe.com',
    'idp.acme.dev:8443',
    '127.0.0.1',
    'localhost:9',
    '[::1]',
  ]);
  const allowed = list.ok ? list.patterns : [];

  const urls: [url: string, result: string][] = [
    ['https://mcp.acme.dev/mcp', 'ok'],
    ['https://mcp.acme.dev:9443/mcp', 'ok'],
    ['https://MCP.ACME.DEV/mcp', 'ok'],
    ['https://api.stripe.com', 'ok'],
    ['https://a.b.stripe.com', 'ok'],
    ['https://stripe.com', 'host-not-allowed'],
    ['https://evilstripe.com', 'host-not-allowed'],
    ['https://api.stripe.com.evil.example', 'host-not-allowed'],
    ['https://idp.acme.dev:8443', 'ok'],
    ['https://idp.acme.dev', 'host-not-allowed'],
    ['https://mcp.acme.dev.', 'host-not-allowed'],
    ['https://mcp.acme.dev@evil.example', 'malformed-url'],
    ['https://user:pw@mcp.acme.dev', 'malformed-url'],
    ['http://mcp.acme.dev', 'insecure-url'],
    ['ftp://mcp.acme.dev', 'insecure-url'],
    ['file:///etc/passwd', 'insecure-url'],
    ['javascript:1', 'insecure-url'],
    ['http://127.0.0.1:3000/mcp', 'ok'],
    ['http://0x7f.1:3000', 'ok'],
    ['http://127.0.0.2', 'host-not-allowed'],
    ['http://[::1]:3000', 'ok'],
    ['http://localhost:9', 'ok'],
    ['http://localhost:10', 'host-not-allowed'],
    ['http://localhost.evil.example', 'insecure-url'],
    ['http://[::ffff:127.0.0.1]', 'host-not-allowed'],
    ['/mcp', 'malformed-url'],
    ['', 'malformed-url'],
  ];

  test.each(urls)('%j', (url, result) => {
    const checked = checkUrl(url, allowed);
    expect(checked.ok ? 'ok' : checked.reason).toBe(result);
  });

  test('nothing is allowed when nothing is listed', () => {
    expect(checkUrl('https://mcp.acme.dev', [])).toEqual({ ok: false, reason: 'host-not-allowed' });
  });
});

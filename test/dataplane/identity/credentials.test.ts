import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCredentialHeader } from '../../../dataplane/identity/credential-header.ts';
import { Credentials } from '../../../dataplane/identity/credentials.ts';
import { parseHostPatterns } from '../../../dataplane/identity/egress.ts';
import { readReference, type Environment } from '../../../dataplane/identity/reference.ts';
import { Secrets } from '../../../dataplane/identity/secrets.ts';
import { UpstreamTokens } from '../../../dataplane/identity/upstream-tokens.ts';
import type { Server, UpstreamAuth } from '../../../schemas/types/policy.ts';
import type { Secret } from '../../../schemas/types/proxy.ts';
import { policy } from './organisation.ts';

let folder: string;
let opened: Secrets[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-secrets-'));
  opened = [];
});

afterEach(async () => {
  for (const secrets of opened) secrets.close();
  await rm(folder, { recursive: true });
});

async function open(secrets: Readonly<Record<string, Secret>>, environment: Environment = {}): Promise<Secrets> {
  const held = await Secrets.open(secrets, environment);
  opened.push(held);
  return held;
}

const GITHUB = new URL('https://mcp.github.acme.dev/mcp');

function valueOf(secrets: Secrets, name: string, url = GITHUB): string {
  const result = secrets.valueFor(name, url);
  return result.ok ? result.value : result.reason;
}

describe('references', () => {
  test('a file, without the white space around it', async () => {
    const path = join(folder, 'token');
    await writeFile(path, '  s3cret\r\n');
    expect(await readReference(`file:${path}`, {})).toEqual({ ok: true, value: 's3cret' });
  });

  test('a variable of the environment', async () => {
    expect(await readReference('env:TOKEN', { TOKEN: 's3cret\n' })).toEqual({ ok: true, value: 's3cret' });
  });

  const failures: [name: string, content: string | Buffer, reason: string][] = [
    ['an empty file', '', 'empty'],
    ['a blank file', ' \n', 'empty'],
    ['a file that is no UTF-8', Buffer.from([0xff, 0xfe]), 'not-text'],
    ['a file that is too large', 'x'.repeat(16_385), 'too-large'],
  ];

  test.each(failures)('%s', async (_name, content, reason) => {
    const path = join(folder, 'token');
    await writeFile(path, content);
    expect(await readReference(`file:${path}`, {})).toEqual({ ok: false, reason });
  });

  const others: [reference: string, reason: string][] = [
    ['file:/nonexistent/token', 'unreadable'],
    ['file:/', 'unreadable'],
    ['env:MISSING', 'unreadable'],
    ['env:constructor', 'unreadable'],
    ['s3cret', 'malformed-reference'],
    ['https://vault/token', 'malformed-reference'],
  ];

  test.each(others)('%s', async (reference, reason) => {
    expect(await readReference(reference, {})).toEqual({ ok: false, reason });
  });
});

describe('secrets', () => {
  test('are given out for their hosts only', async () => {
    const secrets = await open(
      { bot: { from: 'env:BOT', to: ['mcp.github.acme.dev', 'api.acme.dev:8443', '127.0.0.1'] } },
      { BOT: 's3cret' },
    );
    expect(valueOf(secrets, 'bot')).toBe('s3cret');
    expect(valueOf(secrets, 'bot', new URL('https://evil.example'))).toBe('secret-not-for-host');
    expect(valueOf(secrets, 'bot', new URL('https://api.acme.dev'))).toBe('secret-not-for-host');
    expect(valueOf(secrets, 'bot', new URL('https://api.acme.dev:8443'))).toBe('s3cret');
    expect(valueOf(secrets, 'bot', new URL('http://127.0.0.1:5'))).toBe('s3cret');
    expect(valueOf(secrets, 'bot', new URL('http://mcp.github.acme.dev'))).toBe('secret-over-plain-http');
    expect(valueOf(secrets, 'other')).toBe('unknown-secret');
    expect(valueOf(secrets, '__proto__')).toBe('unknown-secret');
  });

  test('are reported when they have no value, without showing any', async () => {
    const secrets = await open(
      {
        gone: { from: 'file:/nonexistent', to: ['mcp.github.acme.dev'] },
        torn: { from: 'env:TORN', to: ['mcp.github.acme.dev'] },
        good: { from: 'env:GOOD', to: ['mcp.github.acme.dev'] },
      },
      { TORN: 's3cret\r\nX-Admin: 1', GOOD: 's3cret' },
    );
    expect(valueOf(secrets, 'gone')).toBe('secret-missing');
    expect(valueOf(secrets, 'torn')).toBe('secret-malformed');
    expect([...secrets.status()]).toEqual([
      ['gone', 'unreadable'],
      ['torn', 'not-printable'],
    ]);
    expect(JSON.stringify(secrets)).not.toContain('s3cret');
  });

  test('are either sent somewhere or keys of hashes, whatever they are asked for as', async () => {
    const LONG = '0123456789abcdef';
    const secrets = await open(
      {
        bot: { from: 'env:LONG', to: ['mcp.github.acme.dev'] },
        key: { from: 'env:LONG', use: 'hash' },
        short: { from: 'env:SHORT', use: 'hash' },
        gone: { from: 'env:GONE', use: 'hash' },
      },
      { LONG, SHORT: LONG.slice(1) },
    );
    expect(valueOf(secrets, 'bot')).toBe(LONG);
    expect(valueOf(secrets, 'key')).toBe('secret-not-for-host');
    expect(secrets.hashKey('key')).toEqual({ ok: true, key: Buffer.from(LONG) });
    expect(secrets.hashKey('bot')).toEqual({ ok: false, reason: 'secret-not-for-hashes' });
    expect(secrets.hashKey('short')).toEqual({ ok: false, reason: 'secret-missing' });
    expect(secrets.hashKey('gone')).toEqual({ ok: false, reason: 'secret-missing' });
    expect(secrets.hashKey('other')).toEqual({ ok: false, reason: 'unknown-secret' });
    expect(secrets.hashKey('__proto__')).toEqual({ ok: false, reason: 'unknown-secret' });
    expect([...secrets.status()]).toEqual([
      ['short', 'too-short'],
      ['gone', 'unreadable'],
    ]);
    expect(JSON.stringify(secrets)).not.toContain(LONG);
  });

  test('in files change with the file, and go with it', async () => {
    const path = join(folder, 'token');
    await writeFile(join(folder, 'one'), 'one\n');
    await writeFile(join(folder, 'two'), 'two\n');
    await symlink('one', path);
    const secrets = await open({ bot: { from: `file:${path}`, to: ['mcp.github.acme.dev'] } });
    expect(valueOf(secrets, 'bot')).toBe('one');
    await symlink('two', `${path}.new`);
    await rename(`${path}.new`, path);
    await vi.waitFor(() => expect(valueOf(secrets, 'bot')).toBe('two'), { timeout: 20_000 });
    await rm(path);
    await secrets.reload();
    expect(valueOf(secrets, 'bot')).toBe('secret-missing');
  });
});

describe('credentials for upstream servers', () => {
  const patterns = parseHostPatterns(['mcp.github.acme.dev', 'mcp.pay.acme.dev', '127.0.0.1']);
  const egress = patterns.ok ? patterns.patterns : [];

  const server = (name: string, url: string, ...auths: readonly UpstreamAuth[]): Server => ({
    name,
    target: { url },
    identities: auths.map((auth, at) => ({ name: `i${at}`, auth })),
    openArguments: false,
    opaqueUris: false,
    strictDrift: false,
    timeoutSeconds: null,
  });

  const secrets = {
    reader: { from: 'env:READER', to: ['mcp.github.acme.dev'] },
    bot: { from: 'env:BOT', to: ['mcp.github.acme.dev'] },
    pay: { from: 'env:PAY', to: ['mcp.pay.acme.dev'] },
    empty: { from: 'env:EMPTY', to: ['mcp.github.acme.dev'] },
    local: { from: 'env:LOCAL', to: ['127.0.0.1'] },
  };
  const environment = { READER: 'r1', BOT: 'b1', PAY: 'p1', EMPTY: ' ', LOCAL: 'l1' };

  const bearer = (secret: string): UpstreamAuth => ({ kind: 'bearer', secret });
  const headers = (named: Readonly<Record<string, string>>): UpstreamAuth => ({ kind: 'headers', headers: named });
  const none: UpstreamAuth = { kind: 'none' };

  async function headersOf(servers: readonly Server[], at = 0, identity = 0): Promise<unknown> {
    const credentials = new Credentials(
      policy({ servers }),
      await open(secrets, environment),
      egress,
      new UpstreamTokens(Date.now),
      new Set(['tool']),
    );
    const found = credentials.sourceFor(at, identity, null);
    expect(credentials.lackOf(at, identity)).toBe(found.ok ? null : found.reason);
    if (!found.ok) return found.reason;
    const headers = found.transport.kind === 'stdio' ? null : await found.transport.credentials.headers();
    return headers?.ok === true ? Object.fromEntries(headers.headers) : headers;
  }

  const github = 'https://mcp.github.acme.dev/mcp';

  const cases: [name: string, servers: readonly Server[], expected: unknown][] = [
    ['none', [server('github', github, none)], {}],
    ['bearer', [server('github', github, bearer('reader'))], { authorization: 'Bearer r1' }],
    [
      'headers',
      [server('github', github, headers({ 'X-Api-Key': 'reader', 'x-tenant': 'bot' }))],
      { 'x-api-key': 'r1', 'x-tenant': 'b1' },
    ],
    [
      'a secret on loopback',
      [server('local', 'http://127.0.0.1:3000/mcp', bearer('local'))],
      { authorization: 'Bearer l1' },
    ],
    ['a secret that the configuration lacks', [server('github', github, bearer('nobody'))], 'unknown-secret'],
    ['a secret without a value', [server('github', github, bearer('empty'))], 'secret-missing'],
    [
      'one of two secrets without a value',
      [server('github', github, headers({ a: 'reader', b: 'empty' }))],
      'secret-missing',
    ],
    ['a secret that is for another host', [server('github', github, bearer('pay'))], 'secret-not-for-host'],
    ['a host that egress does not allow', [server('evil', 'https://evil.example/mcp', none)], 'host-not-allowed'],
    ['plain http', [server('github', 'http://mcp.github.acme.dev/mcp', bearer('reader'))], 'insecure-url'],
    ['a password in the URL', [server('github', 'https://a:b@mcp.github.acme.dev/mcp', none)], 'malformed-url'],
    [
      'one secret for two servers',
      [server('github', github, bearer('reader')), server('pay', 'https://mcp.pay.acme.dev', bearer('reader'))],
      'shared-secret',
    ],
    [
      'one secret for two identities of one server',
      [server('github', github, bearer('reader'), headers({ k: 'reader' }))],
      { authorization: 'Bearer r1' },
    ],
    [
      'a program that the configuration lacks',
      [{ ...server('local', github, none), target: { stdio: 'files' } }],
      'unknown-program',
    ],
    ['a program', [{ ...server('local', github, none), target: { stdio: 'tool' } }], null],
    [
      'a program with credentials',
      [{ ...server('local', github, bearer('reader')), target: { stdio: 'tool' } }],
      'credentials-for-program',
    ],
    [
      'a header that frames messages',
      [server('github', github, headers({ 'Transfer-Encoding': 'reader' }))],
      'reserved-header',
    ],
    [
      'a header of the protocol',
      [server('github', github, headers({ 'Mcp-Session-Id': 'reader' }))],
      'reserved-header',
    ],
    [
      'a header in two spellings',
      [server('github', github, headers({ 'X-Key': 'reader', 'x-key': 'bot' }))],
      'reserved-header',
    ],
    ['an identity that the server does not have', [server('github', github)], 'unknown-identity'],
    ['a server that the policy does not have', [], 'unknown-identity'],
  ];

  test.each(cases)('%s', async (_name, servers, expected) => {
    expect(await headersOf(servers)).toEqual(expected);
  });

  test('each identity has its own, and no other in its stead', async () => {
    const servers = [server('github', github, bearer('reader'), bearer('empty'), none)];
    expect([await headersOf(servers, 0, 0), await headersOf(servers, 0, 1), await headersOf(servers, 0, 2)]).toEqual([
      { authorization: 'Bearer r1' },
      'secret-missing',
      {},
    ]);
  });

  const names: [name: string, parsed: string | null][] = [
    ['X-Api-Key', 'x-api-key'],
    ['Authorization', 'authorization'],
    ['Cookie', 'cookie'],
    ['Host', null],
    ['Connection', null],
    ['Keep-Alive', null],
    ['Content-Length', null],
    ['Content-Type', null],
    ['Accept', null],
    ['TE', null],
    ['Upgrade', null],
    ['Proxy-Authorization', null],
    ['Mcp-Param-Region', null],
    ['MCP-Protocol-Version', null],
    ['X-Forwarded-For', null],
    ['traceparent', null],
    ['Last-Event-ID', null],
    ['X Api Key', null],
    ['X-Key\r\nHost', null],
    ['X-Kéy', null],
    ['', null],
    ['X'.repeat(129), null],
  ];

  test.each(names)('a header called %j', (name, parsed) => {
    expect(parseCredentialHeader(name)).toBe(parsed);
  });
});

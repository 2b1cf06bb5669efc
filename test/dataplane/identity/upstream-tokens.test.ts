import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import { CallerToken } from '../../../dataplane/identity/caller-token.ts';
import { Credentials } from '../../../dataplane/identity/credentials.ts';
import { parseHostPatterns } from '../../../dataplane/identity/egress.ts';
import type { Identity } from '../../../dataplane/identity/identity.ts';
import { Secrets } from '../../../dataplane/identity/secrets.ts';
import { UpstreamTokens } from '../../../dataplane/identity/upstream-tokens.ts';
import type { CredentialHeaders, CredentialSource } from '../../../dataplane/upstream/channel.ts';
import { Channels } from '../../../dataplane/upstream/channels.ts';
import type { Server, UpstreamAuth } from '../../../schemas/types/policy.ts';
import type { Secret } from '../../../schemas/types/proxy.ts';
import { callOf, Heard } from '../../fixtures/channel-ends.ts';
import { TokenEndpoint } from '../../fixtures/token-endpoint.ts';
import { RawUpstream, whole, type RawRequest } from '../../fixtures/upstreams/raw-upstream.ts';
import { NOW_MS, policy } from './organisation.ts';

const RESULT = '{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}';
const DENIED = whole('no', 'text/plain', '401 Unauthorized');
const SECRET = 's3cret';

let endpoint: TokenEndpoint;
let upstream: RawUpstream;
let folder: string;
let secrets: Secrets;
let nowMs: number;
let tokens: UpstreamTokens;

beforeEach(async () => {
  endpoint = await TokenEndpoint.open();
  upstream = await RawUpstream.open(() => whole(RESULT));
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-tokens-'));
  await writeFile(join(folder, 'secret'), SECRET);
  nowMs = NOW_MS;
  tokens = new UpstreamTokens(() => nowMs);
  secrets = await openSecrets();
});
afterEach(async () => {
  secrets.close();
  await endpoint.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});

function openSecrets(to: readonly string[] = ['127.0.0.1']): Promise<Secrets> {
  const secret: Secret = { from: `file:${join(folder, 'secret')}`, to };
  return Secrets.open({ docs: secret, wiki: secret }, {});
}

const request = (more: object = {}): Extract<UpstreamAuth, { kind: 'client' }> => ({
  kind: 'client',
  tokenUrl: endpoint.url,
  id: 'mcpgw',
  secret: 'docs',
  auth: 'basic',
  audience: null,
  resource: null,
  scopes: [],
  ...more,
});
const exchange = (more: object = {}): UpstreamAuth => ({ ...request(more), kind: 'exchange', audience: 'docs' });

const server = (name: string, ...auths: readonly UpstreamAuth[]): Server => ({
  name,
  target: { url: upstream.url },
  identities: auths.map((auth, at) => ({ name: `i${at}`, auth })),
  openArguments: false,
  opaqueUris: false,
  strictDrift: false,
  timeoutSeconds: null,
});

function credentialsOf(servers: readonly Server[], egress: readonly string[] = ['127.0.0.1']): Credentials {
  const patterns = parseHostPatterns(egress);
  return new Credentials(policy({ servers }), secrets, patterns.ok ? patterns.patterns : [], tokens);
}

/** The source of the first server's first identity, or of another. */
function sourceOf(credentials: Credentials, caller: CallerToken | null = null, at = 0, identity = 0): CredentialSource {
  const found = credentials.sourceFor(at, identity, caller === null ? null : () => caller);
  assert(found.ok, 'nothing is lacking');
  assert(found.transport.kind === 'http', 'the server has a URL');
  return found.transport.credentials;
}

const sentBy = (headers: CredentialHeaders): string =>
  headers.ok ? headers.headers.map(([name, value]) => `${name}: ${value}`).join() : headers.reason;

async function sent(source: CredentialSource): Promise<string> {
  return sentBy(await source.headers());
}

/** A token as `person` would sign in with; the tests of identification have real ones. */
const jwt = (text: string): string => `h.${text}.s`;

function callerWith(person: string, credential: string): CallerToken {
  const identity: Identity = {
    kind: 'person',
    issuer: 'corp',
    id: `corp:${person}`,
    email: '',
    groups: [],
    subjects: [],
    claims: new Map(),
    clientId: '',
    expiresMs: NOW_MS + 600_000,
    key: `key of ${person}`,
  };
  return new CallerToken(identity, `Bearer ${credential}`);
}

describe('a token of our own', () => {
  test('is fetched once, however many wait for it', async () => {
    const credentials = credentialsOf([server('docs', request())]);
    const all = await Promise.all(Array.from({ length: 50 }, () => sent(sourceOf(credentials))));
    expect(new Set(all)).toEqual(new Set(['authorization: Bearer t1']));
    expect(endpoint.asked).toHaveLength(1);
  });

  test('is there at once from then on', async () => {
    const source = sourceOf(credentialsOf([server('docs', request())]));
    await source.headers();
    expect(source.headers()).toEqual({ ok: true, headers: [['authorization', 'Bearer t1']] });
  });

  test('is fetched anew shortly before it expires, and still used meanwhile', async () => {
    const source = sourceOf(credentialsOf([server('docs', request())]));
    await source.headers();
    nowMs += 559_999;
    expect(source.headers()).toMatchObject({ headers: [['authorization', 'Bearer t1']] });
    expect(endpoint.asked).toHaveLength(1);
    nowMs += 1;
    expect(source.headers()).toMatchObject({ headers: [['authorization', 'Bearer t1']] });
    await expect.poll(() => sent(source)).toBe('authorization: Bearer t2');
    expect(endpoint.asked).toHaveLength(2);
  });

  test('is not used any more when it is about to expire', async () => {
    const source = sourceOf(credentialsOf([server('docs', request())]));
    await source.headers();
    nowMs += 590_000;
    expect(await sent(source)).toBe('authorization: Bearer t2');
  });

  test('that cannot be kept is used by those who waited for it, and by nobody else', async () => {
    endpoint.reply = ({ number }) => ({
      body: { access_token: `t${number}`, token_type: 'Bearer', expires_in: 0 },
    });
    const source = sourceOf(credentialsOf([server('docs', request())]));
    expect(await Promise.all([sent(source), sent(source)])).toEqual(Array(2).fill('authorization: Bearer t1'));
    expect(await sent(source)).toBe('authorization: Bearer t2');
  });

  test('outlives a change of policy that leaves it alone, and no other', async () => {
    await sent(sourceOf(credentialsOf([server('docs', request())])));
    const another = server('wiki', request({ secret: 'wiki' }));
    expect(await sent(sourceOf(credentialsOf([another, server('docs', request())]), null, 1))).toContain('t1');
    const changes: readonly Server[] = [
      server('docs', request({ scopes: ['read'] })),
      server('docs', request({ id: 'other' })),
      server('docs', request({ audience: 'docs' })),
      { ...server('docs', request()), target: { url: upstream.url.replace('/mcp', '/other') } },
      server('handbook', request()),
    ];
    const found = [];
    for (const changed of changes) found.push(await sent(sourceOf(credentialsOf([changed]))));
    expect(found).toEqual([2, 3, 4, 5, 6].map((number) => `authorization: Bearer t${number}`));
  });

  test('is of one identity: another of the same server has its own', async () => {
    const credentials = credentialsOf([server('docs', request(), request())]);
    expect([await sent(sourceOf(credentials)), await sent(sourceOf(credentials, null, 0, 1))]).toEqual([
      'authorization: Bearer t1',
      'authorization: Bearer t2',
    ]);
  });

  test('goes with the secret that it was fetched with', async () => {
    const source = sourceOf(credentialsOf([server('docs', request())]));
    await source.headers();
    await rm(join(folder, 'secret'));
    await secrets.reload();
    expect(await sent(source)).toBe('server-unavailable');
    expect(endpoint.asked).toHaveLength(1);
  });

  test('of an endpoint that fails is asked for again after a while, by whoever needs it then', async () => {
    endpoint.reply = () => ({ status: 503, body: '' });
    const credentials = credentialsOf([server('docs', request())]);
    expect(await Promise.all([sent(sourceOf(credentials)), sent(sourceOf(credentials))])).toEqual(
      Array(2).fill('server-unavailable'),
    );
    expect(await sent(sourceOf(credentials))).toBe('server-unavailable');
    expect(endpoint.asked).toHaveLength(1);
    expect(credentials.tokenFailureOf(0, 0)).toBe('bad-status');
    endpoint.reply = () => ({ status: 401, body: { error: 'invalid_client' } });
    nowMs += 2_000;
    expect(await sent(sourceOf(credentials))).toBe('upstream-denied');
    expect(credentials.tokenFailureOf(0, 0)).toBe('invalid-client');
    endpoint.reply = () => ({ body: { access_token: 'good', token_type: 'Bearer' } });
    nowMs += 2_000;
    expect(await sent(sourceOf(credentials))).toBe('authorization: Bearer good');
    expect(credentials.tokenFailureOf(0, 0)).toBeNull();
  });

  test('that is still good is used while the endpoint fails', async () => {
    const source = sourceOf(credentialsOf([server('docs', request())]));
    await source.headers();
    endpoint.reply = () => ({ status: 503, body: '' });
    for (nowMs += 560_000; nowMs < NOW_MS + 590_000; nowMs += 5_000) {
      expect(await sent(source)).toBe('authorization: Bearer t1');
    }
    await expect.poll(() => endpoint.asked.length).toBeGreaterThan(1);
  });

  test('a clock that is set back forgets it', async () => {
    const source = sourceOf(credentialsOf([server('docs', request())]));
    await source.headers();
    nowMs -= 1;
    expect(await sent(source)).toBe('authorization: Bearer t2');
  });
});

describe('a token that the server refuses', () => {
  test('is not used again, and another attempt makes sense', async () => {
    const source = sourceOf(credentialsOf([server('docs', request())]));
    await source.headers();
    expect(source.refused()).toBe(true);
    expect(await sent(source)).toBe('authorization: Bearer t2');
  });

  test('costs one request for another, however many calls it was refused to', async () => {
    const credentials = credentialsOf([server('docs', request())]);
    const sources = Array.from({ length: 20 }, () => sourceOf(credentials));
    await Promise.all(sources.map(sent));
    expect(sources.map((source) => source.refused())).toEqual(sources.map(() => true));
    expect(new Set(await Promise.all(sources.map(sent)))).toEqual(new Set(['authorization: Bearer t2']));
    expect(endpoint.asked).toHaveLength(2);
  });

  test('and the next one too: then another would not help for a while', async () => {
    const source = sourceOf(credentialsOf([server('docs', request())]));
    await source.headers();
    expect(source.refused()).toBe(true);
    await source.headers();
    expect(source.refused()).toBe(false);
    expect(await sent(source)).toBe('authorization: Bearer t2');
    nowMs += 10_000;
    expect(source.refused()).toBe(true);
    expect(await sent(source)).toBe('authorization: Bearer t3');
  });

  test('that was never given out is not refused', () => {
    expect(sourceOf(credentialsOf([server('docs', request())])).refused()).toBe(false);
  });

  test('a secret that is sent as it is: another attempt makes sense when it was rotated', async () => {
    const source = sourceOf(credentialsOf([server('docs', { kind: 'headers', headers: { 'X-Api-Key': 'docs' } })]));
    expect(source.refused()).toBe(false);
    expect(await sent(source)).toBe(`x-api-key: ${SECRET}`);
    expect(source.refused()).toBe(false);
    await writeFile(join(folder, 'secret'), 'rotated');
    await secrets.reload();
    expect(source.refused()).toBe(true);
    expect(await sent(source)).toBe('x-api-key: rotated');
    expect(source.refused()).toBe(false);
  });
});

describe('a token in exchange for the caller`s', () => {
  test('is of that caller: two people never share one', async () => {
    const credentials = credentialsOf([server('docs', exchange())]);
    const ana = sourceOf(credentials, callerWith('ana', jwt('ana')));
    const pat = sourceOf(credentials, callerWith('pat', jwt('pat')));
    const found = await Promise.all([ana, pat, ana, pat].map(sent));
    expect(found.map((header) => header.replace(/\d+/, '#'))).toEqual([
      'authorization: Bearer t#-of-h.ana.s',
      'authorization: Bearer t#-of-h.pat.s',
      'authorization: Bearer t#-of-h.ana.s',
      'authorization: Bearer t#-of-h.pat.s',
    ]);
    expect(new Set(endpoint.asked.map(({ form }) => form['subject_token']))).toEqual(new Set([jwt('ana'), jwt('pat')]));
    expect(endpoint.asked).toHaveLength(2);
  });

  test('is used for every request with that token', async () => {
    const credentials = credentialsOf([server('docs', exchange())]);
    for (let calls = 0; calls < 3; calls++) await sent(sourceOf(credentials, callerWith('ana', jwt('ana'))));
    expect(endpoint.asked).toHaveLength(1);
  });

  test('is not used for another token of the same person, who may have signed in with less', async () => {
    const credentials = credentialsOf([server('docs', exchange())]);
    await sent(sourceOf(credentials, callerWith('ana', jwt('with-mfa'))));
    expect(await sent(sourceOf(credentials, callerWith('ana', jwt('without'))))).toContain('of-h.without.s');
  });

  test('nor for another person who brings the same token, which cannot be', async () => {
    const credentials = credentialsOf([server('docs', exchange())]);
    expect(await sent(sourceOf(credentials, callerWith('ana', jwt('x'))))).toContain('t1');
    expect(await sent(sourceOf(credentials, callerWith('pat', jwt('x'))))).toContain('t2');
  });

  test('one person whose token is refused costs no other anything', async () => {
    const credentials = credentialsOf([server('docs', exchange())]);
    endpoint.reply = ({ form }) =>
      form['subject_token'] === jwt('ana')
        ? { status: 400, body: { error: 'invalid_grant' } }
        : {
            body: {
              access_token: 'of-pat',
              token_type: 'Bearer',
              issued_token_type: 'urn:ietf:params:oauth:token-type:jwt',
            },
          };
    expect(await sent(sourceOf(credentials, callerWith('ana', jwt('ana'))))).toBe('upstream-denied');
    expect(await sent(sourceOf(credentials, callerWith('pat', jwt('pat'))))).toBe('authorization: Bearer of-pat');
  });

  const without: [name: string, caller: () => CallerToken | null][] = [
    ['a robot with a key', () => callerWith('bot', 'mgw_b1_x')],
    ['a caller whose request is over', () => forgotten(callerWith('ana', jwt('ana')))],
    ['nobody', () => null],
  ];
  test.each(without)('is nothing for %s', (_name, caller) => {
    const credentials = credentialsOf([server('docs', exchange())]);
    const found = caller();
    expect(credentials.sourceFor(0, 0, found === null ? null : () => found)).toEqual({
      ok: false,
      reason: 'no-caller-token',
    });
    expect(credentials.lackOf(0, 0)).toBeNull();
  });

  test('stays after the request, as the token of the caller does not', async () => {
    const caller = callerWith('ana', jwt('ana'));
    const source = sourceOf(credentialsOf([server('docs', exchange())]), caller);
    await source.headers();
    caller.forget();
    expect([caller.text, caller.digest]).toEqual([null, null]);
    expect(await sent(source)).toBe('authorization: Bearer t1-of-h.ana.s');
    nowMs += 600_000;
    expect(await sent(source)).toBe('server-unavailable');
    expect(endpoint.asked).toHaveLength(1);
  });

  test('is asked for by nobody else: another identity never sees the caller', () => {
    const credentials = credentialsOf([server('docs', { kind: 'bearer', secret: 'docs' }, request())]);
    for (const identity of [0, 1]) credentials.sourceFor(0, identity, () => assert.fail('the token was looked at'));
  });

  function forgotten(caller: CallerToken): CallerToken {
    caller.forget();
    return caller;
  }
});

describe('what the configuration lacks', () => {
  const cases: [name: string, more: object, egress: readonly string[], to: readonly string[], reason: string | null][] =
    [
      ['nothing', {}, ['127.0.0.1'], ['127.0.0.1'], null],
      [
        'the host of the token endpoint',
        { tokenUrl: 'https://idp.acme.dev/token' },
        ['127.0.0.1'],
        ['idp.acme.dev'],
        'token-host-not-allowed',
      ],
      [
        'TLS on the way there',
        { tokenUrl: 'http://idp.acme.dev/token' },
        ['127.0.0.1', 'idp.acme.dev'],
        ['idp.acme.dev'],
        'token-insecure-url',
      ],
      ['a URL', { tokenUrl: 'idp' }, ['127.0.0.1'], ['127.0.0.1'], 'token-malformed-url'],
      ['leave to send the secret there', {}, ['127.0.0.1'], ['idp.acme.dev'], 'token-secret-not-for-host'],
      ['the secret', { secret: 'other' }, ['127.0.0.1'], ['127.0.0.1'], 'token-unknown-secret'],
      ['the host of the server', {}, ['idp.acme.dev'], ['127.0.0.1'], 'host-not-allowed'],
    ];
  test.each(cases)('%s', async (_name, more, egress, to, reason) => {
    secrets.close();
    secrets = await openSecrets(to);
    for (const auth of [request(more), exchange(more)]) {
      const credentials = credentialsOf([server('docs', auth)], egress);
      expect(credentials.lackOf(0, 0)).toBe(reason);
      const found = credentials.sourceFor(0, 0, () => callerWith('ana', jwt('ana')));
      expect(found.ok ? null : found.reason).toBe(reason);
    }
    expect(endpoint.asked).toEqual([]);
  });

  test('one secret for two servers', () => {
    const credentials = credentialsOf([server('docs', request()), server('wiki', { kind: 'bearer', secret: 'docs' })]);
    expect([credentials.lackOf(0, 0), credentials.lackOf(1, 0)]).toEqual(['shared-secret', 'shared-secret']);
  });
});

test('nothing secret can be seen in what is passed around', async () => {
  const caller = callerWith('ana', jwt('ana'));
  const credentials = credentialsOf([server('docs', exchange())]);
  const source = sourceOf(credentials, caller);
  await source.headers();
  const seen = [source, caller, credentials, tokens].flatMap((value) => [
    JSON.stringify(value),
    inspect(value, { depth: 20, showHidden: true }),
  ]);
  expect(seen.join('\n')).not.toMatch(/s3cret|h\.ana\.s/);
});

describe('calls of a server that wants a token', () => {
  let upstreams: Upstreams;
  let channels: Channels;
  beforeEach(() => {
    upstreams = new Upstreams();
    channels = new Channels({ upstreams, report: (problem) => assert.fail(String(problem)) });
  });
  afterEach(async () => {
    await channels.close();
    await upstreams.close();
  });

  const tokenOf = (arrived: RawRequest | undefined): string | undefined => arrived?.headers.get('authorization');

  async function call(credentials: Credentials, caller: CallerToken | null = null): Promise<string | undefined> {
    const found = credentials.sourceFor(0, 0, caller === null ? null : () => caller);
    assert(found.ok, 'nothing is lacking');
    const target = { server: 'docs', era: 'modern', protocolVersion: '2026-07-28', capabilities: '{}' } as const;
    const opened = await channels.open(caller?.principal ?? '', { ...target, transport: found.transport });
    assert(opened.ok, 'nothing is asked before the first call');
    const heard = new Heard();
    opened.channel.send(callOf(1), heard);
    return (await heard.until(1))[0];
  }

  test('have it, all the same one', async () => {
    upstream.answerWith((arrived) => (tokenOf(arrived) === 'Bearer t1' ? whole(RESULT) : DENIED));
    const credentials = credentialsOf([server('docs', request())]);
    expect(await Promise.all(Array.from({ length: 10 }, () => call(credentials)))).toEqual(Array(10).fill(RESULT));
    expect([endpoint.asked.length, upstream.requests.length]).toEqual([1, 10]);
  });

  test('get another one, once, when it was withdrawn', async () => {
    upstream.answerWith((arrived) => (tokenOf(arrived) === 'Bearer t2' ? whole(RESULT) : DENIED));
    expect(await call(credentialsOf([server('docs', request())]))).toBe(RESULT);
    expect(upstream.requests.map(tokenOf)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  test('are denied when no token is good, at the cost of two for all of them', async () => {
    upstream.answerWith(() => DENIED);
    const credentials = credentialsOf([server('docs', request())]);
    for (let calls = 0; calls < 5; calls++) expect(await call(credentials)).toBe('failed upstream-denied');
    expect(endpoint.asked).toHaveLength(2);
  });

  test('are not made without one', async () => {
    endpoint.reply = () => ({ status: 500, body: '' });
    expect(await call(credentialsOf([server('docs', request())]))).toBe('failed server-unavailable');
    expect(upstream.requests).toEqual([]);
  });

  test('never have the token that the caller came with', async () => {
    const credentials = credentialsOf([server('docs', exchange())]);
    for (const person of ['ana', 'pat', 'ana']) {
      expect(await call(credentials, callerWith(person, jwt(person)))).toBe(RESULT);
    }
    expect(upstream.requests.map(tokenOf)).toEqual([
      'Bearer t1-of-h.ana.s',
      'Bearer t2-of-h.pat.s',
      'Bearer t1-of-h.ana.s',
    ]);
  });

  test('use the token of whoever calls now, on a way that is kept open', async () => {
    const credentials = credentialsOf([server('docs', exchange())]);
    const first = callerWith('ana', jwt('first'));
    expect(await call(credentials, first)).toBe(RESULT);
    first.forget();
    nowMs += 600_000;
    expect(await call(credentials, callerWith('ana', jwt('second')))).toBe(RESULT);
    expect(upstream.requests.map(tokenOf)).toEqual(['Bearer t1-of-h.first.s', 'Bearer t2-of-h.second.s']);
  });

  test('or have the headers that are secret themselves', async () => {
    const auth: UpstreamAuth = { kind: 'headers', headers: { 'X-Api-Key': 'docs' } };
    expect(await call(credentialsOf([server('docs', auth)]))).toBe(RESULT);
    expect(upstream.requests[0]?.headers.get('x-api-key')).toBe(SECRET);
    expect(tokenOf(upstream.requests[0])).toBeUndefined();
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TokenFailure } from '../../../dataplane/identity/token-failure.ts';
import { requestToken, type TokenAnswer } from '../../../dataplane/identity/token-request.ts';
import type { ClientAuth, ExchangeAuth } from '../../../schemas/types/policy.ts';
import { TokenEndpoint, type TokenReply } from '../../fixtures/token-endpoint.ts';

const TYPE = 'urn:ietf:params:oauth:token-type:';

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.open();
});
afterEach(() => endpoint.close());

const client = (more: Partial<ClientAuth> = {}): ClientAuth => ({
  kind: 'client',
  tokenUrl: endpoint.url,
  id: 'mcpgw',
  secret: 'docs-client',
  auth: 'basic',
  audience: null,
  resource: null,
  scopes: [],
  ...more,
});

const exchange = (more: Partial<ExchangeAuth> = {}): ExchangeAuth => ({
  ...client(),
  kind: 'exchange',
  audience: 'docs',
  ...more,
});

function ask(
  auth: ClientAuth | ExchangeAuth,
  subject: string | null = null,
  secret = 's3cret',
  timeMs?: number,
): Promise<TokenAnswer> {
  return requestToken({ url: new URL(auth.tokenUrl), auth, secret, subject, egress: [] }, timeMs);
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('a request for a token', () => {
  test('of our own says who asks in its header, and nothing more in its body', async () => {
    expect(await ask(client())).toEqual({ ok: true, token: 't1', lifetimeMs: 600_000 });
    const [{ form, headers }] = endpoint.asked as [(typeof endpoint.asked)[0]];
    expect(form).toEqual({ grant_type: 'client_credentials' });
    expect([headers.authorization, headers['content-type'], headers.accept]).toEqual([
      basic('mcpgw:s3cret'),
      'application/x-www-form-urlencoded',
      'application/json',
    ]);
  });

  test('says it in the body instead where the policy wants that', async () => {
    await ask(client({ auth: 'post' }));
    expect(endpoint.asked[0]?.form).toEqual({
      grant_type: 'client_credentials',
      client_id: 'mcpgw',
      client_secret: 's3cret',
    });
    expect(endpoint.asked[0]?.headers.authorization).toBeUndefined();
  });

  test('names audience, resource and scopes', async () => {
    await ask(client({ audience: 'docs', resource: 'https://docs.acme.dev/mcp', scopes: ['read', 'write'] }));
    expect(endpoint.asked[0]?.form).toEqual({
      grant_type: 'client_credentials',
      audience: 'docs',
      resource: 'https://docs.acme.dev/mcp',
      scope: 'read write',
    });
  });

  test('encodes what would end the id, or the secret', async () => {
    await ask(client({ id: 'a:b+ü' }), null, 'p:w %&=ß');
    expect(endpoint.asked[0]?.headers.authorization).toBe(basic('a%3Ab%2B%C3%BC:p%3Aw+%25%26%3D%C3%9F'));
  });

  test('of an exchange carries the token of the caller, and says what it is', async () => {
    expect(await ask(exchange(), 'caller')).toEqual({ ok: true, token: 't1-of-caller', lifetimeMs: 600_000 });
    expect(endpoint.asked[0]?.form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'caller',
      subject_token_type: `${TYPE}access_token`,
      requested_token_type: `${TYPE}access_token`,
      audience: 'docs',
    });
    expect(endpoint.asked[0]?.headers.authorization).toBe(basic('mcpgw:s3cret'));
  });
});

const token = (more: Readonly<Record<string, unknown>> = {}): TokenReply => ({
  body: Object.fromEntries(
    Object.entries({ access_token: 't', token_type: 'Bearer', expires_in: 60, ...more }).filter(
      ([, value]) => value !== undefined,
    ),
  ),
});
const refusal = (error: unknown, status = 400): TokenReply => ({
  status,
  body: { error, error_description: 's3cret' },
});

describe('the lifetime of a token', () => {
  const lifetimes: [name: string, expiresIn: unknown, lifetimeMs: number | null][] = [
    ['a number of seconds', 60, 60_000],
    ['a fraction', 1.5, 1_500],
    ['a text of digits', '60', 60_000],
    ['none at all', undefined, 300_000],
    ['null', null, 300_000],
    ['a day, which is more than we keep one', 86_400, 3_600_000],
    ['no time at all', 0, 0],
    ['a negative number', -1, null],
    ['a text', 'soon', null],
    ['a list', [60], null],
  ];
  test.each(lifetimes)('%s', async (_name, expiresIn, lifetimeMs) => {
    endpoint.reply = () => token({ expires_in: expiresIn });
    const answer = await ask(client());
    expect(answer.ok ? answer.lifetimeMs : null).toBe(lifetimeMs);
  });
});

describe('an answer that is no token for us', () => {
  const ofClient: [name: string, reply: TokenReply, reason: TokenFailure | null][] = [
    ['a type in other letters', token({ token_type: 'bEaReR' }), null],
    ['members that nobody knows', token({ scope: 'x', refresh_token: 'r' }), null],
    ['no type', token({ token_type: undefined }), 'malformed-answer'],
    ['another type', token({ token_type: 'DPoP' }), 'wrong-token-type'],
    ['no token', token({ access_token: undefined }), 'malformed-answer'],
    ['an empty token', token({ access_token: '' }), 'malformed-answer'],
    ['a token that is a number', token({ access_token: 5 }), 'malformed-answer'],
    ['a token that would end its header', token({ access_token: 't\r\nX-Admin: 1' }), 'malformed-answer'],
    ['a token with a space', token({ access_token: 't u' }), 'malformed-answer'],
    ['a token that is no ASCII', token({ access_token: 'tü' }), 'malformed-answer'],
    ['a token that is too long', token({ access_token: 'x'.repeat(16_385) }), 'malformed-answer'],
    ['two tokens', { body: '{"access_token":"a","access_token":"b","token_type":"Bearer"}' }, 'malformed-answer'],
    ['a list', { body: [] }, 'malformed-answer'],
    ['a page', { body: '<p>hello', headers: { 'content-type': 'text/html' } }, 'malformed-answer'],
    ['a form', { ...token(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 'malformed-answer'],
    ['nothing', { body: '' }, 'malformed-answer'],
    ['too much', { body: `${' '.repeat(70_000)}{}` }, 'too-large'],
    ['another place', { ...token(), status: 307, headers: { location: '/other' } }, 'bad-status'],
    ['a failure', { ...token(), status: 500 }, 'bad-status'],
    ['too many requests', { ...token(), status: 429 }, 'bad-status'],
    ['created', { ...token(), status: 201 }, 'bad-status'],
    ['wrong credentials', refusal('invalid_client', 401), 'invalid-client'],
    ['a client that may not', refusal('unauthorized_client'), 'unauthorized-client'],
    ['a scope that is not given', refusal('invalid_scope'), 'invalid-scope'],
    ['an audience that is not known', refusal('invalid_target'), 'invalid-target'],
    ['a grant that is not given', refusal('invalid_grant'), 'invalid-grant'],
    ['a request that is not understood', refusal('invalid_request'), 'invalid-request'],
    ['a grant that is not known', refusal('unsupported_grant_type'), 'unsupported-grant-type'],
    ['something of its own', refusal('temporarily_unavailable', 403), 'refused'],
    ['a word of ours', refusal('caller-gone'), 'refused'],
    ['an error that is no text', refusal({ error: 'invalid_client' }), 'refused'],
    ['a refusal without a word', { status: 401, body: 'no' }, 'refused'],
  ];
  test.each(ofClient)('%s', async (_name, reply, reason) => {
    endpoint.reply = () => reply;
    const answer = await ask(client());
    expect(answer.ok ? null : answer.reason).toBe(reason);
    expect(JSON.stringify(answer)).not.toContain('s3cret');
    expect(endpoint.asked.map(({ path }) => path)).toEqual(['/token']);
  });

  const exchanged = (type: unknown, access = 'new'): TokenReply =>
    token({ access_token: access, issued_token_type: type });
  const ofExchange: [name: string, reply: TokenReply, reason: TokenFailure | null][] = [
    ['an access token', exchanged(`${TYPE}access_token`), null],
    ['a JWT', exchanged(`${TYPE}jwt`), null],
    ['a refresh token', exchanged(`${TYPE}refresh_token`), 'wrong-token-type'],
    ['an identity token', exchanged(`${TYPE}id_token`), 'wrong-token-type'],
    ['a token that does not say what it is', exchanged(undefined), 'wrong-token-type'],
    ['one that is not to be sent as such', token({ token_type: 'N_A' }), 'wrong-token-type'],
    ["the caller's own token", exchanged(`${TYPE}access_token`, 'caller'), 'same-token'],
  ];
  test.each(ofExchange)('in exchange for a token: %s', async (_name, reply, reason) => {
    endpoint.reply = () => reply;
    const answer = await ask(exchange(), 'caller');
    expect(answer.ok ? null : answer.reason).toBe(reason);
  });

  test('none at all', async () => {
    endpoint.reply = () => ({ body: '{', hang: true });
    expect(await ask(client(), null, 's3cret', 50)).toEqual({ ok: false, reason: 'timeout' });
  });

  test('nobody there', async () => {
    const gone = await TokenEndpoint.open();
    await gone.close();
    expect(await ask(client({ tokenUrl: gone.url }))).toEqual({ ok: false, reason: 'unreachable' });
  });
});

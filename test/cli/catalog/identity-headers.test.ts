import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identityHeaders, type Reach } from '../../../cli/catalog/identity-headers.ts';
import { Failure } from '../../../cli/failure.ts';
import { parseHostPatterns } from '../../../dataplane/identity/egress.ts';
import { Secrets } from '../../../dataplane/identity/secrets.ts';
import type { ClientAuth } from '../../../schemas/types/policy.ts';
import { TokenEndpoint } from '../../fixtures/token-endpoint.ts';

const URL_OF_SERVER = new URL('https://mcp.acme.dev/mcp');

let endpoint: TokenEndpoint;
let secrets: Secrets;

beforeEach(async () => {
  endpoint = await TokenEndpoint.open();
  secrets = await Secrets.open({ docs: { from: 'env:DOCS', to: ['127.0.0.1'] } }, { DOCS: 's3cret' });
});
afterEach(async () => {
  secrets.close();
  await endpoint.close();
});

const client = (more: Partial<ClientAuth> = {}): ClientAuth => ({
  kind: 'client',
  tokenUrl: endpoint.url,
  id: 'mcpgw',
  secret: 'docs',
  auth: 'post',
  audience: 'docs',
  resource: null,
  scopes: [],
  ...more,
});

function reach(egress: readonly string[] = ['127.0.0.1']): Reach {
  const patterns = parseHostPatterns(egress);
  return { secrets, egress: patterns.ok ? patterns.patterns : [] };
}

async function problemOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'none',
    (problem: unknown) => (problem instanceof Failure ? problem.message : `not a failure: ${String(problem)}`),
  );
}

test('a server that wants a token is asked with one', async () => {
  expect(await identityHeaders('docs', client(), URL_OF_SERVER, reach())).toEqual([['authorization', 'Bearer t1']]);
  expect(endpoint.asked[0]?.form).toMatchObject({ client_id: 'mcpgw', client_secret: 's3cret', audience: 'docs' });
});

describe('without one it is not asked, and the reason is told', () => {
  test('where the endpoint refuses', async () => {
    endpoint.reply = () => ({ status: 401, body: { error: 'invalid_client', error_description: 's3cret' } });
    const problem = await problemOf(identityHeaders('docs', client(), URL_OF_SERVER, reach()));
    expect(problem).toContain('does not accept the client id or its secret (invalid_client)');
    expect(problem).not.toContain('s3cret');
  });

  test('where the configuration allows neither endpoint nor secret', async () => {
    const outside = identityHeaders('docs', client(), URL_OF_SERVER, reach(['mcp.acme.dev']));
    expect(await problemOf(outside)).toContain('which the configuration does not allow');
    const elsewhere = client({ tokenUrl: 'https://idp.acme.dev/token' });
    const unsent = identityHeaders('docs', elsewhere, URL_OF_SERVER, reach(['idp.acme.dev']));
    expect(await problemOf(unsent)).toContain('may not be sent to this host');
    expect(endpoint.asked).toEqual([]);
  });

  test('where there is no configuration', async () => {
    const asked = identityHeaders('docs', client(), URL_OF_SERVER, { secrets: null, egress: null });
    expect(await problemOf(asked)).toContain('--config');
  });

  test('where a caller would have to be there', async () => {
    const asked = identityHeaders('docs', { ...client(), kind: 'exchange' }, URL_OF_SERVER, reach());
    expect(await problemOf(asked)).toContain("exchanges a caller's token");
    expect(endpoint.asked).toEqual([]);
  });
});

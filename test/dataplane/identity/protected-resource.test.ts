import { describe, expect, test } from 'vitest';
import { IDENTITY_FAILURES, type IdentityFailure } from '../../../dataplane/identity/failure.ts';
import {
  protectedResource,
  protectedResourceUrl,
  renderChallenge,
} from '../../../dataplane/identity/protected-resource.ts';
import { issuer, policy } from './organisation.ts';

const robotsOnly = policy({ issuers: [issuer('actions', { for: 'robots' })] });

describe('protected-resource metadata', () => {
  test('name the one resource and the issuers for people', () => {
    expect(protectedResource(policy())).toEqual({
      resource: 'https://mcp.acme.dev/mcp',
      authorization_servers: ['https://corp.example'],
      bearer_methods_supported: ['header'],
      resource_name: 'acme',
    });
  });

  test('do not exist where no person can sign in', () => {
    expect(protectedResource(robotsOnly)).toBeNull();
  });

  const urls: [url: string, metadata: string][] = [
    ['https://mcp.acme.dev', 'https://mcp.acme.dev/.well-known/oauth-protected-resource/mcp'],
    ['https://mcp.acme.dev/', 'https://mcp.acme.dev/.well-known/oauth-protected-resource/mcp'],
    ['https://acme.dev/ai', 'https://acme.dev/.well-known/oauth-protected-resource/ai/mcp'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp'],
  ];

  test.each(urls)('of %s are found at', (url, metadata) => {
    expect(protectedResourceUrl(policy({ url }))).toBe(metadata);
  });
});

describe('challenges', () => {
  const metadata = 'resource_metadata="https://mcp.acme.dev/.well-known/oauth-protected-resource/mcp"';

  const cases: [reason: IdentityFailure, challenge: string | null][] = [
    ['no-credentials', `Bearer ${metadata}`],
    ['expired-token', `Bearer ${metadata}, error="invalid_token", error_description="the token has expired"`],
    [
      'malformed-credentials',
      `Bearer ${metadata}, error="invalid_request", error_description="the Authorization header is malformed"`,
    ],
    ['disabled-robot', null],
    ['groups-overflow', null],
    ['keys-unavailable', null],
  ];

  test.each(cases)('for %s', (reason, challenge) => {
    expect(renderChallenge(policy(), reason)).toBe(challenge);
  });

  test('of a workspace for robots alone point nowhere', () => {
    expect(renderChallenge(robotsOnly, 'no-credentials')).toBe('Bearer');
  });

  test('go with every 401 and 400, and with nothing else', () => {
    for (const [reason, { status }] of Object.entries(IDENTITY_FAILURES)) {
      const expected = status === 401 || status === 400;
      expect([reason, renderChallenge(policy(), reason as IdentityFailure) !== null]).toEqual([reason, expected]);
    }
  });
});

import { hashRobotKey } from '../../../dataplane/format/robot-key.ts';
import type { Issuer, Policy, Subject } from '../../../schemas/types/policy.ts';

/** The time of every token and key in these tests. */
export const NOW_MS = Date.UTC(2026, 10, 20, 10);
export const NOW = NOW_MS / 1000;
export const YEAR_2027 = Date.UTC(2027, 0, 1);

export const AUDIENCE = 'https://mcp.acme.dev';

export const issuer = (name: string, more: Partial<Issuer> = {}): Issuer => ({
  name,
  url: `https://${name}.example`,
  for: 'people',
  audience: [AUDIENCE],
  id: 'sub',
  email: { claim: 'email', domains: ['acme.dev'] },
  groups: { claim: 'groups', optional: false },
  claims: [],
  ...more,
});

const team = (name: string, more: Partial<Extract<Subject, { kind: 'team' }>> = {}): Subject => ({
  kind: 'team',
  name,
  groups: [],
  users: [],
  disabled: null,
  ...more,
});

export const robot = (name: string, more: Partial<Extract<Subject, { kind: 'robot' }>> = {}): Subject => ({
  kind: 'robot',
  name,
  owner: TEAM.platform,
  expires: YEAR_2027,
  keys: [],
  signIn: null,
  ...more,
});

/** Indices of the teams that every policy of these tests starts with; robots come after them. */
export const TEAM = { frozen: 0, payments: 1, platform: 2 } as const;
export const FIRST_ROBOT = 3;

export function policy(more: Partial<Policy> = {}, robots: readonly Subject[] = []): Policy {
  return {
    format: 1,
    workspace: 'acme',
    environment: 'production',
    url: AUDIENCE,
    issuers: [issuer('corp'), issuer('actions', { for: 'robots', email: null, groups: null })],
    claims: [],
    subjects: [
      team('frozen', { disabled: 'until the audit ends' }),
      team('payments', { groups: [{ issuer: 0, name: 'payments-eng' }], users: ['ana@acme.dev'] }),
      team('platform'),
      ...robots,
    ],
    clients: [],
    servers: [],
    sets: [],
    uriPatterns: [],
    allowlists: [],
    gateways: [],
    grants: [],
    patterns: [],
    content: [],
    conditions: [],
    forms: [],
    guards: [],
    limits: [],
    projections: [],
    ...more,
  };
}

/** A key as a policy holds it. */
export const keyEntry = (text: string, id: string, more: { environment?: string; expires?: number } = {}) => ({
  id,
  sha256: hashRobotKey(more.environment ?? 'production', text),
  expires: more.expires ?? YEAR_2027,
});

import { NO_CAPABILITIES } from '../../../compiler/catalog/capabilities.ts';
import { argumentsReader, Call, type Caller } from '../../../dataplane/decide/index.ts';
import type { Catalog, Definition } from '../../../schemas/types/catalog.ts';
import type { Grant, Policy, Subject } from '../../../schemas/types/policy.ts';

const definition = (server: number, name: string, more: Partial<Definition> = {}): Definition => ({
  server,
  kind: 'tool',
  name,
  effect: 'read',
  tags: [],
  pending: false,
  digest: '0'.repeat(64),
  json: '{"inputSchema":{"type":"object"}}',
  keys: null,
  headers: [],
  ...more,
});

/** Two servers with five tools between them: indices 0 to 4, the last one pending. */
export const catalog: Catalog = {
  format: 1,
  servers: ['docs', 'tickets'].map((name) => ({
    name,
    era: 'modern',
    protocolVersion: '2026-07-28',
    serverInfo: { name, version: '1' },
    instructions: null,
    legacyVersion: null,
    capabilities: NO_CAPABILITIES,
  })),
  definitions: [
    definition(0, 'read_page'),
    definition(0, 'search'),
    definition(1, 'close', { effect: 'destructive' }),
    definition(1, 'open', { effect: 'write' }),
    definition(1, 'purge', { effect: null, pending: true }),
  ],
};

const team = (name: string, more: Partial<Extract<Subject, { kind: 'team' }>> = {}): Subject => ({
  kind: 'team',
  name,
  groups: [{ issuer: 0, name: `${name}-people` }],
  users: [],
  disabled: null,
  ...more,
});

/** Subjects by index, so that tests can say who is meant. */
export const who = { robot: 0, admin: 1, frozen: 2, payments: 3, platform: 4 } as const;

export const YEAR_2027 = Date.UTC(2027, 0, 1);

export function policy(grants: readonly Partial<Grant>[], more: Partial<Policy> = {}): Policy {
  return {
    format: 1,
    workspace: 'acme',
    environment: 'dev',
    url: 'http://127.0.0.1:8080',
    issuers: [
      {
        name: 'corp',
        url: 'https://idp',
        for: 'people',
        audience: ['a'],
        id: 'sub',
        email: null,
        groups: null,
        claims: [],
      },
    ],
    claims: [],
    subjects: [
      { kind: 'robot', name: 'bot', owner: who.platform, expires: YEAR_2027, keys: [], signIn: null },
      { kind: 'role', name: 'admin', isDefault: false, users: ['root@acme.dev'], capabilities: ['use-all-gateways'] },
      team('frozen', { disabled: 'until the audit ends' }),
      team('payments', { users: ['ana@acme.dev', 'corp:u7'] }),
      team('platform'),
    ],
    clients: [{ name: 'claude', ids: ['https://claude'], names: ['cursor'] }],
    servers: ['docs', 'tickets'].map((name) => ({
      name,
      target: { url: 'http://127.0.0.1:1/mcp' },
      identities: [{ name: 'none', auth: { kind: 'none' } }],
      openArguments: false,
      opaqueUris: false,
      strictDrift: false,
      timeoutSeconds: null,
    })),
    sets: [[0, 1], [2, 3], [3], [4]],
    uriPatterns: [],
    allowlists: [
      {
        name: 'docs',
        entries: [
          { rule: 1, assignment: 'docs', server: 0, tools: 0, prompts: -1, resources: -1, templates: -1, when: -1 },
        ],
      },
    ],
    gateways: [
      {
        rule: 0,
        name: 'desk',
        assignments: [
          {
            rule: 0,
            name: 'docs',
            server: 0,
            identity: 0,
            prefix: 'docs',
            rename: {},
            asks: [],
            urlHosts: [],
            ownUris: true,
            uris: -1,
          },
          {
            rule: 0,
            name: 'tickets',
            server: 1,
            identity: 0,
            prefix: 't',
            rename: { close: 'shut' },
            asks: [],
            urlHosts: [],
            ownUris: true,
            uris: -1,
          },
        ],
        clients: null,
        staleMode: 'closed',
      },
    ],
    grants: grants.map((grant, at) => ({
      rule: 10 + at,
      gateway: 0,
      to: [],
      allowlists: [],
      entries: [],
      expires: 0,
      ...grant,
    })),
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

export const ticketsEntry = (tools: number, when = -1): Grant['entries'][number] => ({
  rule: 5,
  assignment: 'tickets',
  server: 1,
  tools,
  prompts: -1,
  resources: -1,
  templates: -1,
  when,
});

export const NOBODY: Caller = {
  kind: 'person',
  subjects: [],
  clientId: '',
  clientName: '',
  id: '',
  email: '',
  claims: new Map(),
};

/** A call with these arguments, given as JSON text; null = a list is made. */
export function callOf(caller: Caller, nowMs: number, args: string | null = '{}'): Call {
  const bytes = Buffer.from(args ?? '');
  return new Call(caller, nowMs, args === null ? null : argumentsReader(bytes, { start: 0, end: bytes.length }));
}

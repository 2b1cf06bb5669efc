import { definitionDigest } from '../../../dataplane/format/definition-digest.ts';
import { parseJsonTree } from '../../../dataplane/format/json-tree.ts';

/** The documents that the examples vary: parts of one small policy. */

export const WORKSPACE = `kind: Workspace
name: acme
language: 1
url: https://mcp.acme.dev
environments: [production]
issuers:
  corp:
    url: https://idp.acme.dev
    for: people
    audience: https://mcp.acme.dev
    id: sub
    email: { claim: email, domains: [acme.dev] }
    groups: groups
  ci:
    url: https://ci.acme.dev
    for: robots
    audience: https://mcp.acme.dev
`;

export const ROLE = `kind: Role
name: admin
capabilities: [use-all-gateways]
members: { users: [root@acme.dev] }
`;

export const TEAM = `kind: Team
name: support
members: { groups: [support], users: [ana@acme.dev] }
`;

export const ROBOT = `kind: Robot
name: triage-bot
owner: support
signIn: { issuer: ci, match: { sub: 'repo:acme/triage' } }
expires: 2027-03-31
`;

export const CLIENT = `kind: Client
name: claude-code
ids: [https://claude.ai/oauth/claude-code-client-metadata]
`;

export const SERVER = `kind: Server
name: tickets
url: https://tickets.acme.dev/mcp
owners: [support]
catalog: tickets.lock.json
identities:
  reader: { bearer: tickets-reader }
effects:
  read: [get_ticket, list_tickets]
  write: [close_ticket]
`;

export const ALLOWLIST = `kind: Allowlist
name: ticket-reader
allow:
  - { server: tickets, effects: [read], prompts: ['*'], resources: [ticket://*] }
`;

export const GATEWAY = `kind: Gateway
name: desk
servers:
  tickets: { identity: reader }
clients: { only: [claude-code] }
`;

export const GRANT = `kind: Grant
name: support-daily
gateway: desk
to: { teams: [support], robots: [triage-bot] }
allow: [ticket-reader, tickets/close_ticket]
expires: 2027-06-30
`;

export const RULE = String.raw`kind: RedactionRule
name: cards
detect: { regex: ['\b\d{16}\b'], check: luhn }
action: { replace: '[CARD]' }
examples:
  - { in: paid with 4111111111111111, out: 'paid with [CARD]' }
  - { unchanged: ticket 1234567812345678 }
`;

export const WIKI = `kind: Server
name: wiki
url: https://wiki.acme.dev/mcp
catalog: wiki.lock.json
identities:
  public: none
effects:
  read: [read_page]
`;

export interface WikiLock {
  readonly server?: string;
  readonly tool?: string;
  readonly description?: string;
  readonly inputSchema?: object;
  /** Otherwise that of the definition. */
  readonly digest?: string;
  readonly pending?: true;
}

/** The lock of a server with one tool, as `mcpgw catalog sync` writes it. */
export function wikiLock(lock: WikiLock = {}): string {
  const { server = 'wiki', tool = 'read_page', description = 'A page.', inputSchema = { type: 'object' } } = lock;
  const definition = { description, inputSchema, name: tool };
  const { digest = digestOf(definition) } = lock;
  const tools = [{ definition, digest, name: tool, ...(lock.pending === true ? { pending: true } : {}) }];
  const text = {
    era: 'modern',
    format: 1,
    instructions: null,
    prompts: [],
    protocolVersion: '2026-07-28',
    resourceTemplates: [],
    server,
    serverInfo: { name: 'wiki', version: '1.0.0' },
    tools,
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

function digestOf(definition: object): string {
  const parsed = parseJsonTree(JSON.stringify(definition));
  return (parsed.ok ? definitionDigest('tool', parsed.tree) : null) ?? '';
}

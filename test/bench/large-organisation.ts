import { definitionDigest } from '../../dataplane/format/definition-digest.ts';
import { parseJsonTree } from '../../dataplane/format/json-tree.ts';
import { writeLock } from '../../compiler/catalog/write-lock.ts';
import type { SourceFile } from '../../compiler/diagnostics/diagnostic.ts';

export interface Size {
  readonly teams: number;
  readonly gateways: number;
  readonly servers: number;
  readonly toolsPerServer: number;
  readonly grants: number;
  readonly grantsPerFile: number;
}

/** design.md, Scale: 500 teams, 300 gateways, 100 servers, 5 000 tools, 20 000 grants in about 2 000 files. */
export const LARGE: Size = {
  teams: 500,
  gateways: 300,
  servers: 100,
  toolsPerServer: 50,
  grants: 20_000,
  grantsPerFile: 20,
};

export interface Organisation {
  readonly files: readonly SourceFile[];
  readonly locks: readonly SourceFile[];
}

const EFFECTS = ['read', 'read', 'read', 'write', 'destructive'] as const;
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const tool = (at: number): string => `tool_${at}`;

/** A believable company of that size; the same one every time. */
export function largeOrganisation(size: Size): Organisation {
  const files: SourceFile[] = [
    { path: 'workspace.yaml', text: WORKSPACE },
    { path: 'rules.yaml', text: RULES },
  ];
  const add = (path: string, text: string): void => void files.push({ path, text });
  for (const at of range(size.teams)) {
    add(
      `teams/team-${at}.yaml`,
      `kind: Team\nname: team-${at}\nmembers: { groups: [group-${at}], users: [lead-${at}@acme.dev] }\n`,
    );
  }
  for (const at of range(size.servers)) add(`servers/server-${at}.yaml`, serverText(at, size));
  for (const at of range(size.servers)) add(`allowlists/allowlist-${at}.yaml`, allowlistText(at));
  for (const at of range(size.gateways)) add(`gateways/gateway-${at}.yaml`, gatewayText(at, size));
  for (let first = 0; first < size.grants; first += size.grantsPerFile) {
    const documents = range(Math.min(size.grantsPerFile, size.grants - first)).map((at) => grantText(first + at, size));
    add(`grants/grants-${first}.yaml`, documents.join('---\n'));
  }
  const locks = range(size.servers).map((at) => ({ path: `servers/server-${at}.lock.json`, text: lockText(at, size) }));
  return { files, locks };
}

const WORKSPACE = `kind: Workspace
name: large
language: 1
url: https://mcp.acme.dev
environments: [production]
issuers:
  corp: { url: 'https://idp.acme.dev', for: people, audience: 'https://mcp.acme.dev', id: sub, email: { claim: email, domains: [acme.dev] }, groups: groups, claims: { mfa: { from: amr, contains: mfa } } }
claims: { mfa: bool }
`;

/** Guards and invariants over all of it. */
const RULES = `kind: Guard
name: destructive-needs-mfa
match: { effects: [destructive], kinds: [person] }
unless: claims.mfa
---
kind: Guard
name: reasons-for-large-amounts
match: { effects: [write, destructive] }
unless: '!has(args.amount) || args.amount < 100000 || has(args.reason)'
---
kind: Invariant
name: robots-read
never: { kinds: [robot], effects: [write, destructive] }
---
kind: Invariant
name: not-everybody-destroys
atMost: { subjects: 499, match: { servers: [server-1, server-2, server-3], effects: [destructive] } }
---
kind: Invariant
name: few-write-on-server-7
atMost: { subjects: 499, match: { servers: [server-7], effects: [write] } }
`;

/** Six servers to a gateway. */
function assignmentsOf(gateway: number, size: Size): readonly number[] {
  return range(6).map((at) => (gateway * 7 + at * 13) % size.servers);
}

function serverText(at: number, size: Size): string {
  const byEffect = (effect: string): string =>
    range(size.toolsPerServer)
      .filter((index) => EFFECTS[index % EFFECTS.length] === effect)
      .map(tool)
      .join(', ');
  return `kind: Server
name: server-${at}
url: https://server-${at}.acme.dev/mcp
owners: [team-${at % size.teams}]
catalog: server-${at}.lock.json
identities: { bot: { bearer: secret-${at} } }
effects:
  read: [${byEffect('read')}]
  write: [${byEffect('write')}]
  destructive: [${byEffect('destructive')}]
`;
}

const allowlistText = (at: number): string => `kind: Allowlist
name: allowlist-${at}
allow:
  - { server: server-${at}, effects: [read] }
  - { server: server-${at}, tools: [tool_3, tool_8], when: '!has(args.amount) || args.amount <= ${1_000 * (at + 1)}' }
`;

function gatewayText(at: number, size: Size): string {
  const assignments = assignmentsOf(at, size).map((server) => `  server-${server}: { prefix: s${server} }`);
  return `kind: Gateway\nname: gateway-${at}\nowners: [team-${at % size.teams}]\nservers:\n${assignments.join('\n')}\n`;
}

/** Each team is granted something in 40 gateways, once in each, so that no grant repeats another. */
function grantText(at: number, size: Size): string {
  const team = at % size.teams;
  const round = Math.floor(at / size.teams);
  const gateway = (team * 7 + round * 13) % size.gateways;
  const assignments = assignmentsOf(gateway, size);
  const read = assignments[round % assignments.length] ?? 0;
  const write = assignments[(round + 1) % assignments.length] ?? 0;
  return `kind: Grant
name: grant-${at}
gateway: gateway-${gateway}
to: { teams: [team-${team}] }
allow: [allowlist-${read}, server-${write}/tool_${at % size.toolsPerServer}]
reason: OPS-${at}
`;
}

function lockText(server: number, size: Size): string {
  return writeLock({
    server: `server-${server}`,
    era: 'modern',
    protocolVersion: '2026-07-28',
    serverInfo: { name: `server-${server}`, version: '1.0.0' },
    instructions: null,
    legacyVersion: null,
    capabilities: null,
    definitions: range(size.toolsPerServer).map((at) => {
      const parsed = parseJsonTree(toolJson(at));
      if (!parsed.ok) throw new Error(parsed.message);
      const definition = parsed.tree;
      const digest = definitionDigest('tool', definition) ?? '';
      return { kind: 'tool', name: tool(at), pending: false, digest, definition, at: null };
    }),
  });
}

const toolJson = (at: number): string =>
  JSON.stringify({
    name: tool(at),
    description: `Does what tool ${at} does with the records of the department that runs this server.`,
    inputSchema: {
      type: 'object',
      properties: { id: { type: 'string' }, amount: { type: 'integer' }, reason: { type: 'string' } },
      required: ['id'],
    },
  });

import { parseJsonTree } from '../../dataplane/format/json-tree.ts';
import { definitionDigest } from '../../dataplane/format/definition-digest.ts';
import { writeLock } from '../../compiler/catalog/write-lock.ts';

/** One more than are granted: 40 are listed, and one is there to be refused. */
const TOOLS = 41;

/** About 500 bytes a tool, so that a list is 20 KB. */
function toolJson(name: string): string {
  return JSON.stringify({
    name,
    title: `Look up ${name}`,
    description: `Looks up ${name} in the records of the company and answers with what was found there. `.repeat(2),
    inputSchema: {
      type: 'object',
      properties: {
        id: { type: 'integer', description: 'The number of the record.' },
        note: { type: 'string', description: 'Why it is asked for; kept in the audit trail of the upstream.' },
      },
      required: ['id'],
    },
    annotations: { readOnlyHint: true, destructiveHint: false },
  });
}

/** Every tool of every server, as `tools/list` has it. */
export const toolTexts = (): readonly string[] => names.map(toolJson);

const names = Array.from({ length: TOOLS }, (_, at) => `tool_${String(at).padStart(2, '0')}`);

/** A server of the benchmark: its gateway has its name. */
const SERVERS = [
  { name: 'plain', era: 'modern', path: '/modern/json' },
  { name: 'stream', era: 'modern', path: '/modern/sse' },
  { name: 'old', era: 'legacy', path: '/legacy/json' },
  { name: 'old-stream', era: 'legacy', path: '/legacy/sse' },
] as const;

/**
 * The policy files of the benchmark: four servers with 41 tools, each behind a gateway without rules, and one more gateway
 * with a rule. `upstreamOrigin` as of a URL.
 */
export function benchmarkFiles(upstreamOrigin: string): Readonly<Record<string, string>> {
  const granted = names.slice(0, -1);
  const servers = SERVERS.map(
    ({ name, path }) => `---
kind: Server
name: ${name}
url: ${upstreamOrigin}${path}
catalog: ${name}.lock.json
identities: { anonymous: none }
effects:
  read: [${names.join(', ')}]
---
kind: Gateway
name: ${name}
servers: { ${name}: { prefix: "" } }
---
kind: Grant
name: ${name}
gateway: ${name}
to: { robots: [loader] }
allow: [${granted.map((tool) => `${name}/${tool}`).join(', ')}]
`,
  );
  const locks = SERVERS.map(({ name, era }) => [`${name}.lock.json`, lockText(name, era)] as const);
  return { 'policy.yaml': `${COMMON}${servers.join('')}`, ...Object.fromEntries(locks) };
}

const COMMON = `
kind: Workspace
name: bench
language: 1
url: http://127.0.0.1:8080
environments: [bench]
issuers:
  corp: { url: 'https://idp.acme.dev', for: people, audience: bench, id: sub, email: { claim: email, domains: [acme.dev] } }
---
kind: Team
name: owners
members: { users: [ana@acme.dev] }
---
kind: Robot
name: loader
owner: owners
expires: 2099-12-31
---
kind: Gateway
name: ruled
servers: { plain: { prefix: "" } }
---
kind: Grant
name: ruled
gateway: ruled
to: { robots: [loader] }
allow: ["plain/*"]
---
kind: RedactionRule
name: cards
match: { gateways: [ruled] }
detect: { regex: ['\\b\\d(?:[ -]?\\d){12,15}\\b'], check: luhn }
action: { replace: "[PAN]" }
examples:
  - { in: "card 4111 1111 1111 1111 ok", out: "card [PAN] ok" }
  - { unchanged: "order 1234567890123" }
`;

function lockText(server: string, era: 'modern' | 'legacy'): string {
  return writeLock({
    server,
    era,
    protocolVersion: era === 'modern' ? '2026-07-28' : '2025-11-25',
    legacyVersion: null,
    serverInfo: { name: 'bench', version: '1' },
    instructions: null,
    capabilities: null,
    definitions: names.map((name) => {
      const parsed = parseJsonTree(toolJson(name));
      if (!parsed.ok) throw new Error(parsed.message);
      const definition = parsed.tree;
      return {
        kind: 'tool',
        name,
        pending: false,
        digest: definitionDigest('tool', definition) ?? '',
        definition,
        at: null,
      };
    }),
  });
}

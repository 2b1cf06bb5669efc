import { parseJsonTree } from '../../dataplane/format/json-tree.ts';
import { definitionDigest } from '../../dataplane/format/definition-digest.ts';
import { writeLock } from '../../compiler/catalog/write-lock.ts';

const TOOLS = 40;

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

const names = Array.from({ length: TOOLS }, (_, at) => `tool_${String(at).padStart(2, '0')}`);

/** The policy files of the benchmark: one server with 40 tools behind a gateway without rules and one with a rule. */
export function benchmarkFiles(upstreamUrl: string): Readonly<Record<string, string>> {
  const granted = names.slice(0, -1);
  return {
    'policy.yaml': `
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
kind: Server
name: echo
url: ${upstreamUrl}
catalog: echo.lock.json
identities: { anonymous: none }
effects:
  read: [${names.join(', ')}]
---
kind: Gateway
name: plain
servers: { echo: { prefix: "" } }
---
kind: Gateway
name: ruled
servers: { echo: { prefix: "" } }
---
kind: Grant
name: plain
gateway: plain
to: { robots: [loader] }
allow: [${granted.map((name) => `echo/${name}`).join(', ')}]
---
kind: Grant
name: ruled
gateway: ruled
to: { robots: [loader] }
allow: ["echo/*"]
---
kind: RedactionRule
name: cards
match: { gateways: [ruled] }
detect: { regex: ['\\b\\d(?:[ -]?\\d){12,15}\\b'], check: luhn }
action: { replace: "[PAN]" }
examples:
  - { in: "card 4111 1111 1111 1111 ok", out: "card [PAN] ok" }
  - { unchanged: "order 1234567890123" }
`,
    'echo.lock.json': lockText(),
  };
}

function lockText(): string {
  return writeLock({
    server: 'echo',
    era: 'modern',
    protocolVersion: '2026-07-28',
    serverInfo: { name: 'echo', version: '1.0.0' },
    instructions: null,
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

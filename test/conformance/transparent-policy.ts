/** Where the proxy answers behind the key adder. */
export const GATEWAY_PATH = '/mcp/transparent';
export const SERVER = 'upstream';
export const ROBOT = 'suite';
export const WORKSPACE = 'conformance';

/** What of a server's is granted: all tools, all prompts, and resources by pattern. */
export interface Granted {
  readonly tools: boolean;
  readonly prompts: boolean;
  readonly resources: readonly string[];
}

/** Apart from the rest, since accepting definitions edits it. */
export function serverPolicy(url: string): string {
  return `kind: Server
name: ${SERVER}
url: ${url}
catalog: upstream.lock.json
identities:
  public: none
`;
}

/** One server under its own names, everything granted that it has, everything allowed to ask. */
export function transparentPolicy(granted: Granted): string {
  return `kind: Workspace
name: ${WORKSPACE}
language: 1
url: https://conformance.example
environments: [dev]
issuers:
  corp:
    url: https://idp.conformance.example
    for: people
    audience: https://conformance.example/mcp
    id: sub
    email: { claim: email, domains: [conformance.example] }
    groups: groups
---
kind: Team
name: testers
members: { users: [tester@conformance.example] }
---
kind: Robot
name: ${ROBOT}
owner: testers
expires: 2099-12-31
---
kind: Gateway
name: transparent
servers:
  ${SERVER}: { prefix: '', asks: [form, url, sampling, roots], urlHosts: [conformance.example] }
${grantOf(granted)}`;
}

/** A pattern that matches nothing is an error, and rightly so; a server may have nothing at all. */
function grantOf({ tools, prompts, resources }: Granted): string {
  const lines = [
    ...(tools ? ["    tools: ['*']"] : []),
    ...(prompts ? ["    prompts: ['*']"] : []),
    ...(resources.length > 0 ? [`    resources: ${JSON.stringify(resources)}`] : []),
  ];
  if (lines.length === 0) return '';
  return `---
kind: Allowlist
name: everything
allow:
  - server: ${SERVER}
${lines.join('\n')}
---
kind: Grant
name: everything-for-the-suite
gateway: transparent
to: { robots: [${ROBOT}] }
allow: [everything]
`;
}

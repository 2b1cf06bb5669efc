/** Where the proxy answers behind the key adder. */
export const GATEWAY_PATH = '/mcp/transparent';
export const SERVER = 'fixture';
export const ROBOT = 'suite';
export const WORKSPACE = 'conformance';

/** One server under its own names, everything granted, everything allowed to ask. */
export function transparentPolicy(url: string): string {
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
kind: Server
name: ${SERVER}
url: ${url}
catalog: fixture.lock.json
identities:
  public: none
---
kind: Gateway
name: transparent
servers:
  ${SERVER}: { prefix: '', asks: [form, url, sampling, roots], urlHosts: [conformance.example] }
---
kind: Allowlist
name: everything
allow:
  - server: ${SERVER}
    tools: ['*']
    prompts: ['*']
    resources: ['test://**']
---
kind: Grant
name: everything-for-the-suite
gateway: transparent
to: { robots: [${ROBOT}] }
allow: [everything]
`;
}

/**
 * What `mcpgw init` writes: a small policy that compiles, whose tests pass, and that `mcpgw serve` serves in front of
 * the protocol authors' reference server. Comments say what a reader would ask first.
 */
export const STARTER_FILES: ReadonlyMap<string, string> = new Map([
  [
    'workspace.yaml',
    `# The root of the policies: exactly one Workspace, and everything beside and below this file belongs to it.
kind: Workspace
name: example
language: 1
url: https://mcp.example.com # gateways answer at {url}/mcp/{gateway}
environments: [dev, production] # dev is what \`mcpgw serve\` runs on your machine
issuers:
  corp: # your identity provider; in dev, \`mcpgw token\` signs in its place
    url: https://login.example.com
    for: people
    audience: https://mcp.example.com/mcp
    id: sub
    email: { claim: email, domains: [example.com] }
    groups: groups
`,
  ],
  [
    'teams.yaml',
    `# Who. People get the access of every team they are in: by group, live in their token, or by address.
kind: Team
name: engineering
members: { groups: [engineering], users: [ana@example.com] }
---
# Programs that call without a person. A real key is made with: mcpgw robot key helper --environment production
kind: Robot
name: helper
owner: engineering
expires: ROBOT_EXPIRES
`,
  ],
  [
    'servers/everything.yaml',
    `# What there is to use. Start this one, the reference server of the protocol's authors, with:
#   PORT=3001 npx -y @modelcontextprotocol/server-everything@2026.8.31 streamableHttp
# Its lock holds the definitions somebody has looked at: what is not in it does not exist for anybody.
# \`mcpgw catalog sync everything\` brings in the others, pending until \`mcpgw catalog accept\`.
kind: Server
name: everything
url: http://127.0.0.1:3001/mcp
catalog: everything.lock.json
identities:
  public: none # no credential; else e.g. { bearer: NAME-OF-A-SECRET }
effects: # what each tool does, in the judgement of whoever accepted it
  read: [echo, get-sum, get-env]
`,
  ],
  [
    'gateway.yaml',
    `# Where. One endpoint, with its servers under names of your choice.
kind: Gateway
name: engineering
servers:
  everything: {} # its tools are exposed as everything_echo and so on
---
# A set of tools, to be granted by name. get-env shows the server's environment, so it is left out.
kind: Allowlist
name: harmless
allow:
  - { server: everything, tools: [echo, get-sum] }
---
# Who gets what, where. Without a grant there is no access, and the tool is not even listed.
kind: Grant
name: engineering-daily
gateway: engineering
to: { teams: [engineering] }
allow: [harmless]
---
kind: Grant
name: helper
gateway: engineering
to: { robots: [helper] }
allow: [everything/get-sum]
`,
  ],
  [
    'rules.yaml',
    `# What no text may carry, in arguments and results of every tool. The examples are run by the compiler.
kind: RedactionRule
name: card-numbers
match: everything
detect: { regex: ['\\b\\d(?:[ -]?\\d){12,15}\\b'], check: luhn }
action: { replace: '[CARD]' }
examples:
  - { in: pay with 4111 1111 1111 1111 please, out: 'pay with [CARD] please' }
  - { unchanged: order 1234567890123 }
`,
  ],
  [
    'access.test.yaml',
    `# What must stay true. \`mcpgw test\` asks the very engine that the proxy runs.
kind: TestSuite
name: access
now: TEST_NOW
principals:
  ana: { token: { issuer: corp, sub: u1, email: ana@example.com, groups: [engineering] } }
  guest: { token: { issuer: corp, sub: u2, email: guest@example.com, groups: [] } }
  helper: { robot: helper }
tests:
  - name: engineers see what is harmless, and nothing else
    as: ana
    gateway: engineering
    sees: [everything/echo, everything/get-sum]
  - name: nobody reads the server's environment
    as: ana
    gateway: engineering
    call: everything/get-env
    expect: deny
  - name: whoever is in no team sees nothing
    as: guest
    gateway: engineering
    sees: []
  - name: the robot adds numbers
    as: helper
    gateway: engineering
    call: everything/get-sum
    args: { a: 2, b: 3 }
    expect: allow
  - name: a card number does not come back
    as: ana
    gateway: engineering
    result: everything/echo
    text: 'Echo: 4111 1111 1111 1111'
    expectText: 'Echo: [CARD]'
`,
  ],
]);

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';

/** A document of a small policy, by `Kind/name`. */
export type SmallPolicy = ReadonlyMap<string, string>;

const LOCK = readFileSync(new URL('../golden/base/tickets.lock.json', import.meta.url), 'utf8');

const TOOLS = ['close_ticket', 'get_ticket', 'list_tickets'] as const;
const TEAMS = ['ops', 'pay', 'sup'] as const;
const ROBOTS = ['bot-a', 'bot-b'] as const;
const GATEWAYS = ['desk', 'lobby'] as const;
const CLIENTS = ['editor', 'terminal'] as const;

/** Each is fulfilled and not fulfilled by some of the calls below, or by none at all for any value of what it reads. */
const ANYWHERE = [
  'true',
  'false',
  'has(claims.mfa) && claims.mfa',
  'has(claims.mfa) && claims.mfa && !claims.mfa',
  'has(claims.mfa) || !has(claims.mfa)',
  'principal.kind == "robot"',
  'principal.email.endsWith("@acme.dev")',
  'client.id == "https://acme.dev/editor"',
  'tool.effect == "write"',
] as const;
const WHERE_TOOL: Readonly<Record<(typeof TOOLS)[number], readonly string[]>> = {
  close_ticket: ['args.id > 5', 'args.id == 7 && principal.kind == "person"'],
  get_ticket: ['args.id != 7'],
  list_tickets: [
    'has(args.state)',
    'has(args.state) && args.state == "open"',
    'has(args.state) && args.state != "open" && args.state != "closed"',
  ],
};

/** A prompt, or resources by a pattern. The URIs that are tried are in `RESOURCES`. */
const OTHERS = [
  'prompts: [triage]',
  "resources: ['ticket://*']",
  "resources: ['ticket://7']",
  "resources: ['ticket://**']",
];
const WHERE_RESOURCE = ['args.uri == "ticket://7"', 'args.uri.endsWith("/notes")', 'args.uri == "book://1"'];
const NOT_OF_RESOURCES: ReadonlySet<string> = new Set(['tool.effect == "write"']);

/** Every resource that patterns and conditions of small policies tell apart. */
export const RESOURCES = ['ticket://7', 'ticket://1', 'ticket://7/notes'] as const;

const some = <T>(items: readonly T[], least = 1): fc.Arbitrary<T[]> => fc.subarray([...items], { minLength: least });
const flow = (items: readonly string[]): string => `[${items.join(', ')}]`;

interface About {
  /** As it is written in an entry or a match. */
  readonly what: string;
  readonly when: string | null;
}

const about = (what: string, conditions: readonly string[]): fc.Arbitrary<About> =>
  fc.record({ what: fc.constant(what), when: fc.option(fc.constantFrom(...conditions), { nil: null }) });

const aboutTool: fc.Arbitrary<About> = fc
  .constantFrom(...TOOLS)
  .chain((tool) => about(`tools: [${tool}]`, [...ANYWHERE, ...WHERE_TOOL[tool]]));

const aboutOther: fc.Arbitrary<About> = fc.constantFrom(...OTHERS).chain((what) => {
  if (what.startsWith('prompts')) return about(what, ANYWHERE);
  return about(what, [...ANYWHERE.filter((condition) => !NOT_OF_RESOURCES.has(condition)), ...WHERE_RESOURCE]);
});

const aboutAny = fc.oneof({ weight: 2, arbitrary: aboutTool }, { weight: 1, arbitrary: aboutOther });

const allowlist = (name: string): fc.Arbitrary<[string, string]> =>
  fc.array(aboutAny, { minLength: 1, maxLength: 4 }).map((entries) => {
    const items = entries.map(
      ({ what, when }) => `  - { server: tickets, ${what}${when === null ? '' : `, when: '${when}'`} }\n`,
    );
    return [`Allowlist/${name}`, `kind: Allowlist\nname: ${name}\nallow:\n${items.join('')}`];
  });

const grant = (name: string): fc.Arbitrary<[string, string]> =>
  fc
    .record({
      gateway: fc.constantFrom(...GATEWAYS),
      teams: some(TEAMS),
      robots: some(ROBOTS, 0),
      allow: some(['wide', 'narrow', 'tickets/get_ticket', 'tickets/*']),
      expires: fc.option(fc.constantFrom('2027-01-31', '2027-06-30'), { nil: null }),
    })
    .map(({ gateway, teams, robots, allow, expires }) => [
      `Grant/${name}`,
      `kind: Grant\nname: ${name}\ngateway: ${gateway}\n` +
        `to: { teams: ${flow(teams)}${robots.length === 0 ? '' : `, robots: ${flow(robots)}`} }\n` +
        `allow: ${flow(allow)}\n${expires === null ? '' : `expires: ${expires}\n`}`,
    ]);

const guard = (name: string): fc.Arbitrary<[string, string]> =>
  fc
    .record({
      about: aboutAny,
      /** How it is matched where the condition may be about anything. */
      wide: fc.constantFrom(null, null, 'tools: ["*"]', 'servers: [tickets]', 'effects: [read]'),
      kinds: fc.option(some(['person', 'robot']), { nil: null }),
      teams: fc.option(some(TEAMS), { nil: null }),
      gateways: fc.option(some(GATEWAYS), { nil: null }),
      clients: fc.option(some(CLIENTS), { nil: null }),
      word: fc.constantFrom('when', 'unless'),
      more: fc.constantFrom('', 'hide: true\n', 'mode: alert\n'),
    })
    .map(({ about: { what, when }, wide, kinds, teams, gateways, clients, word, more }) => {
      const isAnywhere = ANYWHERE.some((condition) => condition === when) && !NOT_OF_RESOURCES.has(when ?? '');
      const keys = [
        wide !== null && isAnywhere ? wide : what,
        ...Object.entries({ kinds, teams, gateways, clients }).flatMap(([key, list]) =>
          list === null ? [] : [`${key}: ${flow(list)}`],
        ),
      ];
      return [
        `Guard/${name}`,
        `kind: Guard\nname: ${name}\nmatch: { ${keys.join(', ')} }\n${word}: '${when ?? 'true'}'\n${more}`,
      ];
    });

const invariant = (name: string): fc.Arbitrary<[string, string]> =>
  fc
    .record({
      tools: some(TOOLS),
      other: fc.option(fc.constantFrom(...OTHERS), { nil: null }),
      gateways: fc.option(some(GATEWAYS), { nil: null }),
      kinds: fc.option(some(['person', 'robot']), { nil: null }),
      clients: fc.option(some(CLIENTS), { nil: null }),
      except: some(TEAMS, 0),
    })
    .map(({ tools, other, gateways, kinds, clients, except }) => {
      const keys = [
        `tools: ${flow(tools)}`,
        ...(other === null ? [] : [other]),
        ...Object.entries({ gateways, kinds, clients }).flatMap(([key, list]) =>
          list === null ? [] : [`${key}: ${flow(list)}`],
        ),
      ];
      const tolerated = except.length === 0 ? '' : `except: { teams: ${flow(except)} }\n`;
      return [`Invariant/${name}`, `kind: Invariant\nname: ${name}\nnever: { ${keys.join(', ')} }\n${tolerated}`];
    });

const gateway = (name: string): fc.Arbitrary<[string, string]> =>
  fc
    .constantFrom('', 'clients: { only: [editor] }\n', 'clients: { except: [terminal] }\n')
    .map((clients) => [`Gateway/${name}`, `kind: Gateway\nname: ${name}\nservers: { tickets: {} }\n${clients}`]);

const team = (name: string): fc.Arbitrary<[string, string]> =>
  fc
    .constantFrom('', '', 'disabled: true\n')
    .map((disabled) => [`Team/${name}`, `kind: Team\nname: ${name}\nmembers: { groups: [${name}] }\n${disabled}`]);

const FIXED: SmallPolicy = new Map([
  [
    'Workspace/acme',
    `kind: Workspace
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
    claims: { mfa: mfa }
claims: { mfa: bool? }
`,
  ],
  [
    'Server/tickets',
    `kind: Server
name: tickets
url: https://tickets.acme.dev/mcp
catalog: tickets.lock.json
identities: { reader: { bearer: tickets-reader } }
effects: { read: [get_ticket, list_tickets], write: [close_ticket] }
`,
  ],
  ['Role/admin', 'kind: Role\nname: admin\ncapabilities: [use-all-gateways]\nmembers: { users: [root@acme.dev] }\n'],
  ['Client/editor', 'kind: Client\nname: editor\nids: [https://acme.dev/editor]\n'],
  ['Client/terminal', 'kind: Client\nname: terminal\nnames: [terminal]\nselfReported: true\n'],
  ...ROBOTS.map((name, at): [string, string] => [
    `Robot/${name}`,
    `kind: Robot\nname: ${name}\nowner: ${TEAMS[at]}\nexpires: 2027-03-31\n` +
      `keys: [{ id: ${name}, sha256: '${String(at).repeat(64)}', expires: 2027-03-31 }]\n`,
  ]),
]);

/** A server with three tools behind two gateways, and who may use them under which conditions. */
export const smallPolicies: fc.Arbitrary<SmallPolicy> = fc
  .tuple(
    ...TEAMS.map(team),
    ...GATEWAYS.map(gateway),
    allowlist('wide'),
    allowlist('narrow'),
    grant('first'),
    grant('second'),
    grant('third'),
    guard('gate'),
    guard('lock'),
    invariant('never'),
  )
  .map((documents) => new Map([...FIXED, ...documents]));

/** The files of a small policy. */
export function filesOf(policy: SmallPolicy): ReadonlyMap<string, string> {
  return new Map([
    ['policy.yaml', [...policy.values()].join('---\n')],
    ['tickets.lock.json', LOCK],
  ]);
}

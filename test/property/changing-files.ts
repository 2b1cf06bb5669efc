import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NO_CAPABILITIES } from '../../compiler/catalog/capabilities.ts';
import { updateLock, type ObservedDefinition } from '../../compiler/catalog/update-lock.ts';
import { writeLock } from '../../compiler/catalog/write-lock.ts';
import { definition, tool } from '../compiler/catalog/locks.ts';

/** Texts that a file may have, the first one to begin with. */
export interface ChangingFile {
  readonly path: string;
  readonly texts: readonly string[];
}

const WORKSPACE = `kind: Workspace
name: acme
language: 1
url: https://mcp.acme.dev
environments: [production, staging]
issuers:
  corp:
    url: https://idp.acme.dev
    for: people
    audience: https://mcp.acme.dev
    id: sub
    email: { claim: email, domains: [acme.dev] }
    groups: groups
    claims: { mfa: mfa }
  ci: { url: https://ci.acme.dev, for: robots, audience: https://mcp.acme.dev }
claims: { mfa: bool }
defaults: { maxTools: 3 }
`;

const SERVER = (name: string, effects: string, more = ''): string => `kind: Server
name: ${name}
url: https://${name}.acme.dev/mcp
owners: [ops]
catalog: ${name}.lock.json
identities: { reader: { bearer: ${name}-reader } }
effects: ${effects}
${more}`;

const TOOL = (name: string, property: string): ObservedDefinition =>
  tool(
    JSON.stringify({
      name,
      description: 'Does it.',
      inputSchema: {
        type: 'object',
        properties: { id: { type: 'integer' }, ...JSON.parse(property) },
        required: ['id'],
      },
    }),
  );
const STATE = '{"state":{"type":"string","enum":["open","closed"]}}';
const CLOSE = TOOL('close', '{"reason":{"type":"string"}}');
const GET = TOOL('get', STATE);
const PURGE = TOOL('purge', '{"all":{"type":"boolean"}}');
const HELP = definition('prompt', '{"name":"help","arguments":[]}');
const PAGE = definition('template', '{"name":"page","uriTemplate":"page://{id}"}');

function lock(server: string, definitions: readonly ObservedDefinition[], pending: readonly string[] = []): string {
  const catalog = {
    server,
    era: 'modern' as const,
    protocolVersion: '2026-07-28',
    legacyVersion: null,
    serverInfo: { name: server, version: '1.0.0' },
    instructions: null,
    capabilities: { ...NO_CAPABILITIES, tools: true },
    definitions,
  };
  const updated = updateLock(null, catalog).lock;
  return writeLock({
    ...updated,
    definitions: updated.definitions.map((locked) => ({ ...locked, pending: pending.includes(locked.name) })),
  });
}

const GUARD = (name: string, rest: string): string => `kind: Guard\nname: ${name}\n${rest}\n`;
const GRANT = (name: string, gateway: string, rest: string): string =>
  `kind: Grant\nname: ${name}\ngateway: ${gateway}\n${rest}\n`;

/**
 * An organisation in which nearly every text of a file goes with nearly every text of the others. Together they draw on
 * whatever one document may depend on in another: names, identities, effects, schemas, claims, who uses what where.
 */
export const ORGANISATION: readonly ChangingFile[] = [
  {
    path: 'workspace.yaml',
    texts: [
      WORKSPACE,
      WORKSPACE.replace('mfa: bool', 'mfa: bool?'),
      WORKSPACE.replace('maxTools: 3', 'maxTools: 40, staleMode: read-only'),
      WORKSPACE.replace('[production, staging]', '[staging, production]'),
      WORKSPACE.replace(/^.*ci: .*\n/m, ''),
    ],
  },
  {
    path: 'people/teams.yaml',
    texts: [
      'kind: Team\nname: ops\nmembers: { groups: [ops] }\n---\nkind: Team\nname: pay\nmembers: { users: [ana@acme.dev] }\n',
      'kind: Team\nname: ops\nmembers: { groups: [ops] }\ndisabled: true\n---\nkind: Team\nname: pay\nmembers: { groups: [pay] }\n',
      '# The same, lower down.\n\nkind: Team\nname: pay\nmembers: { groups: [ops] }\n---\nkind: Team\nname: ops\nmembers: { groups: [ops] }\n---\nkind: Team\nname: idle\nmembers: { groups: [x] }\n',
    ],
  },
  {
    path: 'people/roles.yaml',
    texts: [
      'kind: Role\nname: admin\ncapabilities: [view-status]\n',
      'kind: Role\nname: admin\ncapabilities: [use-all-gateways]\nmembers: { users: [root@acme.dev] }\n',
    ],
  },
  {
    path: 'people/bot.yaml',
    texts: [
      'kind: Robot\nname: bot\nowner: ops\nsignIn: { issuer: ci, match: { sub: bot } }\nexpires: 2027-03-31\n',
      'kind: Robot\nname: bot\nowner: pay\nsignIn: { issuer: ci, match: { sub: bot } }\nexpires: 2026-11-30\n',
      'kind: Robot\nname: bot\nowner: pay\nsignIn: { issuer: corp, match: { sub: bot } }\nexpires: 2027-03-31\n',
    ],
  },
  {
    path: 'clients.yaml',
    texts: [
      'kind: Client\nname: editor\nids: [https://acme.dev/editor]\n',
      'kind: Client\nname: editor\nnames: [editor]\nselfReported: true\n',
      'kind: Client\nname: editor\nids: [https://acme.dev/editor]\n---\nkind: Client\nname: shell\nnames: [sh]\nselfReported: true\n',
    ],
  },
  {
    path: 'servers/desk.yaml',
    texts: [
      SERVER('desk', '{ read: [get], write: [close], destructive: [purge] }'),
      SERVER('desk', '{ read: [get], destructive: [close, purge] }', 'tags: { slow: [get] }\n'),
      SERVER('desk', '{ read: [get], write: [close, purge] }', 'arguments: open\n'),
      SERVER('desk', '{ write: [get, close], destructive: [purge] }'),
      SERVER('desk', '{ read: [get], write: [close], destructive: [purge] }', 'environments: [production]\n'),
    ],
  },
  {
    path: 'servers/desk.lock.json',
    texts: [
      lock('desk', [CLOSE, GET, PURGE, HELP]),
      lock('desk', [CLOSE, GET, PURGE, HELP], ['close']),
      lock('desk', [CLOSE, TOOL('get', '{"state":{"type":"string"}}'), PURGE]),
      lock('desk', [CLOSE, GET, HELP]),
    ],
  },
  {
    path: 'servers/wiki.yaml',
    texts: [
      SERVER('wiki', '{ read: [get], destructive: [close] }'),
      SERVER('wiki', '{ read: [get, close] }').replace('reader: {', 'writer: { bearer: wiki-writer }, reader: {'),
      SERVER('wiki', '{ read: [get], write: [close] }').replace('owners: [ops]', 'owners: [pay]'),
    ],
  },
  {
    path: 'servers/wiki.lock.json',
    texts: [lock('wiki', [CLOSE, GET, HELP, PAGE]), lock('wiki', [CLOSE, GET, HELP, PURGE, PAGE], ['purge'])],
  },
  {
    path: 'gateways/front.yaml',
    texts: [
      'kind: Gateway\nname: front\nservers:\n  desk: {}\n  pages: { server: wiki, identity: reader }\n',
      'kind: Gateway\nname: front\nservers:\n  desk: { prefix: d }\n  pages: { server: desk, prefix: p }\n',
      'kind: Gateway\nname: front\nservers:\n  desk: {}\n  pages: { server: wiki, identity: reader }\nclients: { only: [editor] }\n',
      'kind: Gateway\nname: front\nservers: { desk: {} }\nclients: { except: [editor] }\n',
    ],
  },
  {
    path: 'gateways/back.yaml',
    texts: [
      'kind: Gateway\nname: back\nowners: [pay]\nservers: { pages: { server: wiki, identity: reader }, desk: { rename: { get: look } } }\n',
      'kind: Gateway\nname: back\nservers: { pages: { server: desk }, wiki: { identity: reader } }\nenvironments: [staging]\n',
      'kind: Gateway\nname: back\nservers: { wiki: { identity: reader } }\nstaleMode: closed\n',
    ],
  },
  {
    path: 'allow/read.yaml',
    texts: [
      `kind: Allowlist\nname: read\nallow:\n  - { server: desk, tools: [get], when: 'gateway.name == "front" || principal.kind == "robot"' }\n` +
        `  - { server: pages, effects: [read], when: 'tool.effect == "read"' }\n  - { server: pages, prompts: [help], resources: ['page://*'] }\n`,
      `kind: Allowlist\nname: read\nallow:\n  - { server: desk, effects: [read] }\n  - { server: pages, tools: [get], prompts: ['*'] }\n`,
      `kind: Allowlist\nname: read\nallow:\n  - { server: desk, tools: ['*'], when: 'args.id != 7' }\n`,
      `kind: Allowlist\nname: read\nallow:\n  - { server: desk, tools: [get], when: 'has(args.state) && args.state != "open"' }\n`,
    ],
  },
  {
    path: 'allow/write.yaml',
    texts: [
      `kind: Allowlist\nname: write\nallow:\n  - { server: desk, tools: [close], when: 'claims.mfa' }\n`,
      `kind: Allowlist\nname: write\nallow:\n  - { server: desk, tools: [close], when: 'has(claims.mfa) && claims.mfa' }\n`,
      `kind: Allowlist\nname: write\nallow:\n  - { server: desk, effects: [write, destructive] }\n  - { server: pages, tools: [close] }\n`,
      `kind: Allowlist\nname: write\nallow:\n  - { server: wiki, tools: ['c*'] }\n`,
    ],
  },
  {
    path: 'grants/a.yaml',
    texts: [
      GRANT('a', 'front', 'to: { teams: [ops, pay] }\nallow: [read]'),
      GRANT('a', 'back', 'to: { teams: [ops], robots: [bot] }\nallow: [read, pages/get]'),
      GRANT('a', 'front', 'to: { teams: [pay] }\nallow: [write, desk/purge]\nexpires: 2026-11-22'),
    ],
  },
  {
    path: 'grants/b.yaml',
    texts: [
      GRANT('c', 'front', 'to: { teams: [ops] }\nallow: [write, desk/get]') +
        '---\n' +
        GRANT('b', 'front', 'to: { robots: [bot] }\nallow: [desk/purge]'),
      GRANT('b', 'front', 'to: { teams: [pay] }\nallow: [read, write]') +
        '---\n' +
        GRANT('c', 'back', 'to: { robots: [bot] }\nallow: [write]'),
      GRANT('b', 'back', 'to: { teams: [ops, pay] }\nallow: [desk/*]\nenvironments: [production]'),
    ],
  },
  {
    path: 'rules/guards.yaml',
    texts: [
      GUARD(
        'gate',
        `match: { effects: [write, destructive], kinds: [person] }\nunless: '!has(claims.mfa) || claims.mfa'`,
      ),
      GUARD('gate', `match: { tools: [close], servers: [desk] }\nwhen: 'has(args.reason)'\nhide: true`) +
        '---\n' +
        GUARD('shut', `match: { gateways: [front], effects: [destructive] }\nwhen: 'true'`),
      GUARD('gate', `match: { teams: [ops], effects: [read] }\nunless: 'gateway.name == "back"'\nmode: alert`),
      GUARD('gate', `match: { clients: [editor], tools: ['*'] }\nwhen: 'true'\nhide: true`),
    ],
  },
  {
    path: 'rules/limits.yaml',
    texts: [
      'kind: Limit\nname: slow\nmatch: { kinds: [robot] }\ncalls: 60/min\nper: principal\n',
      'kind: Limit\nname: slow\nmatch: { gateways: [back], tools: [close] }\nconcurrent: 4\nper: principal\n',
    ],
  },
  {
    path: 'rules/invariants.yaml',
    texts: [
      'kind: Invariant\nname: few\natMost: { subjects: 1, match: { effects: [write] } }\n',
      'kind: Invariant\nname: few\natMost: { subjects: 1, match: { servers: [desk], effects: [destructive] } }\n',
      'kind: Invariant\nname: none\nnever: { kinds: [robot], tools: [purge] }\n',
      'kind: Invariant\nname: none\nnever: { gateways: [front], effects: [destructive] }\nexcept: { teams: [pay], robots: [bot], roles: [admin] }\n',
    ],
  },
  {
    path: 'rules/content.yaml',
    texts: [
      `kind: RedactionRule\nname: cards\nmatch: { gateways: [front] }\ndetect: { regex: ['\\b\\d{16}\\b'] }\naction: { replace: X }\nexamples:\n` +
        '  - { in: card 4111111111111111, out: card X }\n  - { unchanged: order 12 }\n',
      `kind: RedactionRule\nname: cards\nmatch: { teams: [pay] }\ndetect: { regex: ['\\b\\d{16}\\b'] }\naction: block\nexamples:\n` +
        '  - { in: card 4111111111111111 }\n  - { unchanged: order 12 }\n',
    ],
  },
  {
    path: 'rules/numbers.yaml',
    texts: [
      `kind: RedactionRule\nname: numbers\ndetect: { regex: ['\\d{2,}'] }\naction: { mask: { keep: last 2 } }\nmode: alert\nexamples:\n` +
        '  - { in: order 1234, out: order **34 }\n  - { unchanged: order 1 }\n',
      `kind: RedactionRule\nname: numbers\nmatch: { gateways: [back] }\ndetect: { regex: ['\\d{2,}'] }\naction: { mask: { keep: last 2 } }\nexamples:\n` +
        '  - { in: order 1234, out: order **34 }\n  - { unchanged: order 1 }\n',
      `kind: RedactionRule\nname: numbers\nmatch: { kinds: [person] }\ndetect: { regex: ['\\b\\d{16}\\b'] }\naction: redact\nexamples:\n` +
        '  - { in: card 4111111111111111, out: "card " }\n  - { unchanged: order 1 }\n',
      `kind: RedactionRule\nname: numbers\nmatch: { tools: [get, close] }\ndirections: [to-server]\ndetect: { regex: ['INTERNAL-\\d+'] }\naction: block\nexamples:\n` +
        '  - { in: INTERNAL-1 }\n  - { unchanged: order 1 }\n',
    ],
  },
  {
    path: 'tests/suite.yaml',
    texts: [
      'kind: TestSuite\nname: access\nnow: 2026-11-20T10:00:00Z\nprincipals: { pat: { teams: [ops] } }\ntests:\n' +
        '  - { name: pat, as: pat, gateway: front, call: desk/get, args: { id: 1 }, expect: deny }\n',
      'kind: TestSuite\nname: access\nnow: 2026-11-20T10:00:00Z\nprincipals: { pat: { robot: bot } }\ntests:\n' +
        '  - { name: pat, as: pat, client: editor, gateway: back, call: pages/get, args: { id: 1 }, expect: deny }\n',
    ],
  },
];

const golden = fileURLToPath(new URL('../golden/', import.meta.url));

/** The policy that the golden cases start from, and of each case the files that are different there. */
export function goldenFiles(): {
  readonly base: ReadonlyMap<string, string>;
  readonly cases: ReadonlyMap<string, ReadonlyMap<string, string>>;
} {
  const folders = ['err', 'warn'].flatMap((kind) => readdirSync(golden + kind).map((name) => `${kind}/${name}`));
  return { base: filesIn('base'), cases: new Map(folders.sort().map((folder) => [folder, filesIn(folder)])) };
}

function filesIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(golden + folder).filter((name) => /\.(?:yaml|lock\.json)$/.test(name));
  return new Map(files.map((name) => [name, readFileSync(`${golden}${folder}/${name}`, 'utf8')]));
}

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { analysisOf } from './analysed-policy.ts';

const folder = new URL('../../golden/base/', import.meta.url);
const base = new Map(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));

/** What is said about the invariant when these documents are added to the base, or take the place of its files. */
function violations(files: Readonly<Record<string, string>>): readonly string[] {
  return analysisOf(new Map([...base, ...Object.entries(files)]), Date.UTC(2026, 10, 20))
    .filter(({ code }) => code === 'invariant/violated')
    .map(({ message }) => message);
}

const text = (name: string): string => base.get(name) ?? '';
const never = (match: string, except = 'roles: [admin]'): string =>
  `kind: Invariant\nname: never\nnever: ${match}\nexcept: { ${except} }\n`;
const atMost = (subjects: number): string =>
  `kind: Invariant\nname: few\natMost: { subjects: ${subjects}, match: { tools: [close_ticket] } }\n`;
const guard = (rest: string): string => `kind: Guard\nname: frozen\nmatch: { tools: [close_ticket] }\n${rest}`;
const closer = (when: string): Readonly<Record<string, string>> => ({
  'grant.yaml': text('grant.yaml').replace('tickets/close_ticket', 'closer'),
  'closer.yaml': `kind: Allowlist\nname: closer\nallow: [{ server: tickets, tools: [close_ticket], when: '${when}' }]\n`,
});

const ONLY_RESOURCES =
  'kind: Allowlist\nname: ticket-reader\nallow:\n  - { server: tickets, resources: ["ticket://*"] }\n';
const NO_TOOLS = { 'grant.yaml': text('grant.yaml').replace(', tickets/close_ticket', '') };
const closing = (pattern: string): string =>
  `kind: Guard\nname: frozen\nmatch: { resources: ['${pattern}'] }\nwhen: 'true'\n`;

const NOBODY_CLOSES = never('{ tools: [close_ticket] }');
const PEOPLE_DO_NOT_CLOSE = never('{ tools: [close_ticket], kinds: [person] }');

const SUPPORT = 'team support can call `tickets_close_ticket` with {"id":1} and the app claude-code in gateway desk';
const BOT = 'robot triage-bot can call `tickets_close_ticket` with {"id":1} in gateway desk';

const cases: readonly [name: string, files: Readonly<Record<string, string>>, messages: readonly string[]][] = [
  [
    'one grant is one violation, whoever it is for',
    { 'i.yaml': NOBODY_CLOSES },
    [`${SUPPORT}, and so can robot triage-bot`],
  ],
  ['an exception is one', { 'i.yaml': never('{ tools: [close_ticket] }', 'teams: [support], roles: [admin]') }, [BOT]],
  [
    'a role that uses all gateways is a subject of its own',
    { 'i.yaml': never('{ tools: [close_ticket] }', 'teams: [support], robots: [triage-bot]') },
    ['role admin can call `tickets_close_ticket` with {"id":1} and the app claude-code in gateway desk'],
  ],
  [
    'a role is not reported where mending a grant mends it',
    { 'i.yaml': never('{ tools: [close_ticket] }', 'robots: [triage-bot]') },
    [`${SUPPORT}, and so can role admin`],
  ],
  ['an invariant about robots is about robots', { 'i.yaml': never('{ effects: [write], kinds: [robot] }') }, [BOT]],
  [
    'an invariant about a team is about its people',
    { 'i.yaml': never('{ effects: [write], teams: [support] }') },
    [SUPPORT],
  ],
  ['an app that the gateway admits', { 'i.yaml': never('{ effects: [write], clients: [claude-code] }') }, [SUPPORT]],
  [
    'an app that the gateway does not admit',
    {
      'i.yaml': never('{ effects: [write], clients: [editor] }'),
      'c.yaml': 'kind: Client\nname: editor\nids: [https://acme.dev/editor]\n',
    },
    [],
  ],
  [
    'another gateway',
    {
      'i.yaml': never('{ tools: [close_ticket], gateways: [lobby] }'),
      'l.yaml': 'kind: Gateway\nname: lobby\nservers: { tickets: {} }\n',
    },
    [],
  ],
  [
    'a disabled team holds nothing, and neither do its robots',
    { 'i.yaml': NOBODY_CLOSES, 'team.yaml': `${text('team.yaml')}disabled: true\n` },
    [],
  ],
  [
    'a grant that has expired counts: it may be extended by changing a date',
    { 'i.yaml': PEOPLE_DO_NOT_CLOSE, 'grant.yaml': `${text('grant.yaml')}expires: 2026-01-31\n` },
    [SUPPORT],
  ],
  ['a guard that no call passes subtracts', { 'i.yaml': NOBODY_CLOSES, 'g.yaml': guard("when: 'true'\n") }, []],
  [
    'a guard that no call passes for the values there are subtracts',
    { 'i.yaml': NOBODY_CLOSES, 'g.yaml': guard('unless: tool.effect == "read"\n') },
    [],
  ],
  [
    'a guard that only records does not',
    { 'i.yaml': PEOPLE_DO_NOT_CLOSE, 'g.yaml': guard("when: 'true'\nmode: alert\n") },
    [SUPPORT],
  ],
  [
    'a guard that some call passes does not, and the witness passes it',
    {
      'i.yaml': PEOPLE_DO_NOT_CLOSE,
      'g.yaml': guard('unless: args.id >= 40 && principal.email.endsWith("@acme.dev")\n'),
    },
    [
      'team support can call `tickets_close_ticket` with {"id":40}, the address a@acme.dev and the app claude-code in gateway desk',
    ],
  ],
  ['a condition that no call fulfils', { 'i.yaml': NOBODY_CLOSES, ...closer('tool.effect == "read"') }, []],
  [
    'a condition that some call fulfils counts, and the witness fulfils it',
    { 'i.yaml': PEOPLE_DO_NOT_CLOSE, ...closer('args.id > 9007199254740993') },
    [
      'team support can call `tickets_close_ticket` with {"id":9007199254740994} and the app claude-code in gateway desk',
    ],
  ],
  [
    'claims, and the time',
    {
      'workspace.yaml': `${text('workspace.yaml').trimEnd()}\nclaims: { tier: 'string?' }\n`,
      'i.yaml': PEOPLE_DO_NOT_CLOSE,
      ...closer('has(claims.tier) && claims.tier.matches("^gold-[0-9]+$") && now.getDayOfWeek() == 3'),
    },
    [
      'team support can call `tickets_close_ticket` with {"id":1}, the claims {"tier":"gold-0"} and the app claude-code, at 2024-01-03T09:00:00.000Z in gateway desk',
    ],
  ],
  [
    'what the search does not find is not decided, and is an error all the same',
    { 'i.yaml': PEOPLE_DO_NOT_CLOSE, ...closer('args.id % 1000 == 7 && args.id / 1000 == 42') },
    [
      'team support may be able to call `tickets_close_ticket` in gateway desk (not decided: no call was found that is allowed)',
    ],
  ],
  [
    'prompts and resources',
    { 'i.yaml': never('{ prompts: ["*"], resources: ["ticket://7"], kinds: [person] }') },
    ['team support can get the prompt `tickets_triage` with {} and the app claude-code in gateway desk'],
  ],
  [
    'resources, read under the name that the gateway shows',
    { 'i.yaml': never('{ resources: ["ticket://7"], kinds: [person] }') },
    ['team support can read the resource `ticket://7` with the app claude-code in gateway desk'],
  ],
  [
    'resources of all servers, by a match that names none of them',
    { 'i.yaml': never('{ servers: [tickets], kinds: [robot] }'), 'allowlist.yaml': ONLY_RESOURCES, ...NO_TOOLS },
    ['robot triage-bot can read the resource `ticket://a` in gateway desk'],
  ],
  [
    'what reads, resources among it',
    { 'i.yaml': never('{ effects: [read], kinds: [robot] }'), 'allowlist.yaml': ONLY_RESOURCES, ...NO_TOOLS },
    ['robot triage-bot can read the resource `ticket://a` in gateway desk'],
  ],
  [
    'no resource, by a match that names tools',
    { 'i.yaml': never('{ tools: ["*"], kinds: [robot] }'), 'allowlist.yaml': ONLY_RESOURCES, ...NO_TOOLS },
    [],
  ],
  ['other resources', { 'i.yaml': never('{ resources: ["book://*"], kinds: [person] }') }, []],
  [
    'a condition on the URI, and the witness fulfils it',
    {
      'i.yaml': never('{ resources: ["ticket://**"], kinds: [person] }'),
      'allowlist.yaml': ONLY_RESOURCES.replace('] }', '], when: \'args.uri == "ticket://pay"\' }'),
    },
    ['team support can read the resource `ticket://pay` with the app claude-code in gateway desk'],
  ],
  [
    'a condition on the URI that nobody fulfils is not decided, and an error all the same',
    {
      'i.yaml': never('{ resources: ["ticket://**"], kinds: [person] }'),
      'allowlist.yaml': ONLY_RESOURCES.replace('] }', "], when: 'args.uri.size() == 1000' }"),
    },
    [
      'team support may be able to read resource ticket://* of tickets in gateway desk (not decided: no call was found that is allowed)',
    ],
  ],
  [
    'a guard on the resources in question closes them',
    { 'i.yaml': never('{ resources: ["ticket://7"], kinds: [person] }'), 'g.yaml': closing('ticket://7') },
    [],
  ],
  [
    'a guard on more of them does too',
    { 'i.yaml': never('{ resources: ["ticket://*"], kinds: [person] }'), 'g.yaml': closing('ticket://**') },
    [],
  ],
  [
    'a guard on fewer of them does not',
    { 'i.yaml': never('{ resources: ["ticket://*"], kinds: [person] }'), 'g.yaml': closing('ticket://7') },
    ['team support can read the resource `ticket://a` with the app claude-code in gateway desk'],
  ],
  [
    'a guard on all of them closes them',
    {
      'i.yaml': never('{ prompts: ["*"], resources: ["ticket://7"], kinds: [person] }'),
      'g.yaml': "kind: Guard\nname: g\nmatch: everything\nwhen: 'true'\n",
    },
    [],
  ],
  ['at most as many as may', { 'i.yaml': atMost(3) }, []],
  [
    'at most one fewer',
    { 'i.yaml': atMost(2) },
    ['3 subjects can do this, and at most 2 may: team support, robot triage-bot and role admin'],
  ],
];

test.each(cases)('%s', (_name, files, messages) => {
  expect(violations(files)).toEqual(messages);
});

test('a handful of violations is reported, and the rest counted', () => {
  const teams = Array.from({ length: 9 }, (_, at) => `team-${at}`);
  const documents = teams.map(
    (name) =>
      `kind: Team\nname: ${name}\nmembers: { groups: [${name}] }\n---\nkind: Grant\nname: ${name}\ngateway: desk\n` +
      `to: { teams: [${name}] }\nallow: [tickets/close_ticket]\n`,
  );
  const files = new Map([...base, ['i.yaml', PEOPLE_DO_NOT_CLOSE], ['teams.yaml', documents.join('---\n')]]);
  const found = analysisOf(files, null).filter(({ code }) => code === 'invariant/violated');
  expect(found).toHaveLength(5);
  const notes = found.flatMap(({ related }) => related).map(({ message }) => message);
  expect(notes.filter((message) => message.endsWith('more of this invariant'))).toEqual(['5 more of this invariant']);
});

import { describe, expect, test } from 'vitest';
import { shareExchange } from '../../../compiler/analyse/share-exchange.ts';
import { analyseInput, analysisOf } from './analysed-policy.ts';
import { BASE } from './base-policy.ts';

/** A second server, gateway, team and robot beside those of the base. */
const MORE = `kind: Server
name: archive
url: https://archive.acme.dev/mcp
catalog: archive.lock.json
identities: { reader: none }
effects: { read: [get_ticket, list_tickets], write: [close_ticket] }
---
kind: Gateway
name: cellar
servers: { archive: { identity: reader } }
---
kind: Team
name: sales
members: { groups: [sales] }
---
kind: Robot
name: mover
owner: support
signIn: { issuer: ci, match: { sub: 'repo:acme/mover' } }
expires: 2027-03-31
---
kind: Client
name: shell
names: [sh]
selfReported: true
---
kind: Grant
name: movers
gateway: cellar
to: { teams: [sales], robots: [mover] }
allow: [archive/get_ticket]
`;
const LOCK = (BASE.get('tickets.lock.json') ?? '').replace('"server": "tickets"', '"server": "archive"');

interface Sketch {
  readonly detect: string;
  readonly action: string;
  /** Other fields, in lines. */
  readonly rest?: string;
  readonly examples?: string;
}

function ruleText(name: string, { detect, action, rest = '', examples }: Sketch): string {
  const tried = examples ?? "  - { in: card 4111111111111111 }\n  - { unchanged: '-' }";
  return `kind: RedactionRule\nname: ${name}\ndetect: ${detect}\naction: ${action}\n${rest}\nexamples:\n${tried}\n`;
}

function policyWith(one: Sketch, other: Sketch | null): ReadonlyMap<string, string> {
  const rules = [ruleText('one', one), ...(other === null ? [] : [ruleText('other', other)])];
  return new Map([...BASE, ['more.yaml', MORE], ['archive.lock.json', LOCK], ['rule.yaml', rules.join('---\n')]]);
}

const CARD = "{ regex: ['\\d{16}'] }";

describe('whether two rules are in force for one exchange', () => {
  const cases: [name: string, one: string, other: string, share: boolean][] = [
    ['rules for everything', '', '', true],
    ['one way and all ways', 'directions: [to-client]', '', true],
    ['one way and the other', 'directions: [to-client]', 'directions: [to-server, audit]', false],
    ['one gateway and all', 'match: { gateways: [desk] }', '', true],
    ['two gateways', 'match: { gateways: [desk] }', 'match: { gateways: [cellar] }', false],
    ['a gateway and a server that is not in it', 'match: { gateways: [desk] }', 'match: { servers: [archive] }', false],
    ['a gateway and a server that is', 'match: { gateways: [desk] }', 'match: { servers: [tickets] }', true],
    ['two servers', 'match: { servers: [archive] }', 'match: { servers: [tickets] }', false],
    ['people and robots', 'match: { kinds: [person] }', 'match: { kinds: [robot] }', false],
    ['a team and people', 'match: { teams: [support] }', 'match: { kinds: [person] }', true],
    ['a team and robots', 'match: { teams: [support] }', 'match: { kinds: [robot] }', false],
    ['a team and a robot', 'match: { teams: [support] }', 'match: { robots: [mover] }', false],
    [
      'a team, and a team or a robot',
      'match: { teams: [support] }',
      'match: { teams: [support], robots: [mover] }',
      true,
    ],
    ['two teams, in which perhaps nobody is both', 'match: { teams: [support] }', 'match: { teams: [sales] }', false],
    ['a robot and everybody', 'match: { robots: [mover] }', '', true],
    ['two robots', 'match: { robots: [mover] }', 'match: { robots: [triage-bot] }', false],
    ['an app and everybody', 'match: { clients: [shell] }', '', true],
    ['two apps', 'match: { clients: [shell] }', 'match: { clients: [claude-code] }', false],
    ['an app and robots', 'match: { clients: [shell] }', 'match: { kinds: [robot] }', false],
    ['tools in common', 'match: { tools: [get_ticket] }', "match: { tools: ['*_ticket'] }", true],
    ['no tools in common', 'match: { tools: [get_ticket] }', 'match: { tools: [list_tickets] }', false],
    [
      'a tool of two servers',
      'match: { tools: [get_ticket], servers: [archive] }',
      'match: { servers: [tickets] }',
      false,
    ],
    ['a tool and its effect', 'match: { tools: [get_ticket] }', 'match: { effects: [read] }', true],
    ['a tool and another effect', 'match: { tools: [get_ticket] }', 'match: { effects: [write] }', false],
    ['the same resources', "match: { resources: ['ticket://*'] }", "match: { resources: ['ticket://*'] }", true],
    ['resources and everything', "match: { resources: ['ticket://*'] }", '', true],
    ['resources and tools', "match: { resources: ['ticket://*'] }", 'match: { tools: [get_ticket] }', false],
  ];

  test.each(cases)('%s', (_name, one, other, share) => {
    const sketch = { detect: CARD, action: 'block' };
    const { linked } = analyseInput(policyWith({ ...sketch, rest: one }, { ...sketch, rest: other }), null);
    const [first, second] = linked.content;
    if (first === undefined || second === undefined) throw new Error('there are two rules');
    expect(shareExchange(first, second, linked.gateways)).toBe(share);
    expect(shareExchange(second, first, linked.gateways)).toBe(share);
  });
});

/** What is said of a code, in the order of the files. */
function said(policy: ReadonlyMap<string, string>, code: string): readonly string[] {
  return analysisOf(policy, null)
    .filter((found) => found.code === code)
    .map(({ message, help }) => `${message}: ${help ?? ''}`);
}

describe('rules that find the same', () => {
  const wins = (pair: string, why: string): string =>
    `what this rule finds \`${pair}\` finds too, and does something else with it: where both do, \`${pair}\` wins, as ${why}; ` +
    'give both the same action, or keep them apart by `match`, `directions` or `detect`';
  const PEOPLE = "  - { in: ana@acme.dev, out: '' }\n  - { unchanged: '-' }";
  const cases: [name: string, one: Sketch, other: Sketch, said: readonly string[]][] = [
    ['the same pattern and the same action', { detect: CARD, action: 'block' }, { detect: CARD, action: 'block' }, []],
    ['one of them only alerts', { detect: CARD, action: 'block' }, { detect: CARD, action: 'alert' }, []],
    [
      'one of them is only tried',
      { detect: CARD, action: 'block' },
      {
        detect: CARD,
        action: 'redact',
        rest: 'mode: alert',
        examples: "  - { in: '4111111111111111', out: '' }\n  - { unchanged: '-' }",
      },
      [],
    ],
    [
      'one of them blocks',
      { detect: CARD, action: 'redact', examples: "  - { in: '4111111111111111', out: '' }\n  - { unchanged: '-' }" },
      { detect: CARD, action: 'block' },
      [wins('other', 'it blocks the message')],
    ],
    [
      'both by the names of what they find, which differ',
      {
        detect: CARD,
        action: 'replace',
        examples: "  - { in: '4111111111111111', out: <ONE> }\n  - { unchanged: '-' }",
      },
      {
        detect: CARD,
        action: 'replace',
        examples: "  - { in: '4111111111111111', out: <OTHER> }\n  - { unchanged: '-' }",
      },
      [wins('one', 'its name comes first')],
    ],
    [
      'the same entity by its name',
      {
        detect: '{ pii: [EMAIL_ADDRESS] }',
        action: 'replace',
        examples: "  - { in: a@acme.dev, out: <EMAIL_ADDRESS> }\n  - { unchanged: '-' }",
      },
      {
        detect: '{ pii: [EMAIL_ADDRESS, URL] }',
        action: 'replace',
        examples: "  - { in: a@acme.dev, out: <EMAIL_ADDRESS> }\n  - { unchanged: '-' }",
      },
      [],
    ],
    [
      'a pattern is surer than a recognizer',
      {
        detect: '{ pii: { entities: [PHONE_NUMBER], regions: [US] } }',
        action: 'redact',
        examples: "  - { in: call 415-555-2671, out: 'call ' }\n  - { unchanged: '-' }",
      },
      {
        detect: "{ regex: ['\\d{3}-\\d{4}'] }",
        action: '{ replace: X }',
        examples: "  - { in: call 555-2671, out: call X }\n  - { unchanged: '-' }",
      },
      [wins('other', 'it is surer (1.00 to 0.85)')],
    ],
    [
      'the longer of two patterns',
      {
        detect: "{ regex: ['@acme.dev'] }",
        action: '{ replace: X }',
        examples: "  - { in: ana@acme.dev, out: anaX }\n  - { unchanged: '-' }",
      },
      { detect: "{ regex: ['\\w+@acme.dev'] }", action: 'redact', examples: PEOPLE },
      [wins('other', 'it finds more (12 characters to 9, in an example)')],
    ],
    [
      'as long and as sure',
      { detect: "{ regex: ['\\w+@acme.dev'] }", action: 'redact', examples: PEOPLE },
      {
        detect: "{ regex: ['[a-z]+@[a-z.]+'] }",
        action: 'block',
        examples: "  - { in: b@acme }\n  - { unchanged: '-' }",
      },
      [wins('other', 'it blocks the message')],
    ],
    [
      'different parts of an example',
      {
        detect: "{ regex: ['ana'] }",
        action: 'redact',
        examples: "  - { in: ana bob, out: ' bob' }\n  - { unchanged: '-' }",
      },
      {
        detect: "{ regex: ['bob'] }",
        action: '{ replace: X }',
        examples: "  - { in: ana bob, out: ana X }\n  - { unchanged: '-' }",
      },
      [],
    ],
    [
      'different texts within JSON',
      {
        detect: "{ regex: ['ana'] }",
        action: 'redact',
        examples: '  - { in: \'["ana","bob"]\', out: \'["","bob"]\' }\n  - { unchanged: \'-\' }',
      },
      {
        detect: "{ regex: ['bob'] }",
        action: '{ replace: X }',
        examples: '  - { in: \'["ana","bob"]\', out: \'["ana","X"]\' }\n  - { unchanged: \'-\' }',
      },
      [],
    ],
  ];

  test.each(cases)('%s', (_name, one, other, warnings) => {
    expect(said(policyWith(one, other), 'lint/overlapping-rules')).toEqual(warnings);
  });

  test('are named a few times for each, however many there are', () => {
    const rules = Array.from({ length: 12 }, (_, at) =>
      ruleText(`rule-${String.fromCharCode(97 + at)}`, {
        detect: CARD,
        action: `{ replace: "${at}" }`,
        examples: `  - { in: '4111111111111111', out: '${at}' }\n  - { unchanged: '-' }`,
      }),
    );
    const policy = new Map([...BASE, ['rule.yaml', rules.join('---\n')]]);
    expect(said(policy, 'lint/overlapping-rules')).toHaveLength(1 + 2 + 9 * 3);
  });
});

describe('rules for arguments in which they can find nothing', () => {
  const TO_SERVER = 'directions: [to-server]\n';
  const sketch = (detect: string, rest: string, found: string): Sketch => ({
    detect,
    rest,
    action: 'block',
    examples: `  - { in: '${found}' }\n  - { unchanged: '-' }`,
  });
  const listed = (detect: string, found: string, rest = `${TO_SERVER}match: { tools: [list_tickets] }`): Sketch =>
    sketch(detect, rest, found);
  const cases: [name: string, rule: Sketch, warnings: number][] = [
    ['a pattern that is none of the values', listed("{ regex: ['pending'] }", 'pending'), 1],
    ['a pattern that is in one of the values', listed("{ regex: ['clos'] }", 'close'), 0],
    ['two patterns of which one is', listed("{ regex: ['clos', 'pend', 'urgent'] }", 'close'), 2],
    ['whatever comes back', listed("{ regex: ['pending'] }", 'pending', 'match: { tools: [list_tickets] }'), 0],
    [
      'the audit log too',
      listed("{ regex: ['pending'] }", 'pending', 'directions: [to-server, audit]\nmatch: { tools: [list_tickets] }'),
      0,
    ],
    [
      'names of members too',
      listed("{ regex: ['pending'] }", 'pending', `${TO_SERVER}keys: true\nmatch: { tools: [list_tickets] }`),
      0,
    ],
    ['prompts too', listed("{ regex: ['pending'] }", 'pending', `${TO_SERVER}match: { effects: [read] }`), 0],
    ['everything', listed("{ regex: ['pending'] }", 'pending', TO_SERVER), 0],
    [
      'tools without texts',
      listed("{ regex: ['pending'] }", 'pending', `${TO_SERVER}match: { tools: [get_ticket] }`),
      1,
    ],
    [
      'numbers, where there are numbers',
      listed("{ regex: ['\\d{16}'] }", '4111111111111111', `${TO_SERVER}numbers: true\nmatch: { tools: [get_ticket] }`),
      0,
    ],
    [
      'numbers, where there are only words',
      listed(
        "{ regex: ['\\d{16}'] }",
        '4111111111111111',
        `${TO_SERVER}numbers: true\nmatch: { tools: [list_tickets] }`,
      ),
      1,
    ],
    [
      'personal data, where there are numbers',
      sketch('{ pii: [CREDIT_CARD] }', `${TO_SERVER}match: { tools: [get_ticket] }`, '4111111111111111'),
      0,
    ],
    [
      'secrets, where there are numbers',
      sketch(
        '{ secrets: [JWT, CONNECTION_PASSWORD] }',
        `${TO_SERVER}match: { tools: [get_ticket] }`,
        'postgres://app:Kx9vQ2mLpZ@db.acme.dev/app',
      ),
      1,
    ],
    [
      'secrets, where there are words',
      sketch(
        '{ secrets: [JWT, CONNECTION_PASSWORD] }',
        `${TO_SERVER}match: { tools: [list_tickets] }`,
        'postgres://app:Kx9vQ2mLpZ@db.acme.dev/app',
      ),
      0,
    ],
  ];

  test.each(cases)('%s', (_name, rule, warnings) => {
    expect(said(policyWith(rule, null), 'dead/pattern')).toHaveLength(warnings);
  });

  test('a server that takes arguments of any name', () => {
    const policy = policyWith(
      listed("{ regex: ['pending'] }", 'pending', `${TO_SERVER}match: { tools: [list_tickets], servers: [tickets] }`),
      null,
    );
    expect(said(policy, 'dead/pattern')).toHaveLength(1);
    const open = new Map([...policy, ['server.yaml', `${policy.get('server.yaml') ?? ''}arguments: open\n`]]);
    expect(said(open, 'dead/pattern')).toEqual([]);
  });
});

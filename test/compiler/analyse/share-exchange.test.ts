import { describe, expect, test } from 'vitest';
import { shareExchange } from '../../../compiler/analyse/share-exchange.ts';
import { analyseInput } from './analysed-policy.ts';
import { CARD, policyWith } from './content-policy.ts';

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

import { describe, expect, test } from 'vitest';
import { WIKI, wikiLock } from '../../../compiler/diagnostics/explanations/example-documents.ts';
import { BASE } from './base-policy.ts';
import { policyWith, ruleText, said, type Sketch } from './content-policy.ts';

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

  const GATEWAY = 'kind: Gateway\nname: pages\nservers: { wiki: { identity: public } }\n';
  const GRANT = 'kind: Grant\nname: pages\ngateway: pages\nto: { teams: [support] }\nallow: [wiki/read_page]\n';
  const values: [name: string, value: string, pattern: string, warnings: number][] = [
    ['a value', 'a/b', 'a/b', 0],
    ['another value', 'a-b', 'a/b', 1],
    ['a value that says it by escapes', 'a%2Fb', 'a/b', 0],
    ['a value that says it by escapes of JSON', String.raw`a\u002fb`, 'a/b', 0],
    ['a value that is JSON and says it within', '{"x":"a\\u002fb"}', '^a/b$', 0],
    ['a value that is JSON and has it as a number', '[1e3]', '^1000$', 0],
    ['a value that is JSON without it', '["a-b"]', 'a/b', 1],
  ];

  /** The base beside a server whose tool has one argument, and a rule for that. */
  function policyFor(argument: object, pattern: string, found: string): ReadonlyMap<string, string> {
    const inputSchema = { type: 'object', properties: { page: argument } };
    const rule = sketch(`{ regex: ['${pattern}'] }`, `${TO_SERVER}match: { tools: [read_page] }`, found);
    return new Map([
      ...BASE,
      ['wiki.yaml', [WIKI, GATEWAY, GRANT].join('---\n')],
      ['wiki.lock.json', wikiLock({ inputSchema })],
      ['rule.yaml', ruleText('one', rule)],
    ]);
  }

  test.each(values)('%s', (_name, value, pattern, warnings) => {
    const policy = policyFor({ enum: [value] }, pattern, pattern.replace(/[$^]/g, ''));
    expect(said(policy, 'dead/pattern')).toHaveLength(warnings);
  });

  const CODE = { type: 'string', pattern: '^[A-Z]{2}-\\d{1,5}$' };
  const forms: [name: string, argument: object, pattern: string, found: string, warnings: number][] = [
    ['a text that may be as long', { type: 'string', maxLength: 20 }, 'x{20}', 'x'.repeat(20), 0],
    ['a text that may not', { type: 'string', maxLength: 19 }, 'x{20}', 'x'.repeat(20), 1],
    ['a text of a form with such characters', CODE, '[A-Z]{2}', 'AB', 0],
    ['a text of a form without', CODE, '[a-z]{2}', 'ab', 1],
    ['a text of a form without, but for its case', CODE, '(?i)[a-z]{2}', 'ab', 0],
    ['a text of a form without, but for one character in all its cases', CODE, '(?i)a', 'a', 0],
    ['a text of a form with others before', CODE, 'id [A-Z]{2}', 'id AB', 1],
    ['a text of a form with others perhaps', CODE, '(?:id )?[A-Z]{2}', 'AB', 0],
    ['a text of a form that is shorter', CODE, '[A-Z]{2}-[0-9]{6}', 'AB-123456', 1],
    ['a text of a form that is not the whole of it', { type: 'string', pattern: '[A-Z]{2}' }, '[a-z]{2}', 'ab', 0],
  ];

  test.each(forms)('%s', (_name, argument, pattern, found, warnings) => {
    expect(said(policyFor(argument, pattern, found), 'dead/pattern')).toHaveLength(warnings);
  });
});

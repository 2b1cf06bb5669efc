import { describe, expect, test } from 'vitest';
import { BASE } from './base-policy.ts';
import { CARD, policyWith, ruleText, said, type Sketch } from './content-policy.ts';

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

import { expect, test } from 'vitest';
import { splice, type Edit } from '../../../dataplane/mcp/splice.ts';

const BODY = Buffer.from('0123456789');

const cases: [name: string, edits: readonly Edit[], expected: string][] = [
  ['no edit', [], '0123456789'],
  ['one in the middle', [{ start: 3, end: 5, bytes: 'xyz' }], '012xyz56789'],
  [
    'at both ends',
    [
      { start: 0, end: 1, bytes: 'a' },
      { start: 9, end: 10, bytes: 'b' },
    ],
    'a12345678b',
  ],
  ['an insertion', [{ start: 4, end: 4, bytes: 'é' }], '0123é456789'],
  ['a deletion of everything', [{ start: 0, end: 10, bytes: '' }], ''],
  [
    'two that touch',
    [
      { start: 1, end: 2, bytes: Buffer.from('a') },
      { start: 2, end: 3, bytes: 'b' },
    ],
    '0ab3456789',
  ],
  [
    'an insertion before a deletion',
    [
      { start: 0, end: 0, bytes: 'a' },
      { start: 0, end: 9, bytes: '' },
    ],
    'a9',
  ],
];

test.each(cases)('%s is spliced', (_name, edits, expected) => {
  expect(splice(BODY, edits).toString()).toBe(expected);
});

test('a body without edits is not copied', () => {
  expect(splice(BODY, [])).toBe(BODY);
});

const wrong: [name: string, edits: readonly Edit[]][] = [
  [
    'overlap',
    [
      { start: 1, end: 4, bytes: '' },
      { start: 3, end: 5, bytes: '' },
    ],
  ],
  [
    'are out of order',
    [
      { start: 5, end: 6, bytes: '' },
      { start: 1, end: 2, bytes: '' },
    ],
  ],
  ['end before they start', [{ start: 5, end: 4, bytes: '' }]],
  ['leave the body', [{ start: 5, end: 11, bytes: '' }]],
];

test.each(wrong)('edits that %s are our mistake', (_name, edits) => {
  expect(() => splice(BODY, edits)).toThrow('edits overlap or are out of order');
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { addItem, addKey, removeItem } from '../../../compiler/edit/edit-document.ts';
import { isFormatted } from '../../../compiler/fmt/format-file.ts';
import { randomFrom } from '../../property/json-text.ts';
import { writeDocument } from '../fmt/written-document.ts';

const key = { id: 'rb2', sha256: 'ab'.repeat(32), expires: '2027-03-31' };
const line = `{ id: rb2, sha256: ${'ab'.repeat(32)}, expires: 2027-03-31 }`;
const one = '{ id: rb1, sha256: "00", expires: 2026-12-31 }';
const oneInForm = `{ id: rb1, sha256: '00', expires: 2026-12-31 }`;

describe('a key of a robot', () => {
  const cases: [name: string, before: string, after: string][] = [
    [
      'after the last key, whose comment stays on its line',
      `kind: Robot # a robot\nname: release-bot\nkeys:\n  - ${one} # laptop\nexpires: 2027-03-31 # soon\n`,
      `kind: Robot # a robot\nname: release-bot\nkeys:\n  - ${one} # laptop\n  - ${line}\nexpires: 2027-03-31 # soon\n`,
    ],
    [
      'with the indentation of the list that is there',
      `kind: Robot\nname: b\nkeys:\n- id: rb1\n  sha256: "00"\n  expires: 2026-12-31\n\n# about expiry\nexpires: 2027-03-31\n`,
      `kind: Robot\nname: b\nkeys:\n- id: rb1\n  sha256: "00"\n  expires: 2026-12-31\n- ${line}\n\n# about expiry\nexpires: 2027-03-31\n`,
    ],
    [
      'as the first key, below the owner',
      'kind: Robot\nname: b\nowner: payments # on call\nexpires: 2027-03-31\n',
      `kind: Robot\nname: b\nowner: payments # on call\nkeys:\n  - ${line}\nexpires: 2027-03-31\n`,
    ],
    [
      'as the first key, below the owner, wherever that is',
      'kind: Robot\nowner: "payments"\nname: b\nexpires: 2027-03-31\n',
      `kind: Robot\nowner: "payments"\nname: b\nkeys:\n  - ${line}\nexpires: 2027-03-31\n`,
    ],
    [
      'as the first key of an empty list',
      'kind: "Robot"\nname: b\nkeys: []\n',
      `kind: "Robot"\nname: b\nkeys: [${line}]\n`,
    ],
    [
      'as the first key of an empty list, of a file in canonical form',
      'kind: Robot\nname: b\nkeys: []\n',
      `kind: Robot\nname: b\nkeys:\n  - ${line}\n`,
    ],
    [
      'as the first key of an empty field',
      'kind: Robot\nname: b\nkeys: # none yet\nowner: a\n',
      `kind: Robot\nname: b\nkeys: # none yet\n  - ${line}\nowner: a\n`,
    ],
    [
      'into a list in brackets',
      `kind: Robot\nname: b\nkeys: [${one}, ] # keys\n`,
      `kind: Robot\nname: b\nkeys: [${one}, ${line}, ] # keys\n`,
    ],
    [
      'into a list in brackets that becomes too long, in lines',
      `kind: Robot\nname: b\nkeys: [${one}, ${one}]\n`,
      `kind: Robot\nname: b\nkeys:\n  - ${one}\n  - ${one}\n  - ${line}\n`,
    ],
    ['into a mapping in braces', '{ kind: Robot, name: b }\n', `{ kind: Robot, name: b, keys: [${line}] }\n`],
    [
      'at the end of a file without a last line end',
      'kind: Robot\nname: b',
      `kind: Robot\nname: b\nkeys:\n  - ${line}\n`,
    ],
    ['once', `kind: Robot\nname: b\nkeys:\n  - ${line}\n`, `kind: Robot\nname: b\nkeys:\n  - ${line}\n`],
  ];

  test.each(cases)('is added %s', (_name, before, after) => {
    expect(addItem(before, before.indexOf('name'), ['keys'], key)).toBe(after);
  });

  test('touches only the document that is meant', () => {
    const [before, between, behind] = [
      '# teams\nkind: "Team"\nname: a\n---\n',
      'kind: Robot\nname: b\nkeys: []\n',
      '---\nkind: Robot\nname: c\nkeys: []\n',
    ];
    const text = before + between + behind;
    const at = [before.length + 5, text.indexOf('name: c')];
    const after = at.map((offset) => addItem(text, offset, ['keys'], key));
    expect(after[0]).toBe(before + between.replace('[]', `[${line}]`) + behind);
    expect(after[1]).toBe(before + between + behind.replace('[]', `[${line}]`));
  });

  test('does not mind mistakes in another document', () => {
    const text = `kind: Robot\nname: b\nkeys:\n  - ${oneInForm}\n---\nkind: &x [\n`;
    const after = addItem(text, 3, ['keys'], key);
    expect(after).toBe(text.replace(oneInForm, `${oneInForm}\n  - ${line}`));
  });
});

describe('what is missing around it is made', () => {
  const cases: [name: string, before: string, after: string][] = [
    [
      'below the name',
      'kind: Team\nname: a\ngithub: "@a/b" # who\n',
      'kind: Team\nname: a\nmembers: { users: [x@a.dev] }\ngithub: "@a/b" # who\n',
    ],
    [
      'in braces',
      'kind: Team\nname: a\nmembers: {groups: [g]}\n',
      'kind: Team\nname: a\nmembers: {groups: [g], users: [x@a.dev]}\n',
    ],
    [
      'in lines, in the order of the schema',
      'kind: Team\nname: a\nmembers:\n    # directory\n    groups: [g]\n    # ours\n',
      'kind: Team\nname: a\nmembers:\n    # directory\n    groups: [g]\n    users: [x@a.dev]\n    # ours\n',
    ],
    [
      'behind a key alone',
      'kind: Team\nname: a\nmembers: # nobody\ngithub: "@a/b"\n',
      'kind: Team\nname: a\nmembers: # nobody\n  users: [x@a.dev]\ngithub: "@a/b"\n',
    ],
  ];
  test.each(cases)('%s', (_name, before, after) => {
    expect(addItem(before, 3, ['members', 'users'], 'x@a.dev')).toBe(after);
  });
});

test('a server of a gateway stands below the last one', () => {
  const add = (text: string): string => addKey(text, 3, ['servers'], 'docs', {});
  expect(add('kind: Gateway\nname: g\nservers:\n  b: {} # first: b\nclients: {only: [c]}\n')).toBe(
    'kind: Gateway\nname: g\nservers:\n  b: {} # first: b\n  docs: {}\nclients: {only: [c]}\n',
  );
  expect(add('kind: Gateway\nname: g\nservers: { b: {} } # one\n')).toBe(
    'kind: Gateway\nname: g\nservers: { b: {}, docs: {} } # one\n',
  );
});

describe('an item is taken out', () => {
  const cases: [name: string, before: string, after: string][] = [
    ['of the middle', 'allow: [ a, x,  b ] # c', 'allow: [ a, b ] # c'],
    ['of the end', 'allow: [ a, b, x ]', 'allow: [ a, b ]'],
    ['that is the only one', 'allow: [ x ]', 'allow: [ ]'],
    ['with its line', 'allow:\n  - a\n  - x # mine\n  # b\n  - b', 'allow:\n  - a\n  # b\n  - b'],
    ['that is the only line', 'allow:\n  - x', 'allow:\n  []'],
    ['that is not there', 'allow: [ a ]', 'allow: [ a ]'],
  ];
  test.each(cases)('%s', (_name, before, after) => {
    const head = 'kind: Grant\nname: "g"\n';
    expect(removeItem(`${head}${before}\n`, 3, ['allow'], 'x')).toBe(`${head}${after}\n`);
  });
});

test('whatever a document looks like, one user more changes nothing else and keeps every comment', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { text } = writeDocument(randomFrom(seed));
      const before: Record<string, unknown> = parseAllDocuments(text)[0]?.toJS();
      fc.pre(!('added' in before));
      const after = addItem(text, 3, ['added', 'users'], 'x@a.dev');
      expect(parseAllDocuments(after)[0]?.toJS(), text).toEqual({ ...before, added: { users: ['x@a.dev'] } });
      expect(after.match(/# .*/g), text).toEqual(text.match(/# .*/g));
      expect(removeItem(after, 3, ['added', 'users'], 'x@a.dev')).not.toContain('x@a.dev');
      if (isFormatted(text)) expect(isFormatted(after)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

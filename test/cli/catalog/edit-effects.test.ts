import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { EFFECTS, setEffects, type Effect } from '../../../cli/catalog/edit-effects.ts';

const HEAD = 'kind: Server\nname: tickets\n';

function set(text: string, names: Readonly<Record<string, Effect>>): string {
  return setEffects(text, text.indexOf('tickets'), new Map(Object.entries(names)));
}

describe('an effect is written the way the file is laid out', () => {
  const cases: [name: string, before: string, names: Record<string, Effect>, after: string][] = [
    [
      'the first one',
      `${HEAD}identities: { a: none }\n`,
      { get: 'read' },
      `${HEAD}identities: { a: none }\neffects:\n  read: [get]\n`,
    ],
    [
      'the first one, no line end',
      `${HEAD}identities: { a: none }`,
      { get: 'read' },
      `${HEAD}identities: { a: none }\neffects:\n  read: [get]\n`,
    ],
    [
      'the first one, below nested lines and a comment',
      `${HEAD}identities:\n  a: { bearer: b } # ours\n# the end\n`,
      { get: 'read' },
      `${HEAD}identities:\n  a: { bearer: b } # ours\neffects:\n  read: [get]\n# the end\n`,
    ],
    [
      'several at once',
      `${HEAD}url: u\n`,
      { a: 'read', b: 'read', c: 'write' },
      `${HEAD}url: u\neffects:\n  read: [a, b]\n  write: [c]\n`,
    ],
    [
      'one more in a line',
      `${HEAD}effects:\n  read: [a] # reads\nurl: u\n`,
      { b: 'read' },
      `${HEAD}effects:\n  read: [a, b] # reads\nurl: u\n`,
    ],
    ['one more in an empty list', `${HEAD}effects: { read: [] }\n`, { b: 'read' }, `${HEAD}effects: { read: [b] }\n`],
    [
      'one more class',
      `${HEAD}effects:\n    read: [a]\nurl: u\n`,
      { b: 'destructive' },
      `${HEAD}effects:\n    read: [a]\n    destructive: [b]\nurl: u\n`,
    ],
    [
      'a class goes where readers expect it',
      `${HEAD}effects:\n  read: [a]\n  # never again\n  destructive: [d]\n`,
      { w: 'write' },
      `${HEAD}effects:\n  read: [a]\n  write: [w]\n  # never again\n  destructive: [d]\n`,
    ],
    [
      'the first class',
      `${HEAD}effects: # classes: all of them\n  # never again\n  destructive: [d]\nurl: u\n`,
      { r: 'read' },
      `${HEAD}effects: # classes: all of them\n  read: [r]\n  # never again\n  destructive: [d]\nurl: u\n`,
    ],
    [
      'the first class in braces',
      `${HEAD}effects: { write: [w] }\n`,
      { r: 'read' },
      `${HEAD}effects: { read: [r], write: [w] }\n`,
    ],
    [
      'one more class in braces',
      `${HEAD}effects: { read: [a] }\n`,
      { b: 'write' },
      `${HEAD}effects: { read: [a], write: [b] }\n`,
    ],
    ['empty braces', `${HEAD}effects: {}\n`, { b: 'write' }, `${HEAD}effects:\n  write: [b]\n`],
    [
      'a line for each name',
      `${HEAD}effects:\n  read:\n    - a # one\n    # two\n    - b\n  write: [w]\n`,
      { c: 'read' },
      `${HEAD}effects:\n  read:\n    - a # one\n    # two\n    - b\n    - c\n  write: [w]\n`,
    ],
    [
      'a list that is not indented',
      `${HEAD}effects:\n  read:\n  - a\n`,
      { b: 'read' },
      `${HEAD}effects:\n  read:\n  - a\n  - b\n`,
    ],
    [
      'brackets over several lines',
      `${HEAD}effects:\n  read:\n    [\n      a,\n      b, # last\n    ]\n`,
      { c: 'read' },
      `${HEAD}effects:\n  read:\n    [\n      a,\n      b,\n      c, # last\n    ]\n`,
    ],
    [
      'from one class to another',
      `${HEAD}effects:\n  read: [a, b, c]\n  write: [w]\n`,
      { b: 'write' },
      `${HEAD}effects:\n  read: [a, c]\n  write: [w, b]\n`,
    ],
    [
      'the last of a class',
      `${HEAD}effects:\n  read: [a, b]\n`,
      { b: 'write' },
      `${HEAD}effects:\n  read: [a]\n  write: [b]\n`,
    ],
    [
      'the only one of a class',
      `${HEAD}effects:\n  read: [a]\n  write: [w]\n`,
      { a: 'write' },
      `${HEAD}effects:\n  read: []\n  write: [w, a]\n`,
    ],
    [
      'the only one of a list with lines',
      `${HEAD}effects:\n  read:\n    - a\n  write:\n    - w\n`,
      { a: 'write' },
      `${HEAD}effects:\n  read:\n    []\n  write:\n    - w\n    - a\n`,
    ],
    [
      'one of a list with lines',
      `${HEAD}effects:\n  read:\n    - a\n    - b\n    - c\n`,
      { b: 'write' },
      `${HEAD}effects:\n  read:\n    - a\n    - c\n  write: [b]\n`,
    ],
    ['as it is already', `${HEAD}effects: { read: [ a ] }\n`, { a: 'read' }, `${HEAD}effects: { read: [ a ] }\n`],
    [
      'a name that needs quotes',
      `${HEAD}effects: { read: [a] }\n`,
      { 'get: all': 'read', null: 'read' },
      `${HEAD}effects: { read: [a, 'get: all', 'null'] }\n`,
    ],
    [
      'effects above the name',
      `kind: Server\neffects: { read: [a] }\nname: tickets\n`,
      { b: 'read', c: 'write' },
      `kind: Server\neffects: { read: [a, b], write: [c] }\nname: tickets\n`,
    ],
    [
      'one document of several',
      `kind: Team\nname: x\n---\n${HEAD}url: u\n---\nkind: Team\nname: y\n`,
      { a: 'read' },
      `kind: Team\nname: x\n---\n${HEAD}url: u\neffects:\n  read: [a]\n---\nkind: Team\nname: y\n`,
    ],
    [
      'a line that becomes too long',
      `${HEAD}effects:\n  read: [${Array.from({ length: 9 }, (_, at) => `a_long_name_${at}`).join(', ')}]\n`,
      { another: 'read' },
      `${HEAD}effects:\n  read:\n${[...Array.from({ length: 9 }, (_, at) => `a_long_name_${at}`), 'another'].map((name) => `    - ${name}\n`).join('')}`,
    ],
  ];

  test.each(cases)('%s', (_name, before, names, after) => {
    expect(set(before, names)).toBe(after);
  });
});

test('whatever names a Server has, only the effects change', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .filter((text) => !/\p{Cc}|\p{Cs}/u.test(text));
  const lists = fc.record({
    read: fc.uniqueArray(name, { maxLength: 4 }),
    write: fc.uniqueArray(name, { maxLength: 4 }),
  });
  const effect = fc.constantFrom(...EFFECTS);
  fc.assert(
    fc.property(lists, name, effect, fc.boolean(), ({ read, write }, moved, wanted, flow) => {
      const list = (names: readonly string[], indent: string): string =>
        flow || names.length === 0
          ? ` [${names.map((one) => JSON.stringify(one)).join(', ')}]`
          : names.map((one) => `\n${indent}- ${JSON.stringify(one)}`).join('');
      const text = `${HEAD}effects: # classes\n  read:${list(read, '    ')}\n  write:${list(
        write.filter((one) => !read.includes(one)),
        '    ',
      )}\nurl: u # last\n`;
      const after = set(text, { [moved]: wanted });
      const [document] = parseAllDocuments(after);
      const value: { effects: Record<string, string[]> } = document?.toJS();
      expect(EFFECTS.filter((one) => value.effects[one]?.includes(moved))).toEqual([wanted]);
      expect(after).toContain('effects: # classes\n');
      expect(after).toContain('\nurl: u # last\n');
    }),
  );
});

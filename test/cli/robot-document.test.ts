import { expect, test } from 'vitest';
import { addRobotKey } from '../../cli/robot-document.ts';

const key = { id: 'rb2', sha256: 'ab'.repeat(32), expires: '2027-03-31' };
const line = `{ id: rb2, sha256: "${'ab'.repeat(32)}", expires: 2027-03-31 }`;
const one = '{ id: rb1, sha256: "00", expires: 2026-12-31 }';

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
  ['as the first key of an empty list', 'kind: Robot\nname: b\nkeys: []\n', `kind: Robot\nname: b\nkeys: [${line}]\n`],
  [
    'as the first key of an empty field',
    'kind: Robot\nname: b\nkeys: # none yet\nowner: a\n',
    `kind: Robot\nname: b\nkeys: # none yet\n  - ${line}\nowner: a\n`,
  ],
  [
    'into a list in brackets',
    `kind: Robot\nname: b\nkeys: [ ${one}, ]\n`,
    `kind: Robot\nname: b\nkeys: [ ${one}, ${line}, ]\n`,
  ],
  ['into a mapping in braces', '{ kind: Robot, name: b }\n', `{ kind: Robot, name: b, keys: [${line}] }\n`],
  [
    'at the end of a file without a last line end',
    'kind: Robot\nname: b',
    `kind: Robot\nname: b\nkeys:\n  - ${line}\n`,
  ],
];

test.each(cases)('a key is added %s', (_name, before, after) => {
  expect(addRobotKey(before, before.indexOf('name'), key)).toBe(after);
});

test('in a file of many documents only the one meant is touched', () => {
  const [before, between, behind] = [
    '# teams\nkind: Team\nname: a\n---\n',
    'kind: Robot\nname: b\nkeys: []\n',
    '---\nkind: Robot\nname: c\nkeys: []\n',
  ];
  const text = before + between + behind;
  expect(addRobotKey(text, before.length + 5, key)).toBe(before + between.replace('[]', `[${line}]`) + behind);
  expect(addRobotKey(text, text.indexOf('name: c'), key)).toBe(before + between + behind.replace('[]', `[${line}]`));
});

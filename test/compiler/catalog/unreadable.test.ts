import { expect, test } from 'vitest';
import { escapeUnreadable, unreadableCharacters } from '../../../compiler/catalog/unreadable.ts';
import { codePointName } from '../../../compiler/diagnostics/invisible.ts';

const cases: [name: string, text: string, found: readonly string[]][] = [
  ['plain text', 'Reads a file.\n\tThen stops.\r\n', []],
  ['scripts of the world', 'Ünïcödé, 漢字, हिन्दी, עברית', []],
  ['emoji', 'ok \u2705 \u2139\ufe0f \u{1f469}\u200d\u{1f4bb} \u{1f44d}\u{1f3fd}', []],
  ['an escape sequence', 'red \u001b[31m', ['control U+001B']],
  ['NUL and C1', 'a\u0000b\u009fc', ['control U+0000', 'control U+009F']],
  [
    'zero-width characters',
    'a\u200bb\u200cc\u200dd\ufeffe',
    ['invisible U+200B', 'invisible U+200C', 'invisible U+200D', 'invisible U+FEFF'],
  ],
  ['bidirectional marks', '\u202eabc\u2066', ['invisible U+202E', 'invisible U+2066']],
  ['tag characters', 'hi\u{e0068}\u{e0069}', ['invisible U+E0068', 'invisible U+E0069']],
  ['variation selectors after letters', 'a\ufe0fb\u{e0100}', ['invisible U+FE0F', 'invisible U+E0100']],
  ['a joiner that joins nothing', '\u{1f469}\u200dx', ['invisible U+200D']],
  ['line separators', 'a\u2028b', ['invisible U+2028']],
  ['a soft hyphen', 'a\u00adb', ['invisible U+00AD']],
];

test.each(cases)('%s', (_name, text, found) => {
  expect(unreadableCharacters(text).map(({ kind, character }) => `${kind} ${codePointName(character)}`)).toEqual(found);
});

test('escapes say the same to a JSON parser', () => {
  for (const [, text] of cases) {
    const quoted = escapeUnreadable(JSON.stringify(text));
    expect(JSON.parse(quoted)).toBe(text);
    expect(
      unreadableCharacters(quoted).filter(({ character }) => character !== '\ufe0f' && character !== '\u200d'),
    ).toEqual([]);
  }
});

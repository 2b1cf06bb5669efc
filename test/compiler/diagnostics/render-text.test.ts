import { expect, test } from 'vitest';
import { diagnosticOf, type Diagnostic, type SourceFile } from '../../../compiler/diagnostics/diagnostic.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';

/** A diagnostic about the first place of `part` in a text. */
function about(text: string, part: string, more: Partial<Diagnostic> = {}, path = 'policies/access.yaml'): Diagnostic {
  const file: SourceFile = { path, text };
  const start = text.indexOf(part);
  const span = { file, start, end: start + part.length };
  return { ...diagnosticOf({ code: 'policy/unknown-key', message: 'something is wrong', span }), ...more };
}

function plain(diagnostic: Diagnostic, width = 100): string {
  return renderText([diagnostic], { colour: false, width });
}

test('a diagnostic says where, what, and what to do', () => {
  const text = `${'\n'.repeat(19)}    when: args.amuont <= 50000 && args.currency in ["usd", "eur"]\n`;
  const message = '`amuont` is not an argument of stripe/create_refund';
  const diagnostic = about(text, 'amuont', { message, help: 'did you mean `amount`?' });
  expect(plain(diagnostic)).toBe(
    [
      'policies/access.yaml:20:16: error: `amuont` is not an argument of stripe/create_refund [policy/unknown-key]',
      '  20 |     when: args.amuont <= 50000 && args.currency in ["usd", "eur"]',
      '     |                ^^^^^^',
      '  help: did you mean `amount`?',
      '',
    ].join('\n'),
  );
});

test('related places are notes, and a blank line stands between two diagnostics', () => {
  const first = about('name: a\nname: b\n', 'name: b', { severity: 'warning' });
  const related = [{ message: 'first written here', span: { ...first.span, start: 0, end: 4 } }];
  expect(renderText([{ ...first, related }, first], { colour: false, width: 80 })).toBe(
    [
      'policies/access.yaml:2:1: warning: something is wrong [policy/unknown-key]',
      '  2 | name: b',
      '    | ^^^^^^^',
      '  note: policies/access.yaml:1:1: first written here',
      '',
      'policies/access.yaml:2:1: warning: something is wrong [policy/unknown-key]',
      '  2 | name: b',
      '    | ^^^^^^^',
      '',
    ].join('\n'),
  );
});

/** The line that is shown, and the line with the caret. */
const excerpts: readonly [name: string, text: string, part: string, position: string, shown: string, caret: string][] =
  [
    ['tabs', 'a:\t\tbad # x', 'bad', '1:5', 'a:        bad # x', '          ^^^'],
    ['wide letters', '日本: bad', 'bad', '1:5', '日本: bad', '      ^^^'],
    ['a wide letter below the caret', 'a: 日本 c', '日本', '1:4', 'a: 日本 c', '   ^^^^'],
    ['emoji and joiners', '👨‍👩‍👧 🇩🇪 ❤️: bad', 'bad', '1:14', '👨‍👩‍👧 🇩🇪 ❤️: bad', '          ^^^'],
    ['combining marks', 'e\u0301e\u0301: bad', 'bad', '1:7', 'e\u0301e\u0301: bad', '    ^^^'],
    ['letters beyond 16 bits', '𝒳: bad', 'bad', '1:4', '𝒳: bad', '   ^^^'],
    ['a byte order mark', '\uFEFFbad: a', 'bad', '1:1', 'bad: a', '^^^'],
    ['carriage returns', 'a: b\r\nc: bad\r\n', 'bad', '2:4', 'c: bad', '   ^^^'],
    ['terminal controls', 'a: \u001b[31m bad', 'bad', '1:10', 'a: <U+001B>[31m bad', '                ^^^'],
    ['bidirectional overrides', 'a: \u202ebad', 'bad', '1:5', 'a: <U+202E>bad', '           ^^^'],
    ['several lines', 'a: |\n  one\n  two\n', 'one\n  two', '2:3', '  one', '  ^^^'],
    ['an empty span', 'abc', '', '1:1', 'abc', '^'],
  ];

test.each(excerpts)('%s do not shift the caret', (_name, text, part, position, shown, caret) => {
  const [head, line, below] = plain(about(text, part)).split('\n');
  expect(head).toContain(`access.yaml:${position}: `);
  expect(line?.replace(/^ +\d+ \| /, '')).toBe(shown);
  expect(below?.replace(/^ +\| /, '')).toBe(caret);
});

test('a place after the last line break is shown as an empty line', () => {
  const end = 'a: b\n'.length;
  const diagnostic = about('a: b\n', '');
  const [head, line, below] = plain({ ...diagnostic, span: { ...diagnostic.span, start: end, end } }).split('\n');
  expect([head?.slice(0, 25), line, below]).toEqual(['policies/access.yaml:2:1:', '  2 |', '    | ^']);
});

const long: readonly [name: string, text: string, shown: string, caret: string][] = [
  ['after', `bad${'x'.repeat(60)}`, `bad${'x'.repeat(31)}…`, '^^^'],
  ['before', `${'x'.repeat(60)}bad`, `…${'x'.repeat(31)}bad`, `${' '.repeat(32)}^^^`],
  [
    'around',
    `${'x'.repeat(60)}bad${'y'.repeat(60)}`,
    `…${'x'.repeat(10)}bad${'y'.repeat(20)}…`,
    `${' '.repeat(11)}^^^`,
  ],
];

test.each(long)('a long line is cut %s the caret', (_name, text, shown, caret) => {
  const [, line, below] = plain(about(text, 'bad'), 41).split('\n');
  expect([line, below]).toEqual([`  1 | ${shown}`, `    | ${caret}`]);
});

test('a caret longer than the terminal ends with it, and a narrow terminal still shows something', () => {
  const [, line, below] = plain(about('x'.repeat(200), 'x'.repeat(200)), 40).split('\n');
  expect([line?.length, below?.length]).toEqual([40, 40]);
  const [, narrow] = plain(about('x'.repeat(200), 'x'.repeat(200)), 1).split('\n');
  expect(narrow?.length).toBe(26);
});

test('a huge line is not walked from end to end', () => {
  const text = `${'x'.repeat(3_000_000)}bad${'x'.repeat(1_000_000)}`;
  expect(plain(about(text, 'bad')).split('\n')[1]).toContain('bad');
});

test('nothing of the user reaches the terminal as control', () => {
  const hostile = '\u001b]0;title\u0007\u202e';
  const diagnostic = about(hostile, hostile, { message: hostile, help: hostile }, `${hostile}.yaml`);
  // oxlint-disable-next-line no-control-regex -- it is controls that are looked for
  expect(plain(diagnostic)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test('colours are ANSI, and only when asked for', () => {
  const text = renderText([about('a: bad', 'bad', { help: 'mend it' })], { colour: true, width: 80 });
  const [red, bold, cyan, end] = ['\u001b[31m', '\u001b[1m', '\u001b[36m', '\u001b[0m'];
  expect(text).toBe(
    [
      `${bold}policies/access.yaml:1:4:${end} ${red}error:${end} something is wrong [policy/unknown-key]`,
      '  1 | a: bad',
      `    |    ${red}^^^${end}`,
      `  ${cyan}help:${end} mend it`,
      '',
    ].join('\n'),
  );
});

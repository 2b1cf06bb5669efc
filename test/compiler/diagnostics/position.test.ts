import { expect, test } from 'vitest';
import { lineAt, positionAt } from '../../../compiler/diagnostics/position.ts';

const cases: readonly [name: string, text: string, offset: number, line: number, column: number][] = [
  ['the beginning', 'ab\ncd', 0, 1, 1],
  ['the end of a line', 'ab\ncd', 2, 1, 3],
  ['the beginning of the next', 'ab\ncd', 3, 2, 1],
  ['the end of the file', 'ab\ncd', 5, 2, 3],
  ['after a last line break', 'ab\n', 3, 2, 1],
  ['an empty file', '', 0, 1, 1],
  ['after a letter beyond 16 bits', '𝒳a', 2, 1, 2],
  ['within such a letter', '𝒳a', 1, 1, 1],
  ['after a byte order mark', '\uFEFFab', 1, 1, 1],
  ['after CRLF', 'ab\r\ncd', 4, 2, 1],
  ['far down', '\n'.repeat(1000), 500, 501, 1],
];

test.each(cases)('the position of %s', (_name, text, offset, line, column) => {
  expect(positionAt({ path: 'a.yaml', text }, offset)).toEqual({ line, column });
});

test('a line comes without its line break and byte order mark', () => {
  const file = { path: 'a.yaml', text: '\uFEFFab\r\ncd\n' };
  expect([1, 2, 3].map((line) => lineAt(file, line))).toEqual([
    { start: 1, text: 'ab' },
    { start: 5, text: 'cd' },
    { start: 8, text: '' },
  ]);
});

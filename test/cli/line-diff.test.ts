import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderLineDiff } from '../../cli/edit/line-diff.ts';
import { temporaryFolder } from './mcpgw.ts';

const many = Array.from({ length: 40 }, (_, at) => `line ${at}\n`).join('');

const cases: [name: string, before: string | null, after: string][] = [
  ['one line of many', many, many.replace('line 20\n', 'line twenty\n')],
  ['changes near each other', many, many.replace('line 20\n', '').replace('line 23\n', 'a\nb\n')],
  ['changes far apart', many, many.replace('line 2\n', '').replace('line 37\n', 'a\nb\n')],
  ['the first and the last line', many, `first\n${many}last\n`],
  ['everything', 'a\nb\n', 'c\nd\ne\n'],
  ['a new file', null, 'a\nb\n'],
  ['no line feed at the end before', 'a\nb', 'a\nb\nc\n'],
  ['no line feed at the end afterwards', 'a\nb\n', 'a\nc'],
  ['only the line feed at the end', 'a\nb', 'a\nb\n'],
  ['tabs', 'a\tb\n', 'a\tc\n'],
];

test.each(cases)('git applies a diff of %s', async (_name, before, after) => {
  const cwd = await temporaryFolder();
  const path = 'policies/a.yaml';
  await mkdir(join(cwd, 'policies'));
  if (before !== null) await writeFile(join(cwd, path), before);
  await writeFile(join(cwd, 'x.diff'), renderLineDiff(path, before, after, null));
  execFileSync('git', ['apply', '--unidiff-zero', 'x.diff'], { cwd, stdio: 'pipe' });
  expect(await readFile(join(cwd, path), 'utf8')).toBe(after);
});

test('nothing differs: nothing is shown', () => {
  expect(renderLineDiff('a', many, many, null)).toBe('');
});

test('no text of a file reaches the terminal as control', () => {
  expect(renderLineDiff('a', 'a\n', 'b\u001B[31m\u202E\n', null)).toContain('+b<U+001B>[31m<U+202E>\n');
});

test('what is too long is cut, and said', () => {
  const diff = renderLineDiff('a', '', many, 10);
  expect(diff.split('\n')).toHaveLength(14);
  expect(diff).toContain('\n… 31 more lines\n');
});

import { expect, test } from 'vitest';
import { diagnosticOf } from '../../../compiler/diagnostics/diagnostic.ts';
import { renderGithub } from '../../../compiler/diagnostics/render-github.ts';

const file = { path: 'policies/a,b:c.yaml', text: '𝒳: bad\nname: |\n  x\n  y\n' };
const at = (start: string, end = start) => ({
  file,
  start: file.text.indexOf(start),
  end: file.text.indexOf(end) + end.length,
});

const cases: [name: string, problem: Parameters<typeof diagnosticOf>[0], line: string][] = [
  [
    'an error is a command with its place; columns count characters',
    { code: 'policy/unknown-key', message: 'wrong', span: at('bad') },
    '::error file=policies/a%2Cb%3Ac.yaml,line=1,endLine=1,col=4,endColumn=7,title=policy/unknown-key::wrong',
  ],
  [
    'a place over several lines has no last column, which GitHub would refuse',
    { code: 'lint/many-tools', message: 'many', span: at('x', 'y') },
    '::warning file=policies/a%2Cb%3Ac.yaml,line=3,endLine=4,col=3,title=lint/many-tools::many',
  ],
  [
    'help and notes follow in lines of their own',
    {
      code: 'policy/duplicate-name',
      message: 'twice',
      span: at('bad'),
      help: 'rename it',
      related: [{ message: 'first', span: at('x') }],
    },
    '::error file=policies/a%2Cb%3Ac.yaml,line=1,endLine=1,col=4,endColumn=7,title=policy/duplicate-name::twice%0Ahelp: rename it%0Anote: policies/a,b:c.yaml:3:3: first',
  ],
  [
    'no text of the policy ends the command or begins another',
    { code: 'policy/bad-text', message: '100%\n::error::x\r', span: at('bad') },
    '::error file=policies/a%2Cb%3Ac.yaml,line=1,endLine=1,col=4,endColumn=7,title=policy/bad-text::100%25 ::error::x<U+000D>',
  ],
];

test.each(cases)('%s', (_name, problem, line) => {
  expect(renderGithub([diagnosticOf(problem)])).toBe(`${line}\n`);
});

test('nothing to say is nothing', () => {
  expect(renderGithub([])).toBe('');
});

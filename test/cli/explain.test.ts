import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { Failure, unverified } from '../../cli/failure.ts';
import type { Terminal } from '../../cli/terminal.ts';

function caught(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}

const bug = new TypeError('x is not a function');
const cases: [name: string, error: unknown, exit: number, lines: string[]][] = [
  ['a failure is one line', new Failure('--key: is required'), 2, ['error: --key: is required']],
  ['with its remedy below', new Failure('a: b', { help: 'c' }), 2, ['error: a: b', '  help: c']],
  ['with an exit code of its own', unverified('a.tar', 'is no bundle'), 6, ['error: a.tar: is no bundle']],
  [
    'an error of the file system names the path',
    caught(() => readFileSync('/nowhere/at/all')),
    2,
    ['error: /nowhere/at/all: no such file or folder'],
  ],
  ['anything else is ours, and shows where', bug, 1, [bug.stack ?? '', 'this is a bug in mcpgw']],
  ['even what is no error', 'thrown', 1, ['thrown', 'this is a bug in mcpgw']],
];

test.each(cases)('%s', (_name, error, exit, lines) => {
  const said: string[] = [];
  const terminal: Terminal = {
    result: () => {
      throw new Error('nothing of this is a result');
    },
    comment: (line) => said.push(line),
    clear: () => said.push('cleared'),
    paint: (_stream, _style, text) => text,
  };
  expect(explain(error, terminal)).toBe(exit);
  expect(said).toEqual(lines);
});

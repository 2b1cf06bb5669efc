import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { expectGolden } from './golden.ts';
import { mcpgw } from './mcpgw.ts';

const own = COMMANDS.filter((command) => !command.name.startsWith('catalog '));

describe('help', () => {
  test.each(own)('`mcpgw $name --help` explains the command', async ({ name }) => {
    const run = await mcpgw([...name.split(' '), '--help']);
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expectGolden(`help/${name.replace(' ', '-')}.txt`, run.stdout);
  });

  test('`mcpgw help COMMAND` and `mcpgw COMMAND --help` are the same', async () => {
    const [first, second] = await Promise.all([mcpgw(['help', 'robot', 'key']), mcpgw(['robot', 'key', '-h'])]);
    expect(first).toEqual(second);
  });

  test('`mcpgw help` lists every command on stdout, `mcpgw` alone on stderr as a mistake', async () => {
    const [asked, bare, flag] = await Promise.all([mcpgw(['help']), mcpgw([]), mcpgw(['--help'])]);
    expect(asked).toMatchObject({ exit: 0, stderr: '' });
    expect(flag).toEqual(asked);
    expect(bare).toEqual({ exit: 2, stdout: '', stderr: asked.stdout });
    for (const command of COMMANDS) expect(asked.stdout).toContain(`  ${command.name} `);
  });

  test('the first word of two lists its commands', async () => {
    const run = await mcpgw(['robot', '--help']);
    expect(run.exit).toBe(0);
    expect(run.stdout).toContain('robot key');
  });

  test('a command is registered under its own name', async () => {
    for (const { name, load } of COMMANDS) expect((await load()).name).toBe(name);
  });

  test('the version is that of package.json', async () => {
    expect(await mcpgw(['--version'])).toEqual({ exit: 0, stdout: '0.1.0\n', stderr: '' });
  });
});

const mistakes: [name: string, words: string[], stderr: string][] = [
  ['an unknown command', ['chekc'], 'error: chekc: is no command of mcpgw\n  help: did you mean `check`?\n'],
  [
    'nothing like a command',
    ['xyzzyplugh'],
    'error: xyzzyplugh: is no command of mcpgw\n  help: `mcpgw help` lists the commands\n',
  ],
  ['half a command', ['robot'], 'error: robot: is half a command\n  help: mcpgw robot add, mcpgw robot key\n'],
  [
    'an unknown second word',
    ['robot', 'kay'],
    'error: robot kay: is no command of mcpgw\n  help: did you mean `robot key`?\n',
  ],
  [
    'an option before the command',
    ['--format', 'json', 'check'],
    'error: --format: is no option of `mcpgw` itself\n  help: options follow the command\n',
  ],
  [
    'an unknown option',
    ['check', '--fromat', 'json'],
    'error: --fromat: is no option of `mcpgw check`\n  help: did you mean `--format`?\n',
  ],
  [
    'an option that every object has',
    ['check', '--constructor'],
    'error: --constructor: is no option of `mcpgw check`\n  help: mcpgw check --help\n',
  ],
  ['an option without its value', ['check', '--format'], 'error: --format: needs a value: FORMAT\n'],
  [
    'an option whose value was forgotten',
    ['check', '--environment', '--format=json'],
    'error: --environment: needs a value: NAME\n  help: write --environment=--format=json if that is the value\n',
  ],
  [
    'a value outside the choices',
    ['check', '--format', 'jsno'],
    'error: --format: `jsno` is not one of text, json, sarif, github\n  help: did you mean `json`?\n',
  ],
  ['an option given twice', ['check', '--format=json', '--format', 'text'], 'error: --format: is given twice\n'],
  ['a value for a switch', ['serve', '--once=yes'], 'error: --once: takes no value\n'],
  [
    'a required option that is missing',
    ['keygen'],
    'error: --out: is required: where to write the private key (PEM); never overwritten\n  help: mcpgw keygen --help\n',
  ],
  [
    'a required argument that is missing',
    ['inspect'],
    'error: BUNDLE: is required: a bundle (.tar), or its id with --store\n  help: mcpgw inspect --help\n',
  ],
  ['one argument too many', ['check', 'a', 'b'], 'error: b: is one argument too many\n  help: mcpgw check --help\n'],
];

test.each(mistakes)('%s exits with 2, one line and a remedy', async (_name, words, stderr) => {
  expect(await mcpgw(words)).toEqual({ exit: 2, stdout: '', stderr });
});

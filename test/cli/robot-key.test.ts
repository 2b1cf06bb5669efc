import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashRobotKey, parseRobotKey } from '../../dataplane/format/robot-key.ts';
import { mcpgw } from './mcpgw.ts';
import { edit, starterFolder } from './starter.ts';

describe('robot key', () => {
  test('shows the key once and leaves its hash in the policy, as one new line', async () => {
    const cwd = await starterFolder();
    const before = await readFile(join(cwd, 'policies/teams.yaml'), 'utf8');
    const run = await mcpgw(['robot', 'key', 'helper', '--environment', 'production'], { cwd });
    expect(run.exit).toBe(0);
    const key = run.stdout.trim();
    expect(parseRobotKey(key)).toEqual({ id: 'h1' });
    const line = `  - { id: h1, sha256: ${hashRobotKey('production', key)}, expires: 2027-11-20 }`;
    const after = await readFile(join(cwd, 'policies/teams.yaml'), 'utf8');
    expect(after.replace(`keys:\n${line}\n`, '')).toBe(before);
    expect(run.stderr).not.toContain(key);
    expect(await mcpgw(['check'], { cwd })).toMatchObject({ exit: 0 });

    const second = await mcpgw(['robot', 'key', 'helper', '--environment', 'dev', '--expires', '2027-03-31'], { cwd });
    expect(parseRobotKey(second.stdout.trim())).toEqual({ id: 'h2' });
    expect(await readFile(join(cwd, 'policies/teams.yaml'), 'utf8')).toContain('expires: 2027-03-31 }');
    expect(await mcpgw(['check'], { cwd })).toMatchObject({ exit: 0 });
  });

  test('keeps the line ends of a file from Windows', async () => {
    const cwd = await starterFolder();
    const path = join(cwd, 'policies/teams.yaml');
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('\n', '\r\n'));
    await mcpgw(['robot', 'key', 'helper', '--environment', 'dev'], { cwd });
    expect((await readFile(path, 'utf8')).replaceAll('\r\n', '')).not.toContain('\n');
  });

  const mistakes: [name: string, words: string[], stderr: string][] = [
    [
      'an unknown robot',
      ['hepler', '--environment', 'dev'],
      'error: hepler: there is no Robot of that name in policies\n  help: did you mean `helper`?\n',
    ],
    [
      'an unknown environment',
      ['helper', '--environment', 'deb'],
      'error: --environment: the workspace has no environment `deb`\n  help: did you mean `dev`?\n',
    ],
    [
      'no environment',
      ['helper'],
      'error: --environment: is required: the environment in which the key is good\n  help: mcpgw robot key --help\n',
    ],
    [
      'a date that is none',
      ['helper', '--environment', 'dev', '--expires', '2027-02-30'],
      'error: --expires: `2027-02-30` is no date: YYYY-MM-DD\n',
    ],
    [
      'a date that is over',
      ['helper', '--environment', 'dev', '--expires', '2020-01-01'],
      'error: --expires: 2020-01-01 is over\n',
    ],
    [
      'a date after the robot',
      ['helper', '--environment', 'dev', '--expires', '2027-11-21'],
      'error: --expires: the robot itself expires at the end of 2027-11-20\n',
    ],
    [
      'another folder',
      ['helper', '--environment', 'dev', '--policies', 'elsewhere'],
      'error: elsewhere: no such file or folder\n',
    ],
  ];
  test.each(mistakes)('%s is refused, and nothing is written', async (_name, words, stderr) => {
    const cwd = await starterFolder();
    const before = await readFile(join(cwd, 'policies/teams.yaml'), 'utf8');
    expect(await mcpgw(['robot', 'key', ...words], { cwd })).toEqual({ exit: 2, stdout: '', stderr });
    expect(await readFile(join(cwd, 'policies/teams.yaml'), 'utf8')).toBe(before);
  });

  test('a robot of another environment, and one with errors, are told apart from none', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/teams.yaml', 'name: helper\n', 'name: helper\nenvironments: [production]\n');
    const other = await mcpgw(['robot', 'key', 'helper', '--environment', 'dev'], { cwd });
    expect(other.stderr).toBe('error: helper: the robot does not belong to environment dev\n');
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'ownr: engineering');
    const broken = await mcpgw(['robot', 'key', 'helper', '--environment', 'dev'], { cwd });
    expect(broken.stderr).toBe('error: helper: the Robot has errors\n  help: mcpgw check policies\n');
  });
});

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectGolden } from './golden.ts';
import { mcpgw, temporaryFolder } from './mcpgw.ts';
import { edit, starterFolder } from './starter.ts';

describe('check', () => {
  test('says nothing on stdout when there is nothing to say', async () => {
    const cwd = await starterFolder();
    expect(await mcpgw(['check'], { cwd })).toEqual({
      exit: 0,
      stdout: '',
      stderr: 'ok: 6 files for dev, production\n',
    });
    const one = await mcpgw(['check', 'policies', '--environment', 'production'], { cwd });
    expect(one.stderr).toBe('ok: 6 files for production\n');
  });

  test('names file, line, column, code and remedy of each mistake once, whatever the environments', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/gateway.yaml', 'tools: [echo, get-sum]', 'tools: [echo, get-some]');
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: enginering');
    const [text, json] = await Promise.all([mcpgw(['check'], { cwd }), mcpgw(['check', '--format', 'json'], { cwd })]);
    expect(text).toMatchObject({ exit: 3, stderr: '2 errors in policies\n' });
    expect(json).toMatchObject({ exit: 3, stderr: text.stderr });
    expectGolden('check.txt', text.stdout);
    expectGolden('check.json', json.stdout);
  });

  test('a policy without a Workspace is explained', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'policies'));
    await writeFile(join(cwd, 'policies/team.yaml'), 'kind: Team\nname: a\nmembers: { groups: [a] }\n');
    const run = await mcpgw(['check'], { cwd });
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('[policy/no-workspace]');
    await writeFile(join(cwd, 'policies/team.yaml'), '# nothing yet\n');
    const empty = await mcpgw(['check'], { cwd });
    expect(empty.exit).toBeGreaterThan(0);
    expect(empty.stdout + empty.stderr).toMatch(/empty-document|holds no Workspace/);
  });

  const mistakes: [name: string, words: string[], stderr: string][] = [
    ['a missing folder', ['nowhere'], 'error: nowhere: no such file or folder\n'],
    ['a file for a folder', ['policies/gateway.yaml'], 'error: policies/gateway.yaml: is a file, a folder is wanted\n'],
    [
      'a folder without policies',
      ['empty'],
      'error: empty: holds no policy file (*.yaml)\n  help: name the folder that holds them, or begin with `mcpgw init`\n',
    ],
    [
      'an unknown environment',
      ['--environment', 'producton'],
      'error: --environment: the workspace has no environment `producton`\n  help: did you mean `production`?\n',
    ],
  ];
  test.each(mistakes)('%s is one line that names it', async (_name, words, stderr) => {
    const cwd = await starterFolder();
    await mkdir(join(cwd, 'empty'));
    expect(await mcpgw(['check', ...words], { cwd })).toEqual({ exit: 2, stdout: '', stderr });
  });

  test.skipIf(process.getuid?.() === 0)('an unreadable file is one line that names it', async () => {
    const cwd = await starterFolder();
    await chmod(join(cwd, 'policies/teams.yaml'), 0o000);
    expect(await mcpgw(['check'], { cwd })).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error: policies/teams.yaml: permission denied\n',
    });
  });
});

test('colours are for terminals: FORCE_COLOR asks for them, NO_COLOR wins nothing back from a pipe', async () => {
  const cwd = await starterFolder();
  await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: nobody');
  const plain = await mcpgw(['check'], { cwd });
  const coloured = await mcpgw(['check'], { cwd, environment: { NO_COLOR: undefined, FORCE_COLOR: '1' } });
  expect(plain.stdout).not.toContain('\u001B');
  expect(coloured.stdout).toContain('\u001B[31m');
});

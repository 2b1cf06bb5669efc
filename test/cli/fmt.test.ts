import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectGolden } from './golden.ts';
import { mcpgw, temporaryFolder } from './mcpgw.ts';
import { starterFolder } from './starter.ts';

const UNTIDY = 'name: a\nkind:   Team # a team\nmembers: {users: [ "a@x.dev" ]}\n';
const TIDY = 'kind: Team # a team\nname: a\nmembers: { users: [a@x.dev] }\n';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'policies/teams'), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(cwd, path), text);
  return cwd;
}

describe('fmt', () => {
  test('writes files in canonical form and lists those it changed; then there is nothing to do', async () => {
    const cwd = await folderWith({ 'policies/teams/a.yaml': UNTIDY, 'policies/b.yml': TIDY.replace(': a', ': b') });
    expect(await mcpgw(['fmt'], { cwd })).toEqual({
      exit: 0,
      stdout: 'policies/teams/a.yaml\n',
      stderr: '1 file of 2 changed\n',
    });
    expect(await readFile(join(cwd, 'policies/teams/a.yaml'), 'utf8')).toBe(TIDY);
    expect(await mcpgw(['fmt'], { cwd })).toEqual({ exit: 0, stdout: '', stderr: '2 files, nothing to change\n' });
    expect(await mcpgw(['fmt', '--check'], { cwd })).toMatchObject({ exit: 0, stdout: '' });
  });

  test('--check writes nothing, shows what would change and exits with 5', async () => {
    const cwd = await folderWith({ 'policies/teams/a.yaml': UNTIDY, 'policies/b.yaml': TIDY.replace(': a', ': b') });
    const run = await mcpgw(['fmt', '--check'], { cwd });
    expect(run).toMatchObject({ exit: 5, stderr: '1 file of 2 would change: mcpgw fmt policies\n' });
    expectGolden('fmt-check.txt', run.stdout);
    expect(await readFile(join(cwd, 'policies/teams/a.yaml'), 'utf8')).toBe(UNTIDY);
    const json = await mcpgw(['fmt', '--check', '--format', 'json'], { cwd });
    expect(json.exit).toBe(5);
    expectGolden('fmt-check.json', json.stdout);
  });

  test('a long diff is cut short', async () => {
    const users = Array.from({ length: 60 }, (_, at) => `  - "user${at}@x.dev"`).join('\n');
    const cwd = await folderWith({ 'policies/a.yaml': `kind: Team\nname: a\nmembers:\n users:\n${users}\n` });
    const { stdout } = await mcpgw(['fmt', '--check'], { cwd });
    expect(stdout.split('\n').length).toBeLessThan(30);
    expect(stdout).toMatch(/… \d+ more lines/);
  });

  test('a file with errors is reported as `check` reports it and stays as it is; the others are written', async () => {
    const broken = 'kind: Team\nname:  b\nmembers: { usrs: [b@x.dev] }\n';
    const cwd = await folderWith({ 'policies/teams/a.yaml': UNTIDY, 'policies/b.yaml': broken });
    const run = await mcpgw(['fmt'], { cwd });
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain(
      'policies/b.yaml:3:12: error: `usrs` is not a field of `members` [policy/unknown-key]',
    );
    expect(run.stdout).toContain('policies/teams/a.yaml\n');
    expect(run.stderr).toBe('1 file of 2 changed\n1 error: those files are as they were\n');
    expect(await readFile(join(cwd, 'policies/b.yaml'), 'utf8')).toBe(broken);
    expect(await readFile(join(cwd, 'policies/teams/a.yaml'), 'utf8')).toBe(TIDY);
  });

  test('single files, several, each once', async () => {
    const cwd = await folderWith({ 'policies/teams/a.yaml': UNTIDY, 'policies/b.yaml': UNTIDY });
    const run = await mcpgw(['fmt', 'policies/teams/a.yaml', './policies/teams', 'policies/teams/a.yaml'], { cwd });
    expect(run).toEqual({ exit: 0, stdout: 'policies/teams/a.yaml\n', stderr: '1 file of 1 changed\n' });
  });

  test('mode, links, byte order mark and line ends of a file stay', async () => {
    const windows = `\uFEFF${UNTIDY.replaceAll('\n', '\r\n')}`;
    const cwd = await folderWith({ 'policies/teams/a.yaml': windows, 'real.yaml': UNTIDY });
    const path = join(cwd, 'policies/teams/a.yaml');
    await chmod(path, 0o640);
    await symlink('real.yaml', join(cwd, 'link.yaml'));
    await mcpgw(['fmt', 'policies/teams/a.yaml', 'link.yaml'], { cwd });
    expect(await readFile(path, 'utf8')).toBe(`\uFEFF${TIDY.replaceAll('\n', '\r\n')}`);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readFile(join(cwd, 'real.yaml'), 'utf8')).toBe(TIDY);
    expect(await mcpgw(['fmt', '--check', 'policies/teams/a.yaml', 'link.yaml'], { cwd })).toMatchObject({ exit: 0 });
  });

  const mistakes: [name: string, words: string[], stderr: string][] = [
    ['a missing path', ['nowhere'], 'error: nowhere: no such file or folder\n'],
    ['a file that is no policy', ['README.md'], 'error: README.md: is no policy file (*.yaml)\n'],
    ['a folder without policies', ['empty'], 'error: empty: holds no policy file (*.yaml)\n'],
  ];
  test.each(mistakes)('%s is one line that names it', async (_name, words, stderr) => {
    const cwd = await folderWith({ 'README.md': '' });
    await mkdir(join(cwd, 'empty'));
    expect(await mcpgw(['fmt', ...words], { cwd })).toEqual({ exit: 2, stdout: '', stderr });
  });
});

test('what `mcpgw init` writes is in canonical form', async () => {
  const cwd = await starterFolder();
  expect(await mcpgw(['fmt', '--check'], { cwd })).toMatchObject({ exit: 0, stdout: '' });
});

test('so is the sample company', async () => {
  const cwd = join(import.meta.dirname, '../..');
  expect(await mcpgw(['fmt', '--check', 'policies'], { cwd })).toMatchObject({ exit: 0, stdout: '' });
});

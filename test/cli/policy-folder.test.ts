import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPolicyFolder } from '../../cli/policy-folder.ts';
import { temporaryFolder } from './mcpgw.ts';

const workspace = 'kind: Workspace\nname: acme\n';

async function folderWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

describe('a policy folder', () => {
  test('is every policy and lock file below the Workspace, sorted, whatever else lies there', async () => {
    const folder = await folderWith({
      'policies/workspace.yaml': workspace,
      'policies/teams/b.yml': 'b',
      'policies/teams/a.yaml': 'a',
      'policies/servers/x.lock.json': '{}',
      'policies/servers/x.json': '{}',
      'policies/README.md': '',
      'policies/.hidden/c.yaml': 'c',
      'policies/.d.yaml': 'd',
      'policies/node_modules/e.yaml': 'e',
      'elsewhere.yaml': 'f',
    });
    const read = await readPolicyFolder(folder);
    expect(read.root).toBe(join(folder, 'policies/'));
    expect(read.files).toEqual([
      { path: 'teams/a.yaml', text: 'a' },
      { path: 'teams/b.yml', text: 'b' },
      { path: 'workspace.yaml', text: workspace },
    ]);
    expect(read.locks).toEqual([{ path: 'servers/x.lock.json', text: '{}' }]);
  });

  test('reads the same on every system: LF line ends, no byte order mark', async () => {
    const folder = await folderWith({ 'w.yaml': '\uFEFFkind: Workspace\r\nname: acme\r\n' });
    expect((await readPolicyFolder(folder)).files).toEqual([{ path: 'w.yaml', text: workspace }]);
  });

  test('knows commit and changes of the folder alone', async () => {
    const folder = await folderWith({ 'policies/w.yaml': workspace, 'other.txt': '' });
    expect((await readPolicyFolder(folder)).source).toEqual({ commit: null, dirty: true });
    const git = (...words: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...words], {
        cwd: folder,
        encoding: 'utf8',
      }).trim();
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    const commit = git('rev-parse', 'HEAD');
    await writeFile(join(folder, 'other.txt'), 'changed');
    expect((await readPolicyFolder(folder)).source).toEqual({ commit, dirty: false });
    await writeFile(join(folder, 'policies/new.yaml'), '');
    expect((await readPolicyFolder(folder)).source).toEqual({ commit, dirty: true });
  });

  const refused: [name: string, files: Record<string, string | Buffer>, message: RegExp][] = [
    [
      'two workspaces',
      { 'a/w.yaml': workspace, 'b/w.yaml': workspace },
      /holds more than one workspace: .*a\/w\.yaml, .*b\/w\.yaml/,
    ],
    [
      'a rule outside',
      { 'a/w.yaml': workspace, 'b/g.yaml': 'kind: Guard\n' },
      /b\/g\.yaml: lies outside the workspace/,
    ],
    ['no policy file', { 'README.md': '' }, /holds no policy file/],
    ['bytes that are no UTF-8', { 'w.yaml': Buffer.from([0x6b, 0xff]) }, /w\.yaml: is not UTF-8 text/],
    [
      'a file without bound',
      { 'w.yaml': Buffer.alloc(4 * 1024 * 1024 + 1, 35) },
      /w\.yaml: is larger than 4194304 bytes/,
    ],
  ];
  test.each(refused)('%s: refused, naming the path', async (_name, files, message) => {
    await expect(readPolicyFolder(await folderWith(files))).rejects.toThrow(message);
  });

  test('a missing folder, a file and a symbolic link are refused', async () => {
    const folder = await folderWith({ 'w.yaml': workspace });
    await expect(readPolicyFolder(join(folder, 'none'))).rejects.toThrow(/none: no such file or folder/);
    await expect(readPolicyFolder(join(folder, 'w.yaml'))).rejects.toThrow(/w\.yaml: is a file, a folder is wanted/);
    await symlink('/etc', join(folder, 'link'));
    await expect(readPolicyFolder(folder)).rejects.toThrow(/link: is a symbolic link/);
  });
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mcpgw, temporaryFolder } from './mcpgw.ts';

test('init writes a policy that checks and tests green', async () => {
  const cwd = await temporaryFolder();
  const run = await mcpgw(['init'], { cwd });
  expect(run.exit).toBe(0);
  expect(run.stderr).toBe('wrote 7 files; next: mcpgw check, mcpgw test, mcpgw serve\n');
  expect(run.stdout.split('\n')).toContain('policies/workspace.yaml');
  expect(await mcpgw(['check'], { cwd })).toMatchObject({ exit: 0, stdout: '' });
  expect(await mcpgw(['test'], { cwd })).toMatchObject({ exit: 0 });
});

test('init writes into a folder that exists but is empty, and says how to go on there', async () => {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'rules'));
  const run = await mcpgw(['init', 'rules'], { cwd });
  expect(run.stderr).toBe('wrote 7 files; next: mcpgw check rules, mcpgw test rules, mcpgw serve rules\n');
});

test('init overwrites nothing', async () => {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'policies'));
  await writeFile(join(cwd, 'policies/workspace.yaml'), 'mine');
  const run = await mcpgw(['init'], { cwd });
  expect(run).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: policies: is not empty\n  help: nothing is overwritten: name a new folder\n',
  });
  expect(await readFile(join(cwd, 'policies/workspace.yaml'), 'utf8')).toBe('mine');
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectGolden } from './golden.ts';
import { mcpgw } from './mcpgw.ts';
import { edit, starterFolder } from './starter.ts';

describe('check --fix', () => {
  test('mends what needs no decision, says what it did, and shows what is left', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'ownr: enginering # who');
    await edit(cwd, 'policies/teams.yaml', 'groups: [engineering]', 'groups: [engineering, 2026, engineering]');
    await edit(cwd, 'policies/gateway.yaml', 'tools: [echo, get-sum]', 'tools: [ecko, *]');
    await edit(cwd, 'policies/gateway.yaml', 'allow: [harmless]', 'allow: harmles');
    await edit(cwd, 'policies/gateway.yaml', 'allow: [everything/get-sum]', 'allow: [everything/nothing]');
    const before = await readFile(join(cwd, 'policies/rules.yaml'), 'utf8');
    const run = await mcpgw(['check', '--fix'], { cwd });
    expect(run.exit).toBe(3);
    expectGolden('check-fix.txt', `${run.stderr}\n${run.stdout}`);
    const teams = await readFile(join(cwd, 'policies/teams.yaml'), 'utf8');
    expect(teams).toContain('owner: engineering # who\n');
    expect(teams).toContain("groups: [engineering, '2026'],");
    expect(await readFile(join(cwd, 'policies/rules.yaml'), 'utf8')).toBe(before);

    const again = await mcpgw(['check', '--fix'], { cwd });
    expect(again).toMatchObject({ exit: 3, stdout: run.stdout, stderr: '1 error in policies\n' });
    expect(await readFile(join(cwd, 'policies/teams.yaml'), 'utf8')).toBe(teams);
  });

  test('keeps byte order mark and line ends', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'ownr: engineering');
    const path = join(cwd, 'policies/teams.yaml');
    const text = (await readFile(path, 'utf8')).replaceAll('\n', '\r\n');
    await writeFile(path, text);
    expect(await mcpgw(['check', '--fix'], { cwd })).toMatchObject({ exit: 0 });
    expect(await readFile(path, 'utf8')).toBe(text.replace('ownr', 'owner'));
  });

  test('without mistakes it does nothing', async () => {
    const cwd = await starterFolder();
    expect(await mcpgw(['check', '--fix'], { cwd })).toMatchObject({ exit: 0, stdout: '' });
  });
});

describe('check --format', () => {
  test('github: one annotation in a line', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: enginering');
    const run = await mcpgw(['check', '--format', 'github'], { cwd });
    expect(run).toMatchObject({ exit: 3, stderr: '1 error in policies\n' });
    expect(run.stdout).toBe(
      '::error file=policies/teams.yaml,line=9,endLine=9,col=8,endColumn=18,title=link/unknown-reference::' +
        'there is no Team `enginering`%0Ahelp: did you mean `engineering`?\n',
    );
  });

  test('sarif: a log even when there is nothing to say', async () => {
    const cwd = await starterFolder();
    const clean = await mcpgw(['check', '--format', 'sarif'], { cwd });
    expect(clean.exit).toBe(0);
    expect(JSON.parse(clean.stdout).runs[0].results).toEqual([]);
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: enginering');
    const run = await mcpgw(['check', '--format', 'sarif'], { cwd });
    expect(run.exit).toBe(3);
    const [{ results }] = JSON.parse(run.stdout).runs;
    expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('policies/teams.yaml');
  });
});

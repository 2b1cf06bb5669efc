import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mcpgw } from './mcpgw.ts';
import { edit, starterFolder } from './starter.ts';

const INVARIANT = 'kind: Invariant\nname: nobody-echoes\nnever: { tools: [echo] }\n';

describe('a violated invariant is a gate', () => {
  test.each([['check'], ['test']])('mcpgw %s ends with 5, and shows a call', async (command) => {
    const cwd = await starterFolder();
    await writeFile(join(cwd, 'policies/invariant.yaml'), INVARIANT);
    const { exit, stdout, stderr } = await mcpgw([command], { cwd });
    expect(exit).toBe(5);
    expect(stdout + stderr).toMatch(/can call `\w*echo` with \{.*\} .*\[invariant\/violated\]/);
  });

  test('beside another error it is an error like it', async () => {
    const cwd = await starterFolder();
    await writeFile(join(cwd, 'policies/invariant.yaml'), INVARIANT);
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: enginering');
    expect((await mcpgw(['check'], { cwd })).exit).toBe(3);
  });
});

describe('over several environments', () => {
  const allowlist = 'kind: Allowlist\nname: spare\nallow: [{ server: everything, tools: [echo] }]\n';

  test('what is dead in all of them is dead', async () => {
    const cwd = await starterFolder();
    await writeFile(join(cwd, 'policies/spare.yaml'), allowlist);
    const { exit, stdout } = await mcpgw(['check'], { cwd });
    expect({ exit, codes: stdout.match(/\[dead\/\S+\]/g) }).toEqual({ exit: 0, codes: ['[dead/allowlist]'] });
  });

  test('what one of them uses is not', async () => {
    const cwd = await starterFolder();
    await writeFile(join(cwd, 'policies/spare.yaml'), allowlist);
    await appendFile(
      join(cwd, 'policies/spare.yaml'),
      '---\nkind: Grant\nname: spare\nenvironments: [dev]\ngateway: engineering\nto: { teams: [engineering] }\nallow: [spare]\n',
    );
    const { exit, stdout } = await mcpgw(['check'], { cwd });
    expect(exit).toBe(0);
    expect(stdout).not.toContain('dead/allowlist');
  });
});

import { spawn } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { mcpgw } from './mcpgw.ts';
import { edit, starterFolder } from './starter.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

interface Watching {
  /** Resolves with all that was said since the last call, once it has said this. */
  readonly says: (pattern: RegExp) => Promise<string>;
  readonly interrupt: () => Promise<number | null>;
}

function startWatching(cwd: string, words: readonly string[] = []): Watching {
  const child = spawn(process.execPath, [main, 'check', '--watch', ...words], {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let changed = (): void => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      changed();
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (exit) => {
      resolve(exit);
      changed();
    });
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    says: async (pattern) => {
      while (!pattern.test(said)) {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
        await new Promise<void>((resolve) => (changed = resolve));
      }
      const text = said;
      said = '';
      return text;
    },
    interrupt: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

test('check --watch checks again after each change, whatever happens to the files, until Ctrl-C', async () => {
  const cwd = await starterFolder();
  const watching = startWatching(cwd);
  expect(await watching.says(/(?=[^]*Ctrl-C stops)(?=[^]*ok: )/)).toContain('ok: 6 files for dev, production');

  await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: enginering');
  expect(await watching.says(/1 error in policies/)).toContain('policies/teams.yaml:9:8: error:');

  await edit(cwd, 'policies/teams.yaml', 'owner: enginering', 'owner: engineering');
  await watching.says(/ok: 6 files/);

  await writeFile(join(cwd, 'policies/more.yaml'), 'kind: Team\nname: more\n');
  await watching.says(/`members` is missing from Team/);
  await rm(join(cwd, 'policies/more.yaml'));
  await watching.says(/ok: 6 files/);

  await rename(join(cwd, 'policies'), join(cwd, 'gone'));
  await watching.says(/error: policies: no such file or folder/);
  await rename(join(cwd, 'gone'), join(cwd, 'policies'));
  await watching.says(/ok: 6 files/);

  expect(await watching.interrupt()).toBe(0);
});

test('one environment, and a format for programs', async () => {
  const cwd = await starterFolder();
  const watching = startWatching(cwd, ['--environment', 'dev', '--format', 'json']);
  expect(await watching.says(/(?=[^]*Ctrl-C stops)(?=[^]*"errors")/)).toContain('"errors": 0');
  await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: enginering');
  expect(await watching.says(/1 error in policies/)).toContain('"errors": 1');
  await edit(cwd, 'policies/workspace.yaml', 'environments: [dev,', 'environments: [test,');
  await watching.says(/error: --environment: the workspace has no environment `dev`/);
  expect(await watching.interrupt()).toBe(0);
});

test('a folder that is not there is said at once', async () => {
  const cwd = await starterFolder();
  expect(await mcpgw(['check', 'nowhere', '--watch'], { cwd })).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: nowhere: no such file or folder\n',
  });
  expect(await mcpgw(['check', '--watch', '--fix'], { cwd })).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: --fix: cannot be combined with --watch\n',
  });
});

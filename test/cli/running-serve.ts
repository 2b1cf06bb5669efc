import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Run } from './mcpgw.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** A `mcpgw serve` that runs. */
export interface RunningServe {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** http://127.0.0.1:PORT/mcp; rejects when it ends without having listened. */
  readonly url: string;
  /** Resolves when stderr has said it, from where the last call left off. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** Ctrl-C. */
  readonly interrupt: () => Promise<Run>;
}

/** Starts it in a folder and waits until it listens. It ends with the test at the latest. */
export async function startServe(
  cwd: string,
  words: readonly string[] = ['--listen', '127.0.0.1:0'],
): Promise<RunningServe> {
  const child = spawn(process.execPath, [main, 'serve', ...words], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', npm_execpath: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let read = 0;
  let changed = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    changed();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    changed();
  });
  const ended = new Promise<Run>((resolve) => {
    child.once('close', (exit) => {
      resolve({ exit, stdout, stderr });
      changed();
    });
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) {
      if (child.exitCode !== null) throw new Error(`mcpgw serve ended with ${child.exitCode}: ${stderr}`);
      await new Promise<void>((resolve) => (changed = resolve));
    }
  };
  // Two pipes: the last word of one may arrive before the first of the other.
  await until(() => stderr.includes('Ctrl-C stops') && stdout.endsWith('\n'));
  read = stderr.length;
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    url: /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(stdout)?.[0] ?? '',
    says: async (pattern) => {
      await until(() => pattern.test(stderr.slice(read)));
      read = stderr.length;
    },
    interrupt: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

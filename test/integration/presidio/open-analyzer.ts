import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A Presidio analyzer at 127.0.0.1. */
export interface RunningAnalyzer {
  readonly url: string;
  stop(): Promise<void>;
}

const SERVER = fileURLToPath(new URL('server.py', import.meta.url));

/** Starts `server.py`. `python`: a Python that has Presidio (`.ci/install-presidio` prints its path). */
export function openAnalyzer(python: string): Promise<RunningAnalyzer> {
  const child = spawn(python, [SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the analyzer ended with ${code}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const port = /^(\d+)\n/.exec(said)?.[1];
      if (port !== undefined) resolve({ url: `http://127.0.0.1:${port}`, stop });
    });
  });
}

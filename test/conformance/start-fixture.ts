import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Which revisions the fixture serves: both on one URL, or one family only. */
export type FixtureEra = 'both' | 'legacy' | 'modern';
export const FIXTURE_ERAS: readonly FixtureEra[] = ['both', 'legacy', 'modern'];

export interface RunningFixture {
  readonly url: string;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('fixture.ts', import.meta.url));

/** The fixture as a process of its own, on a free port of 127.0.0.1. */
export function startFixture(era: FixtureEra): Promise<RunningFixture> {
  const child = spawn(process.execPath, [program, '--era', era], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  return new Promise((resolve, reject) => {
    let stdout = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the fixture ended with ${code}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-2_000);
      const url = /^listening on (http:\S+)$/m.exec(stdout)?.[1];
      if (url !== undefined) resolve({ url, stop });
    });
  });
}

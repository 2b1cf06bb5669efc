import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export type UpstreamName = 'everything' | 'tickets' | 'payments' | 'docs';

/** Each Server's port in `policies/servers/`. */
export const UPSTREAM_PORTS: Readonly<Record<UpstreamName, number>> = {
  everything: 9410,
  tickets: 9411,
  payments: 9412,
  docs: 9413,
};

export interface Upstreams {
  /** Where each one answers. */
  readonly urls: Readonly<Record<UpstreamName, string>>;
  /** Resolves when all have ended. */
  stop(): Promise<void>;
}

export interface UpstreamOptions {
  /** `fixed`: the ports that the policies name; `any`: free ones, so that tests can run side by side. */
  readonly ports: 'fixed' | 'any';
  /** Folder of the bearer tokens that `tickets` asks for; those that are missing are made. */
  readonly tokens: string;
}

const START_TIMEOUT_MS = 20_000;
const TOKENS = { TICKETS_DESK_TOKEN: 'tickets-desk', TICKETS_BOT_TOKEN: 'tickets-bot' } as const;

/**
 * Starts the four demo servers as children that inherit nothing of our environment, and waits until each one answers.
 * They end with us, whatever way we end: their stdin is a pipe that closes.
 * @throws Error when one does not start, such as when its port is taken. None is left running then.
 */
export async function startUpstreams(options: UpstreamOptions): Promise<Upstreams> {
  const tokens: Record<string, string> = {};
  for (const [variable, name] of Object.entries(TOKENS)) tokens[variable] = await tokenOf(options.tokens, name);
  const programs: Readonly<Record<UpstreamName, Program>> = {
    everything: {
      // It has no option for the address, so a preload keeps it on 127.0.0.1.
      run: ['--import', own('./loopback.mjs'), everythingServer(), 'streamableHttp'],
      environment: {},
    },
    tickets: { run: [own('./tickets.ts')], environment: tokens },
    payments: { run: [own('./payments.ts')], environment: {} },
    docs: { run: [own('./docs.ts')], environment: {} },
  };
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(ended));
  };
  const started = async (name: UpstreamName): Promise<string> => {
    const port = options.ports === 'fixed' ? UPSTREAM_PORTS[name] : 0;
    const child = spawn(process.execPath, programs[name].run, {
      env: { ...programs[name].environment, PORT: String(port) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(child);
    return answering(name, child);
  };
  try {
    const [everything, tickets, payments, docs] = await Promise.all([
      started('everything'),
      started('tickets'),
      started('payments'),
      started('docs'),
    ]);
    return { urls: { everything, tickets, payments, docs }, stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

interface Program {
  readonly run: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

function own(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function everythingServer(): string {
  return fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
}

/** Resolves with the address that the child says it listens on. What it prints after that is nobody's business. */
function answering(name: UpstreamName, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => fail(`did not start within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`the demo server \`${name}\` ${why}`));
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const url = /^listening on (http:\S+)$/m.exec((stdout = (stdout + text).slice(-2_000)))?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2_000)));
    child.once('error', (problem) => fail(`could not be started: ${problem.message}`));
    child.once('exit', () => {
      const taken = stderr.includes('EADDRINUSE') || stderr.includes('already in use');
      fail(taken ? `found its port ${UPSTREAM_PORTS[name]} taken` : `ended at once: ${stderr.trim()}`);
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function tokenOf(folder: string, name: string): Promise<string> {
  const path = `${folder}/${name}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, randomBytes(24).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (problem) {
    if (!(problem instanceof Error && 'code' in problem && problem.code === 'EEXIST')) throw problem;
  }
  return (await readFile(path, 'utf8')).trim();
}

import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { UPSTREAM_PORTS } from '../../policies/demo/upstreams.ts';
import { expectGolden } from '../cli/golden.ts';
import { connectClient } from '../fixtures/clients.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('npm run demo shows three principals with three clients, and ends well', async () => {
  const demo = run('policies/demo/demo.ts');
  expect(await demo.ended).toBe(0);
  expect(demo.stderr()).toBe('');
  expectGolden('demo.txt', demo.stdout());
}, 60_000);

test('npm start says which port is taken', async () => {
  const taken = await listen(UPSTREAM_PORTS.docs);
  const start = run('policies/demo/start.ts');
  expect(await start.ended).toBe(2);
  expect(start.stderr()).toMatch(
    /error: the demo server `\w+` found its port \d+ taken\n {2}help: another `npm start` may be running/,
  );
  taken?.close();
}, 60_000);

test('npm start serves the sample company until Ctrl-C, and leaves nothing behind', async () => {
  if (!(await areFree([8080, ...Object.values(UPSTREAM_PORTS)]))) {
    console.warn('a port of npm start is taken on this machine: only its complaint was tested');
    return;
  }
  const start = run('policies/demo/start.ts');
  // Two pipes: the last word of one may arrive before the first of the other.
  await start.says(/Ctrl-C stops/);
  await start.says(/A token for a person/);
  const [, url = '', key = ''] =
    /claude mcp add --transport http acme (\S+) --header "Authorization: Bearer (\S+)"/.exec(start.stdout()) ?? [];
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:8080\/mcp\//);
  const client = await connectClient('sdk 2.x, auto', url, key);
  expect((await client.list()).length).toBeGreaterThan(0);
  await client.close();
  start.interrupt();
  expect(await start.ended).toBe(0);
  expect(await areFree([8080, ...Object.values(UPSTREAM_PORTS)])).toBe(true);
}, 60_000);

interface Running {
  readonly ended: Promise<number | null>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  says(pattern: RegExp): Promise<void>;
  /** As a terminal does it: the whole process group. */
  interrupt(): void;
}

function run(script: string): Running {
  const child: ChildProcess = spawn(process.execPath, [script], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', npm_execpath: 'npm' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  let changed = (): void => undefined;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    changed();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    changed();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      resolve(code);
      changed();
    });
  });
  const signal = (name: 'SIGINT' | 'SIGKILL'): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, name);
  };
  onTestFinished(async () => {
    signal('SIGKILL');
    await ended;
  });
  return {
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    says: async (pattern) => {
      while (!pattern.test(stdout + stderr)) {
        if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}: ${stderr}`);
        await new Promise<void>((resolve) => (changed = resolve));
      }
    },
    interrupt: () => signal('SIGINT'),
  };
}

/** Null when somebody else has the port already: that will do as well. */
function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map(listen));
  await Promise.all(
    servers.map((server) => new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)))),
  );
  return servers.every((server) => server !== null);
}

import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startUpstreams, UPSTREAM_PORTS, type UpstreamName } from './upstreams.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NAMES: readonly UpstreamName[] = ['everything', 'tickets', 'payments', 'docs'];
const START_TIMEOUT_MS = 30_000;
const AUDIT_TIMEOUT_MS = 5_000;

/** The sample company, running apart from anything else on this machine: own ports, own keys, own audit log. */
export interface Stage {
  /** http://127.0.0.1:PORT/mcp */
  readonly url: string;
  /** Where the copy of the policies lies that is served. */
  readonly policies: string;
  robotKey(robot: string): string;
  /** What `mcpgw token` prints. */
  token(...words: readonly string[]): Promise<string>;
  /** Audit records of calls, one JSON text each: waits a while for so many, since nobody waits for the log. */
  calls(count: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Starts demo servers and `mcpgw serve` in a new folder. @throws Error when one does not start; nothing is left then. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-demo-'));
  const endings: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of endings.reverse()) await end();
  };
  try {
    const upstreams = await startUpstreams({ ports: 'any', tokens: join(folder, 'upstreams') });
    endings.push(() => upstreams.stop());
    const policies = join(folder, 'policies');
    const config = await copyPolicies(policies, folder, upstreams.urls);
    const state = join(folder, 'state');
    const serve = spawn(
      process.execPath,
      [join(root, 'cli/main.ts'), 'serve', policies, '--config', config, '--listen', '127.0.0.1:0', '--state', state],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    // However this process ends, by a closed pipe too, the proxy does not outlive it.
    process.once('exit', () => serve.kill());
    endings.push(() => ended(serve));
    const printed = await announced(serve);
    const url = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(printed)?.[0] ?? '';
    return {
      url,
      policies,
      robotKey: (robot) => new RegExp(`^  ${robot}  (mgw_\\S+)`, 'm').exec(printed)?.[1] ?? '',
      token: async (...words) => (await run(['token', ...words, '--state', state])).trim(),
      calls: (count) => callsIn(join(state, 'audit.jsonl'), count),
      close,
    };
  } catch (problem) {
    await close();
    throw problem;
  }
}

/** The policies as they are, but for the ports: whoever runs `npm start` meanwhile has the ones they name. */
async function copyPolicies(
  target: string,
  folder: string,
  urls: Readonly<Record<UpstreamName, string>>,
): Promise<string> {
  await cp(join(root, 'policies'), target, { recursive: true, filter: (path) => !path.endsWith('/demo') });
  const withPorts = (text: string): string =>
    NAMES.reduce(
      (changed, name) => changed.replaceAll(`127.0.0.1:${UPSTREAM_PORTS[name]}`, new URL(urls[name]).host),
      text,
    );
  const servers = join(target, 'servers');
  for (const name of (await readdir(servers)).filter((file) => file.endsWith('.yaml'))) {
    const path = join(servers, name);
    await writeFile(path, withPorts(await readFile(path, 'utf8')));
  }
  const { secrets, egress }: Record<string, unknown> = JSON.parse(
    withPorts(await readFile(join(root, 'policies/demo/proxy.json'), 'utf8')).replaceAll('../../.mcpgw/', `${folder}/`),
  );
  const config = join(folder, 'proxy.json');
  await writeFile(config, JSON.stringify({ secrets, egress }));
  return config;
}

async function callsIn(path: string, count: number): Promise<readonly string[]> {
  const deadline = Date.now() + AUDIT_TIMEOUT_MS;
  for (;;) {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.includes('"method":"tools/call"'));
    if (lines.length >= count || Date.now() > deadline) return lines;
    await pause(50);
  }
}

/** What `serve` has printed when it listens. */
function announced(serve: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => reject(new Error(`mcpgw serve did not start: ${stderr}`)), START_TIMEOUT_MS);
    serve.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      // The last lines of the announcement.
      if (!/mcpgw token .*\n$/.test(stdout)) return;
      clearTimeout(timer);
      resolve(stdout);
    });
    serve.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    serve.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`mcpgw serve ended: ${stderr}`));
    });
  });
}

function run(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'cli/main.ts'), ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(stdout) : reject(new Error(stderr))));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

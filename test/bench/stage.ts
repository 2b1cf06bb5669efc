import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLine, output, start, stopAll } from './children.ts';
import { benchmarkFiles } from './organisation.ts';

const root = new URL('../..', import.meta.url).pathname;

/** A process that answers requests. */
export interface Target {
  readonly pid: number;
  readonly port: number;
}

/** The benchmark's processes but for the load, each on a port of its own. */
export interface Stage {
  readonly upstream: Target;
  /** Sent as `Bearer`. */
  readonly robotKey: string;
  /** A proxy with that engine behind `dataplane/http`; null = the product's own. `profile`: a V8 CPU profile when it ends. */
  proxy(engine: string | null, profile?: string): Promise<Target>;
  /** nginx with one worker in front of the upstream; null where it is not installed. */
  nginx(): Promise<Target | null>;
  close(): Promise<void>;
}

/** Goes the way of an operator: keys, a bundle, a pointer that proxies follow. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-bench-'));
  const upstreamChild = start('node', [join(root, 'test/bench/upstream.ts')]);
  const upstreamPort = Number(await firstLine(upstreamChild));
  const robotKey = await prepare(folder, upstreamPort);
  return {
    upstream: { pid: pidOf(upstreamChild), port: upstreamPort },
    robotKey,
    proxy: async (engine, profile) => {
      const port = await freePort();
      const config = await writeConfig(folder, port, upstreamPort);
      const hook = engine === null ? [] : ['--import', join(root, `test/bench/engines/${engine}.ts`)];
      const inspect = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-name', profile];
      const child = start('node', [...hook, ...inspect, join(root, 'dataplane/main.ts'), '--config', config]);
      const target = { pid: pidOf(child), port };
      await ready(target, '/mcp/plain', 401);
      return target;
    },
    nginx: async () => startNginx(folder, await freePort(), upstreamPort),
    close: async () => {
      await stopAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function prepare(folder: string, upstreamPort: number): Promise<string> {
  const policies = join(folder, 'policies');
  await mkdir(policies);
  for (const [name, text] of Object.entries(benchmarkFiles(`http://127.0.0.1:${upstreamPort}`)))
    await writeFile(join(policies, name), text);
  const mcpgw = (...args: readonly string[]): Promise<string> => output([join(root, 'cli/main.ts'), ...args], folder);
  const trust = ['--trust', 'trust.json', '--workspace', 'bench', '--environment', 'bench'];
  await mcpgw('keygen', '--out', 'bundle.pem', '--role', 'bundle', ...trust);
  await mcpgw('keygen', '--out', 'pointer.pem', '--role', 'pointer', '--trust', 'trust.json');
  const key = (await mcpgw('robot', 'key', 'loader', '--environment', 'bench', '--policies', policies)).trim();
  const signing = ['--environment', 'bench', '--key', 'bundle.pem', '--out', 'store', '--format', 'json'];
  const compiled = JSON.parse(await mcpgw('compile', policies, ...signing)) as { readonly bundle: string };
  await mcpgw('promote', compiled.bundle, '--channel', 'bench', '--key', 'pointer.pem', '--store', 'store');
  return key;
}

async function writeConfig(folder: string, port: number, upstreamPort: number): Promise<string> {
  const config = join(folder, `proxy-${port}.yaml`);
  await writeFile(
    config,
    JSON.stringify({
      workspace: 'bench',
      environment: 'bench',
      channel: 'bench',
      bundles: join(folder, 'store'),
      trust: join(folder, 'trust.json'),
      listen: { address: `127.0.0.1:${port}` },
      egress: [`127.0.0.1:${upstreamPort}`],
      audit: { sinks: [{ file: join(folder, `audit-${port}.jsonl`) }] },
    }),
  );
  return config;
}

async function startNginx(folder: string, port: number, upstreamPort: number): Promise<Target | null> {
  const config = join(folder, 'nginx.conf');
  await writeFile(config, nginxConfig(folder, port, upstreamPort));
  const child = start('nginx', ['-c', config, '-p', folder]);
  const started = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
  if (!started) return null;
  const target = { pid: pidOf(child), port };
  await ready(target, '/modern/json', 202);
  return target;
}

/** No access log, no buffering of answers, connections to the upstream kept: what a proxy for event streams must have. */
const nginxConfig = (folder: string, port: number, upstreamPort: number): string => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/nginx-body;
  proxy_temp_path ${folder}/nginx-proxy;
  fastcgi_temp_path ${folder}/nginx-fastcgi;
  scgi_temp_path ${folder}/nginx-scgi;
  uwsgi_temp_path ${folder}/nginx-uwsgi;
  keepalive_requests 1000000000;
  upstream bench { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://bench;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`;

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

const pidOf = (child: ChildProcess): number => child.pid ?? 0;

async function ready({ port }: Target, path: string, status: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' }).catch(() => null);
    if (answer?.status === status) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`nothing answers on port ${port}`);
}

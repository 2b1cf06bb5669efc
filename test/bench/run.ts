/**
 * `npm run bench`: what conditions, decisions, a large organisation and a proxied call cost, the last beside the upstream
 * alone in the same run: three runs of each scenario, median and range. Written to README.md of this folder.
 * `-- --seconds N` sets the length of one run. `-- --only watch` runs one script of this folder and writes nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchmarkFiles } from './organisation.ts';
import type { Load, LoadResult } from './load.ts';
import type { Row } from './micro.ts';

const RUNS = 3;
const CONNECTIONS = 64;
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, only: { type: 'string' } } });
const seconds = Number(values.seconds);
const root = new URL('../..', import.meta.url).pathname;
const children: ChildProcess[] = [];

interface Scenario {
  readonly name: string;
  readonly target: 'upstream' | 'proxy';
  readonly gateway: string;
  readonly method: string;
  readonly tool: string;
  readonly text: string;
  readonly expected: string;
}

const call = { method: 'tools/call', tool: 'tool_00', text: 'what the customer wrote', expected: 'quick brown fox' };
const scenarios: readonly Scenario[] = [
  { name: 'upstream alone', target: 'upstream', gateway: 'plain', ...call },
  { name: 'allowed call', target: 'proxy', gateway: 'plain', ...call },
  { name: 'allowed call, one redaction rule both ways', target: 'proxy', gateway: 'ruled', ...call },
  {
    name: 'call of a hidden tool',
    target: 'proxy',
    gateway: 'plain',
    ...call,
    tool: 'tool_39',
    expected: 'Unknown tool',
  },
  { name: 'list of 39 tools', target: 'proxy', gateway: 'plain', ...call, method: 'tools/list', expected: 'tool_38' },
];

/** Each script prints its rows as JSON in its last line. */
const TABLES = [
  { title: 'The large organisation', script: 'scale.ts' },
  { title: 'Checking it again after one file changed', script: 'watch.ts' },
  { title: 'One decision', script: 'decide.ts' },
  { title: 'One condition', script: 'cel.ts' },
];

interface Sample {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function main(): Promise<void> {
  const tables = [];
  for (const { title, script } of TABLES) {
    if (values.only !== undefined && script !== `${values.only}.ts`) continue;
    const lines = (await output([join(root, 'test/bench', script)], root)).trim().split('\n');
    const rows = JSON.parse(lines.at(-1) ?? '[]') as readonly Row[];
    const table = `## ${title}\n\n| | |\n|---|---|\n${rows.map(([what, figure]) => `| ${what.replaceAll('|', '\\|')} | ${figure} |`).join('\n')}\n`;
    console.log(table);
    tables.push(table);
  }
  if (values.only !== undefined) return;
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-bench-'));
  try {
    const upstream = start('node', [join(root, 'test/bench/upstream.ts')]);
    const upstreamUrl = `http://127.0.0.1:${await firstLine(upstream)}/mcp`;
    const { key, config, port } = await prepare(folder, upstreamUrl);
    const proxy = start('node', [join(root, 'dist/dataplane/main.js'), '--config', config]);
    await ready(port);

    const rows: string[] = [];
    for (const scenario of scenarios) {
      const samples: Sample[] = [];
      for (let run = 0; run < RUNS; run++) {
        const target = scenario.target === 'proxy' ? proxy : upstream;
        const origin = scenario.target === 'proxy' ? `http://127.0.0.1:${port}` : new URL(upstreamUrl).origin;
        samples.push(await measure(scenario, target.pid ?? 0, origin, key));
      }
      const row = render(scenario.name, samples);
      console.log(row);
      rows.push(row);
    }
    await writeFile(join(root, 'test/bench/README.md'), `${report(rows)}\n${tables.join('\n')}`);
  } finally {
    for (const child of children) child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The way of an operator: keys, a bundle, a pointer, a proxy that follows it. */
async function prepare(folder: string, upstreamUrl: string): Promise<{ key: string; config: string; port: number }> {
  const policies = join(folder, 'policies');
  await mkdir(policies);
  for (const [name, text] of Object.entries(benchmarkFiles(upstreamUrl))) await writeFile(join(policies, name), text);
  const mcpgw = (...args: readonly string[]): Promise<string> =>
    output([join(root, 'dist/cli/main.js'), ...args], folder);
  const trust = ['--trust', 'trust.json', '--workspace', 'bench', '--environment', 'bench'];
  await mcpgw('keygen', '--out', 'bundle.pem', '--role', 'bundle', ...trust);
  await mcpgw('keygen', '--out', 'pointer.pem', '--role', 'pointer', '--trust', 'trust.json');
  const key = (await mcpgw('robot', 'key', 'loader', '--environment', 'bench', '--policies', policies)).trim();
  const compiled = JSON.parse(
    await mcpgw(
      'compile',
      policies,
      '--environment',
      'bench',
      '--key',
      'bundle.pem',
      '--out',
      'store',
      '--format',
      'json',
    ),
  ) as { readonly bundle: string };
  await mcpgw('promote', compiled.bundle, '--channel', 'bench', '--key', 'pointer.pem', '--store', 'store');
  const port = 18_080;
  const config = join(folder, 'proxy.yaml');
  await writeFile(
    config,
    JSON.stringify({
      workspace: 'bench',
      environment: 'bench',
      channel: 'bench',
      bundles: join(folder, 'store'),
      trust: join(folder, 'trust.json'),
      listen: { address: `127.0.0.1:${port}` },
      egress: [new URL(upstreamUrl).host],
      audit: { sinks: [{ file: join(folder, 'audit.jsonl') }] },
    }),
  );
  return { key, config, port };
}

async function measure(scenario: Scenario, pid: number, origin: string, key: string): Promise<Sample> {
  const params: Record<string, unknown> = {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  };
  if (scenario.method === 'tools/call') {
    params['name'] = scenario.tool;
    params['arguments'] = { id: 4711, note: scenario.text };
  }
  const load: Load = {
    origin,
    path: `/mcp/${scenario.gateway}`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${key}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': scenario.method,
      ...(scenario.method === 'tools/call' ? { 'mcp-name': scenario.tool } : {}),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: '$ID', method: scenario.method, params }).replace('"$ID"', '$ID'),
    expected: scenario.expected,
    connections: CONNECTIONS,
    seconds,
  };
  const child = spawn('node', [join(root, 'test/bench/load.ts'), JSON.stringify(load)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const cpu = new Map<unknown, number>();
  child.on('message', (moment) => cpu.set(moment, cpuSeconds(pid)));
  const result = JSON.parse(await firstLine(child)) as LoadResult;
  if (result.failures > 0)
    throw new Error(`${scenario.name}: ${result.failures} of ${result.requests} answers were wrong`);
  const used = (cpu.get('counted') ?? Number.NaN) - (cpu.get('counting') ?? Number.NaN);
  return {
    perSecond: result.requests / seconds,
    cpuMicros: (used / result.requests) * 1e6,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
  };
}

/** User and system time of a process, from /proc; a tick is 10 ms. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function render(name: string, samples: readonly Sample[]): string {
  const of = (pick: (sample: Sample) => number, digits: number): string => {
    const sorted = samples.map(pick).sort((a, b) => a - b);
    const [least = 0, median = 0, most = 0] = sorted.map((value) => Number(value.toFixed(digits)));
    return `${median} (${least} to ${most})`;
  };
  return `| ${name} | ${of((s) => s.perSecond, 0)} | ${of((s) => s.cpuMicros, 1)} | ${of((s) => s.p50Ms, 2)} | ${of((s) => s.p99Ms, 2)} |`;
}

function report(rows: readonly string[]): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `# What it costs

Written by \`npm run bench\` (Linux; \`npm run bench -- --seconds 20\` for longer runs). Machine: ${cpus().length} cores (${model}), ${memory} GiB,
Node ${process.version}. ${CONNECTIONS} connections over loopback, ${seconds} s a run after one of warming up, ${RUNS} runs: median (least to most). One proxy process,
requests of about 400 bytes by a robot with a key, in the 2026-07-28 revision, JSON answers of about 230 bytes. Audit is on and written to a
file. CPU is user and system time of the process under test (of the upstream in the first row, of the proxy in the others) per request.
The load generator and the upstream share the machine with the proxy, so requests per second are those of a busy machine; CPU per request
is the figure to compare. Regular expressions run on re2js.

## A proxied call

| scenario | requests/s | CPU, us/request | p50, ms | p99, ms |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function start(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end !== -1) resolve(text.slice(0, end));
    });
    child.once('exit', (code) => reject(new Error(`exited with ${code} before it said anything`)));
  });
}

async function output(args: readonly string[], cwd: string): Promise<string> {
  const child = spawn('node', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`);
  return text;
}

async function ready(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/mcp/plain`, { method: 'POST' }).catch(() => null);
    if (answer?.status === 401) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error('the proxy is not ready');
}

await main();

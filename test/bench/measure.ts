import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cpuSeconds, firstLine } from './children.ts';
import type { Load, LoadResult } from './load.ts';
import type { Target } from './stage.ts';

const root = new URL('../..', import.meta.url).pathname;

export type Era = 'modern' | 'legacy';

/** What one load asks for. */
export interface Ask {
  readonly era: Era;
  readonly method: 'tools/call' | 'tools/list';
  readonly tool: string;
  /** What a good answer contains. */
  readonly expected: string;
  readonly path: string;
  readonly connections: number;
}

export interface Sample {
  readonly perSecond: number;
  /** User and system time of the target per request. */
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Puts a target under load for so many seconds, after one of warming up. */
export async function measure(ask: Ask, target: Target, robotKey: string, seconds: number): Promise<Sample> {
  const load: Load = {
    port: target.port,
    path: ask.path,
    headers: headersOf(ask, robotKey),
    opening: ask.era === 'legacy' ? INITIALIZE : null,
    body: bodyOf(ask),
    expected: ask.expected,
    connections: ask.connections,
    seconds,
  };
  const child = spawn('node', [join(root, 'test/bench/load.ts'), JSON.stringify(load)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const cpu = new Map<unknown, number>();
  child.on('message', (moment) => cpu.set(moment, cpuSeconds(target.pid)));
  const result = JSON.parse(await firstLine(child)) as LoadResult;
  if (result.failures > 0)
    throw new Error(`${JSON.stringify(ask)}: ${result.failures} of ${result.requests} answers were wrong`);
  const used = (cpu.get('counted') ?? Number.NaN) - (cpu.get('counting') ?? Number.NaN);
  return {
    perSecond: result.requests / seconds,
    cpuMicros: (used / result.requests) * 1e6,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
  };
}

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: '$ID',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
}).replace('"$ID"', '$ID');

function headersOf(ask: Ask, robotKey: string): Readonly<Record<string, string>> {
  const common = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${robotKey}`,
  };
  if (ask.era === 'legacy') return { ...common, 'mcp-protocol-version': '2025-11-25' };
  const name = ask.method === 'tools/call' ? { 'mcp-name': ask.tool } : {};
  return { ...common, 'mcp-protocol-version': '2026-07-28', 'mcp-method': ask.method, ...name };
}

function bodyOf(ask: Ask): string {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = {
    ...(ask.era === 'modern' ? { _meta: meta } : {}),
    ...(ask.method === 'tools/call'
      ? { name: ask.tool, arguments: { id: 4711, note: 'what the customer wrote' } }
      : {}),
  };
  return JSON.stringify({ jsonrpc: '2.0', id: '$ID', method: ask.method, params }).replace('"$ID"', '$ID');
}

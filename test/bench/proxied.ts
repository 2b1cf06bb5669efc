import { openStage, type Stage, type Target } from './stage.ts';
import { measure, type Ask, type Era, type Sample } from './measure.ts';

const CONNECTIONS = [1, 16, 128] as const;
/** Of loads that are compared, of which the least counts: other work on the machine only ever adds to it. */
export const ENGINE_RUNS = 2;
export const NGINX_RUNS = 4;
export const ENGINE_CONNECTIONS = 64;
/** After that the code that matters is compiled, as in any proxy that has run for a minute. */
const WARMING_SECONDS = 3;

type Path = Pick<Ask, 'era' | 'path'>;

const ANSWERED = { method: 'tools/call', tool: 'tool_00', expected: 'quick brown fox' } as const;
const REFUSED = { method: 'tools/call', tool: 'tool_40', expected: 'Unknown tool' } as const;
const LISTED = { method: 'tools/list', tool: '', expected: 'tool_38' } as const;

const DIRECT: readonly (readonly [what: string, path: string])[] = [
  ['JSON', '/modern/json'],
  ['SSE', '/modern/sse'],
];
const GATEWAYS: Readonly<Record<Era, { readonly json: string; readonly sse: string }>> = {
  modern: { json: '/mcp/plain', sse: '/mcp/stream' },
  legacy: { json: '/mcp/old', sse: '/mcp/old-stream' },
};

/** What stands behind `dataplane/http`: the product's own files, or those that were tried beside them. */
const ENGINES: readonly (readonly [name: string, file: string | null])[] = [
  ['node:net on both sides (what the proxy has)', null],
  ['node:http, and node:net to the upstream', 'node-http'],
  ['node:net, and undici to the upstream', 'undici'],
  ['node:http and undici', 'node-http-and-undici'],
];

/** Rows of a table in Markdown; printed as they come. */
class Rows {
  readonly #lines: string[] = [];

  add(...cells: readonly (string | number)[]): void {
    const line = `| ${cells.join(' | ')} |`;
    console.log(line);
    this.#lines.push(line);
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

const figures = ({ perSecond, cpuMicros, p50Ms, p99Ms }: Sample): readonly string[] => [
  perSecond.toFixed(0),
  cpuMicros.toFixed(1),
  p50Ms.toFixed(2),
  p99Ms.toFixed(2),
];

/** The upstream alone, nginx, and the proxy, in both eras. */
export async function proxiedTable(seconds: number): Promise<string> {
  const stage = await openStage();
  const rows = new Rows();
  try {
    rows.add('', 'connections', 'requests/s', 'CPU, us/request', 'p50, ms', 'p99, ms');
    rows.add('---', '---', '---', '---', '---', '---');
    const nginx = await stage.nginx();
    const proxy = await stage.proxy(null);
    for (const what of [ANSWERED, LISTED, REFUSED])
      await ask(stage, proxy, what, GATEWAYS.modern.json, WARMING_SECONDS);
    for (const connections of CONNECTIONS) {
      const run = async (what: string, target: Target, ask: Omit<Ask, 'connections'>): Promise<void> =>
        rows.add(
          what,
          connections,
          ...figures(await measure({ ...ask, connections }, target, stage.robotKey, seconds)),
        );
      for (const [what, path] of DIRECT)
        await run(`upstream alone, ${what}`, stage.upstream, { ...ANSWERED, era: 'modern', path });
      for (const [what, path] of nginx === null ? [] : DIRECT)
        await run(`nginx, ${what}`, nginx ?? proxy, { ...ANSWERED, era: 'modern', path });
      for (const era of ['modern', 'legacy'] as const) {
        const json: Path = { era, path: GATEWAYS[era].json };
        await run(`${era} call allowed, JSON`, proxy, { ...ANSWERED, ...json });
        await run(`${era} call allowed, SSE`, proxy, { ...ANSWERED, era, path: GATEWAYS[era].sse });
        await run(`${era} call refused`, proxy, { ...REFUSED, ...json });
        await run(`${era} list of 40 tools`, proxy, { ...LISTED, ...json });
      }
      if (connections === CONNECTIONS.at(-1))
        await run('modern call allowed, one redaction rule both ways', proxy, {
          ...ANSWERED,
          era: 'modern',
          path: '/mcp/ruled',
        });
    }
  } finally {
    await stage.close();
  }
  return rows.text;
}

/** An allowed call beside nginx, in turns, at every number of connections. Without nginx there is nothing to compare. */
export async function nginxTable(seconds: number): Promise<string> {
  const stage = await openStage();
  const rows = new Rows();
  try {
    const nginx = await stage.nginx();
    if (nginx === null) return 'nginx is not installed.\n';
    const proxy = await stage.proxy(null);
    await ask(stage, proxy, ANSWERED, GATEWAYS.modern.json, WARMING_SECONDS);
    rows.add('connections', 'nginx: CPU, us', 'mcpgw: CPU, us', 'of nginx');
    rows.add('---', '---', '---', '---');
    for (const connections of [...CONNECTIONS, ENGINE_CONNECTIONS].sort((a, b) => a - b)) {
      const floors: Sample[] = [];
      const calls: Sample[] = [];
      for (let run = 0; run < NGINX_RUNS; run++) {
        floors.push(await ask(stage, nginx, ANSWERED, '/modern/json', seconds, connections));
        calls.push(await ask(stage, proxy, ANSWERED, GATEWAYS.modern.json, seconds, connections));
      }
      const [floor, call] = [least(floors), least(calls)];
      rows.add(connections, floor.toFixed(1), call.toFixed(1), `${(call / floor).toFixed(2)} times`);
    }
  } finally {
    await stage.close();
  }
  return rows.text;
}

/** Each engine beside nginx, in turns, so that a change of the machine's mood meets all of them. */
export async function enginesTable(seconds: number): Promise<string> {
  const stage = await openStage();
  const rows = new Rows();
  try {
    const nginx = await stage.nginx();
    const calls = new Map<string, Sample[]>();
    const lists = new Map<string, Sample[]>();
    const contestants = await startAll(stage);
    for (let run = 0; run < ENGINE_RUNS; run++) {
      if (nginx !== null) note(calls, 'nginx `proxy_pass`', await ask(stage, nginx, ANSWERED, '/modern/json', seconds));
      for (const [name, target] of contestants) {
        note(calls, name, await ask(stage, target, ANSWERED, GATEWAYS.modern.json, seconds));
        if (run === 0) note(lists, name, await ask(stage, target, LISTED, GATEWAYS.modern.json, seconds));
      }
    }
    const floor = least(calls.get('nginx `proxy_pass`'));
    rows.add('', 'call: CPU, us', 'of nginx', 'calls/s', 'list: CPU, us', 'lists/s on one core');
    rows.add('---', '---', '---', '---', '---', '---');
    for (const [name, samples] of calls) {
      const cpu = least(samples);
      const list = least(lists.get(name));
      const perSecond = Math.max(...samples.map((sample) => sample.perSecond));
      rows.add(
        name,
        cpu.toFixed(1),
        Number.isNaN(floor) ? '' : `${(cpu / floor).toFixed(2)} times`,
        perSecond.toFixed(0),
        Number.isNaN(list) ? '' : list.toFixed(1),
        Number.isNaN(list) ? '' : (1e6 / list).toFixed(0),
      );
    }
  } finally {
    await stage.close();
  }
  return rows.text;
}

async function startAll(stage: Stage): Promise<readonly (readonly [name: string, target: Target])[]> {
  const started: (readonly [name: string, target: Target])[] = [];
  for (const [name, file] of ENGINES) {
    const target = await stage.proxy(file);
    await ask(stage, target, ANSWERED, GATEWAYS.modern.json, WARMING_SECONDS);
    started.push([name, target]);
  }
  return started;
}

const ask = (
  stage: Stage,
  target: Target,
  what: Pick<Ask, 'method' | 'tool' | 'expected'>,
  path: string,
  seconds: number,
  connections: number = ENGINE_CONNECTIONS,
): Promise<Sample> => measure({ ...what, era: 'modern', path, connections }, target, stage.robotKey, seconds);

function note(samples: Map<string, Sample[]>, name: string, sample: Sample): void {
  samples.set(name, [...(samples.get(name) ?? []), sample]);
}

const least = (samples: readonly Sample[] | undefined): number =>
  samples === undefined ? Number.NaN : Math.min(...samples.map((sample) => sample.cpuMicros));

/**
 * `npm run bench`: what a proxied call costs, beside the upstream alone and nginx in the same run; what engines behind
 * `dataplane/http` cost; and what conditions, decisions and a large organisation cost. Written to README.md of this folder,
 * part by part. `-- --seconds N` sets the length of one load, `-- --only NAME` runs one part.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { output } from './children.ts';
import type { Row } from './micro.ts';
import { ENGINE_CONNECTIONS, ENGINE_RUNS, enginesTable, NGINX_RUNS, nginxTable, proxiedTable } from './proxied.ts';

const root = new URL('../..', import.meta.url).pathname;
const readme = join(root, 'test/bench/README.md');
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '4' }, only: { type: 'string' } } });
const seconds = Number(values.seconds);

interface Part {
  readonly name: string;
  readonly title: string;
  readonly table: () => Promise<string>;
}

const PARTS: readonly Part[] = [
  { name: 'calls', title: 'A proxied call', table: () => proxiedTable(seconds) },
  { name: 'nginx', title: 'An allowed call beside nginx', table: () => nginxTable(seconds) },
  { name: 'engines', title: 'Engines', table: () => enginesTable(seconds) },
  { name: 'scale', title: 'The large organisation', table: () => scriptTable('scale.ts') },
  { name: 'watch', title: 'The large organisation after one file changed', table: () => scriptTable('watch.ts') },
  { name: 'decide', title: 'One decision', table: () => scriptTable('decide.ts') },
  { name: 'resources', title: 'One resource', table: () => scriptTable('resources.ts') },
  { name: 'cel', title: 'One condition', table: () => scriptTable('cel.ts') },
  { name: 'content', title: 'Thirty content rules', table: () => scriptTable('content.ts') },
  {
    name: 'recognizers',
    title: 'Figures by entity',
    table: () => output([join(root, 'test/bench/recognizers.ts')], root),
  },
];

/** Each script prints its rows as JSON in its last line. */
async function scriptTable(script: string): Promise<string> {
  const lines = (await output([join(root, 'test/bench', script)], root)).trim().split('\n');
  const rows = JSON.parse(lines.at(-1) ?? '[]') as readonly Row[];
  const table = rows.map(([what, figure]) => `| ${what.replaceAll('|', '\\|')} | ${figure} |`).join('\n');
  console.log(table);
  return `| | |\n|---|---|\n${table}\n`;
}

function preface(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `# What it costs

Written by \`npm run bench\` (Linux; \`-- --seconds 20\` for longer loads, \`-- --only calls\` for one part). Machine: ${cpus().length} cores (${model}),
${memory} GiB, Node ${process.version}. Loads over loopback, ${seconds} s each after one of warming up, one request in flight on each connection.
One process of the proxy; requests of about 400 bytes by a robot with a key; answers of about 230 bytes. Audit is on and
written to a file. CPU is user and system time of the process under test (of the upstream or nginx in their rows) per request. The load
and the upstream share the machine with the proxy, so requests per second are those of a busy machine; CPU per request is the
figure to compare. nginx has one worker, no access log, and connections to the upstream that it keeps; without nginx its rows are
left out. Beside nginx the least of ${NGINX_RUNS} loads in turns counts, and of calls by engines (what stands behind \`dataplane/http\`;
${ENGINE_CONNECTIONS} connections) the least of ${ENGINE_RUNS}. Patterns of conditions run on re2js.
`;
}

/** The parts of the README as it is, by title. */
async function sections(): Promise<Map<string, string>> {
  const text = await readFile(readme, 'utf8').catch(() => '');
  const found = text.split(/^## /m).slice(1);
  return new Map(
    found.map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n'))]),
  );
}

const parts = PARTS.filter(({ name }) => values.only === undefined || values.only === name);
if (parts.length === 0) throw new Error(`--only takes one of ${PARTS.map(({ name }) => name).join(', ')}`);
const known = await sections();
for (const { title, table } of parts) {
  console.log(`\n## ${title}\n`);
  known.set(title, `\n\n${await table()}`);
}
const text = PARTS.map(({ title }) => `## ${title}${(known.get(title) ?? '\n').trimEnd()}\n`);
await writeFile(readme, [preface(), ...text].join('\n'));

/**
 * What `mcpgw check --watch` does in the large organisation after one file changed, by the kind of what is in the file:
 * `npm run bench -- --only watch`. Wall time is that of a machine with nothing else to do; CPU time counts every thread,
 * those that collect garbage too. Prints rows for README.md as JSON.
 */
import assert from 'node:assert/strict';
import type { SourceFile } from '../../compiler/diagnostics/diagnostic.ts';
import { compile } from '../../compiler/index.ts';
import { LARGE, largeOrganisation } from './large-organisation.ts';

const CHANGES = 15;
const input = { environment: 'production', source: { commit: null, dirty: false }, compilerVersion: '0.0.0' };

interface Change {
  readonly what: string;
  readonly path: (at: number) => string;
  readonly edit: (text: string, at: number) => string;
}

const changes: readonly Change[] = [
  {
    what: '20 Grants, a reason of one',
    path: (at) => `grants/grants-${at * 740}.yaml`,
    edit: (text) => text.replace('reason: OPS', 'reason: SEC'),
  },
  {
    what: '20 Grants, one more',
    path: (at) => `grants/grants-${at * 760}.yaml`,
    edit: (text, at) =>
      `${text}---\nkind: Grant\nname: more-${at}\ngateway: gateway-${at}\nto: { teams: [team-${at}] }\nallow: [server-${(at * 7) % 100}/tool_1]\n`,
  },
  {
    what: 'a Team',
    path: (at) => `teams/team-${at}.yaml`,
    edit: (text, at) => text.replace(`[group-${at}]`, `[group-${at}, friends-${at}]`),
  },
  {
    what: 'a Gateway',
    path: (at) => `gateways/gateway-${at}.yaml`,
    edit: (text) => text.replace('prefix: s', 'prefix: t'),
  },
  {
    what: 'an Allowlist with a condition',
    path: (at) => `allowlists/allowlist-${at}.yaml`,
    edit: (text) => text.replace('<=', '<'),
  },
  {
    what: 'a Server',
    path: (at) => `servers/server-${at}.yaml`,
    edit: (text, at) => text.replace(`secret-${at} `, `key-${at} `),
  },
  {
    what: 'Guards and Invariants for everything',
    path: () => 'rules.yaml',
    edit: (text, at) => text.replace(/amount < \d+/, `amount < ${1_000 + at}`),
  },
];

const organisation = largeOrganisation(LARGE);
let files: readonly SourceFile[] = organisation.files;
const rows: (readonly [what: string, figure: string])[] = [];

function check(): void {
  const { compiled, diagnostics } = compile({ ...input, files, locks: organisation.locks });
  assert(compiled !== null, diagnostics[0]?.message);
}

function edited(text: string, edit: Change['edit'], at: number): string {
  const changed = edit(text, at);
  assert.notEqual(changed, text, 'the text is another');
  return changed;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

check();
for (const { what, path, edit } of changes) {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let at = 0; at < CHANGES; at++) {
    const changed = path(at);
    files = files.map((file) => (file.path === changed ? { path: changed, text: edited(file.text, edit, at) } : file));
    const cpuBefore = cpuMs();
    const started = performance.now();
    check();
    wall.push(performance.now() - started);
    cpu.push(cpuMs() - cpuBefore);
  }
  const [least, median, most] = spread(wall);
  rows.push([what, `${median} ms (${least} to ${most}), CPU ${spread(cpu)[1]} ms`]);
}
rows.push(['memory of all that, at most', `${Math.round(process.resourceUsage().maxRSS / 1_024)} MB`]);
console.log(JSON.stringify(rows));

function spread(values: readonly number[]): readonly [least: number, median: number, most: number] {
  const sorted = values.map(Math.round).sort((a, b) => a - b);
  return [sorted[0] ?? 0, sorted[sorted.length >> 1] ?? 0, sorted.at(-1) ?? 0];
}

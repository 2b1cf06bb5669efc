/**
 * `npm run soak`: runs every test that draws random inputs again and again, each time with another seed, for ten minutes or
 * `-- --minutes N`; `-- --minutes N property` only those with `property` in their path. A seed that fails is printed with
 * the command that repeats it. Exits 1 when any did.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const MINUTE_MS = 60_000;
const SEED_MAX = 2 ** 31 - 1;
/** A soak runs beside other work; how long a test takes is not what it is about. */
const TEST_MS_MAX = 10 * MINUTE_MS;

interface Failure {
  readonly seed: number;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { minutes: { type: 'string', default: '10' } },
    allowPositionals: true,
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 0)) throw new Error(`--minutes: ${values.minutes} is no number of minutes`);
  const files = randomTests().filter((file) => positionals.every((part) => file.includes(part)));
  if (files.length === 0)
    throw new Error(`no test that draws random inputs has ${positionals.join(' and ')} in its path`);
  const deadline = Date.now() + minutes * MINUTE_MS;
  const failures: Failure[] = [];
  let rounds = 0;
  do {
    const seed = randomInt(1, SEED_MAX);
    const failure = await runOnce(seed, files);
    rounds += 1;
    if (failure === null) continue;
    failures.push(failure);
    for (const test of failure.tests) console.log(`  failed: ${test}`);
    console.log(`  again:  ${commandFor(failure)}`);
  } while (Date.now() < deadline);
  console.log(`${rounds} rounds, ${failures.length} of them with failures`);
  for (const failure of failures) console.log(`  ${commandFor(failure)}`);
  return failures.length === 0 ? 0 : 1;
}

function commandFor({ seed, files }: Failure): string {
  return `MCPGW_SEED=${seed} npx vitest run --config test/vitest.config.ts ${files.join(' ')}`;
}

/** Tests that take inputs from a seed, themselves or by what they import; below the root, sorted. */
function randomTests(): readonly string[] {
  return globSync('test/**/*.test.ts', { cwd: root })
    .sort()
    .filter((file) => drawsInputs(join(root, file), new Set()));
}

function drawsInputs(path: string, seen: Set<string>): boolean {
  if (seen.has(path) || !path.startsWith(join(root, 'test')) || !existsSync(path)) return false;
  seen.add(path);
  const text = readFileSync(path, 'utf8');
  if (text.includes("from 'fast-check'") || text.includes("'MCPGW_SEED'")) return true;
  const imported = [...text.matchAll(/ from '(\.[^']+\.ts)'/g)].map(([, to = '']) => join(dirname(path), to));
  return imported.some((file) => drawsInputs(file, seen));
}

/** Null when all passed. */
async function runOnce(seed: number, files: readonly string[]): Promise<Failure | null> {
  const started = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-soak-'));
  try {
    const path = join(folder, 'report.json');
    const exit = await vitest(files, { MCPGW_SEED: String(seed), MCPGW_TEST_REPORT: path });
    const seconds = Math.round((Date.now() - started) / 1_000);
    const report = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : null;
    const outcome = exit === 0 ? 'ok' : 'FAILED';
    console.log(
      `seed ${seed}: ${report?.numTotalTests ?? 0} tests of ${files.length} files in ${seconds} s: ${outcome}`,
    );
    if (exit === 0) return null;
    const failed = (report?.testResults ?? []).filter(({ status }) => status !== 'passed');
    if (failed.length === 0) return { seed, files, tests: ['vitest itself'] };
    return {
      seed,
      files: failed.map(({ name }) => relative(root, name)),
      tests: failed.flatMap(({ name, message, assertionResults }) => {
        const tests = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
        return tests.length > 0 ? tests : [`${relative(root, name)}: ${message}`];
      }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function vitest(files: readonly string[], env: Readonly<Record<string, string>>): Promise<number | null> {
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const words = ['run', '--config', 'test/vitest.config.ts', '--testTimeout', String(TEST_MS_MAX), ...files];
  const child = spawn(process.execPath, [program, ...words], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

process.exitCode = await main();

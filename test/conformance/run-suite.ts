import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Suite } from './suites.ts';

/** As the suite writes it. INFO records what went over the wire; the others judge. */
export type CheckStatus = 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';

export interface Check {
  readonly id: string;
  readonly description: string;
  readonly status: CheckStatus;
  readonly errorMessage?: string;
  readonly details?: unknown;
}

export interface ScenarioRun {
  readonly scenario: string;
  readonly isScored: boolean;
  readonly checks: readonly Check[];
}

export interface SuiteRun {
  /** In the order of the suite. */
  readonly scenarios: readonly ScenarioRun[];
  /** What the suite itself printed. */
  readonly output: string;
}

/** Of a whole run; the suite has limits of its own for each scenario. */
const RUN_MS_MAX = 240_000;

/** Runs scenarios for servers against a URL: all of the suite's, or one. */
export async function runServerSuite(suite: Suite, url: string, scenario: string | null): Promise<SuiteRun> {
  const chosen = scenario === null ? suite.allServer : ['--scenario', scenario, ...suite.one];
  return runSuite(suite, ['server', '--url', url, ...chosen]);
}

/**
 * Runs scenarios for clients: the suite plays the server and starts our client against it, each scenario by itself.
 * @param scenario null = all that are not about authorization.
 */
export async function runClientSuite(suite: Suite, options: ClientOptions, scenario: string | null): Promise<SuiteRun> {
  const scenarios = suite.client.filter((name) => scenario === null || name === scenario);
  const command = [
    process.execPath,
    CLIENT,
    ...(options.isDirect ? [] : ['--proxy']),
    ...(options.traces ? ['--trace'] : []),
  ];
  const runOne = async (name: string): Promise<SuiteRun> => {
    const words = ['client', '--command', command.join(' '), '--scenario', name, '--timeout', String(CLIENT_MS_MAX)];
    const run = await runSuite(suite, [...words, ...suite.one]);
    return { ...run, scenarios: run.scenarios.map((one) => withExit(one, run.output)) };
  };
  const runs: SuiteRun[] = [];
  for (let at = 0; at < scenarios.length; at += CLIENTS_AT_ONCE) {
    runs.push(...(await Promise.all(scenarios.slice(at, at + CLIENTS_AT_ONCE).map(runOne))));
  }
  return { scenarios: runs.flatMap((run) => run.scenarios), output: runs.map((run) => run.output).join('\n') };
}

export interface ClientOptions {
  /** Without the proxy between the client and the suite. */
  readonly isDirect: boolean;
  /** The client prints everything that it sent and got. */
  readonly traces: boolean;
}

const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));
/** Each with its own server, proxy and client. */
const CLIENTS_AT_ONCE = 2;
/** Of one scenario; it includes recording a catalog, compiling, and starting a proxy. */
const CLIENT_MS_MAX = 30_000;

/** Whether the client came through is a verdict, too, but the suite writes it only to its output. */
function withExit(run: ScenarioRun, output: string): ScenarioRun {
  const problem = /^(?:Client exited with code .*|Client timed out after .*)$/m.exec(output)?.[0] ?? null;
  const stderr = /^Stderr:\n([\s\S]*?)\n(?:Results saved|Checks:)/m.exec(output)?.[1] ?? '';
  const check: Check = {
    id: 'client-came-through',
    description: 'The client ends its scenario without an error',
    ...(problem === null ? { status: 'SUCCESS' } : { status: 'FAILURE', errorMessage: `${problem}: ${stderr}` }),
  };
  return { ...run, checks: [...run.checks, check] };
}

/** Every scenario that left checks behind is in the result. */
async function runSuite(suite: Suite, words: readonly string[]): Promise<SuiteRun> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-conformance-'));
  try {
    const output = await execute([suite.program, ...words, '-o', folder]);
    const found = await Promise.all((await scenarioFolders(folder)).map((path) => readScenario(suite, folder, path)));
    return { scenarios: inOrder(found, output), output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Its exit code only repeats what the checks say. */
function execute(words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, words, {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MS_MAX,
    killSignal: 'SIGKILL',
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => {
      if (signal !== null) chunks.push(Buffer.from(`\nthe suite was ended after ${RUN_MS_MAX} ms\n`));
      resolve(Buffer.concat(chunks).toString());
    });
  });
}

async function scenarioFolders(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.endsWith('/checks.json')).map((file) => file.slice(0, -'/checks.json'.length));
}

async function readScenario(suite: Suite, folder: string, path: string): Promise<ScenarioRun> {
  const scenario = path.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, '');
  const checks = JSON.parse(await readFile(join(folder, path, 'checks.json'), 'utf8')) as readonly Check[];
  return { scenario, isScored: suite.isScored(scenario), checks };
}

function inOrder(found: readonly ScenarioRun[], output: string): readonly ScenarioRun[] {
  const place = ({ scenario }: ScenarioRun): number => {
    const at = output.indexOf(`=== Running scenario: ${scenario} ===`);
    return at === -1 ? output.length : at;
  };
  return [...found].sort((a, b) => place(a) - place(b) || (a.scenario < b.scenario ? -1 : 1));
}

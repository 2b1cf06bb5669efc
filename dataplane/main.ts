#!/usr/bin/env node
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { loadConfig } from './config/load-config.ts';
import { renderFlags } from './config/render-fields.ts';
import { startProxy } from './proxy.ts';
import { supervise } from './workers/supervisor.ts';
import { runWorker } from './workers/worker.ts';

const HELP = `mcpgw-proxy: enforces a signed bundle of policy on Model Context Protocol traffic

usage: mcpgw-proxy --config proxy.yaml [options]

  --config PATH  the configuration file (MCPGW_CONFIG)
  -h, --help     this text

Every field of the file is also an option and a variable (--listen-address is MCPGW_LISTEN_ADDRESS); an option wins over a
variable, a variable over the file.

${renderFlags()}

Signals: SIGTERM and SIGINT let requests under way end, then stop; SIGHUP opens the audit files anew.
`;

const EXIT_OK = 0;
const EXIT_INTERNAL = 1;
const EXIT_USAGE = 2;

const log = (line: string): void => {
  process.stderr.write(`mcpgw-proxy: ${line}\n`);
};

async function main(): Promise<number> {
  const invocation = loadConfig(process.argv.slice(2), process.env, process.cwd());
  if (invocation.kind === 'help') {
    process.stdout.write(HELP);
    return EXIT_OK;
  }
  if (!invocation.result.ok) {
    for (const problem of invocation.result.problems) log(problem);
    return EXIT_USAGE;
  }
  // A mistake of ours in one request must not take the others down; what we know of is caught closer to its cause.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (problem: unknown) => {
      log(`this is a bug in mcpgw: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
    });
  }
  const { config } = invocation.result;
  if (cluster.isWorker) return runWorker(config, log);
  const count = config.workers === 'auto' ? availableParallelism() : (config.workers ?? 1);
  if (count > 1) return supervise(config, count, log);
  const started = await startProxy(config, { environment: process.env, log });
  if (!started.ok) {
    log(started.problem);
    return EXIT_USAGE;
  }
  const { proxy } = started;
  process.on('SIGHUP', () => void proxy.reopenAudit());
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  log('stopping');
  await proxy.close();
  return EXIT_OK;
}

try {
  process.exitCode = await main();
} catch (problem) {
  log(`this is a bug in mcpgw: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
  process.exitCode = EXIT_INTERNAL;
}

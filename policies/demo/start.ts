/**
 * `npm start`: the sample company on this machine. Starts its demo servers, then `mcpgw serve` in the way anybody would;
 * Ctrl-C ends them all.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startUpstreams } from './upstreams.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

process.exitCode = await start();

async function start(): Promise<number> {
  let upstreams;
  try {
    upstreams = await startUpstreams({ ports: 'fixed', tokens: join(root, '.mcpgw/upstreams') });
  } catch (problem) {
    console.error(`error: ${problem instanceof Error ? problem.message : String(problem)}`);
    console.error('  help: another `npm start` may be running; end it first');
    return 2;
  }
  const serve = spawn(process.execPath, ['cli/main.ts', 'serve', 'policies', '--config', 'policies/demo/proxy.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to both of us, anything else only to this process: it ends by itself, and we after it.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => serve.kill('SIGTERM'));
  const exit = await new Promise<number>((resolve) => {
    serve.once('error', () => resolve(1));
    serve.once('close', (code) => resolve(code ?? 1));
  });
  await upstreams.stop();
  return exit;
}

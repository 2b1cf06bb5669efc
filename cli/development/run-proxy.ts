import { startProxy, type Proxy } from '../../dataplane/proxy.ts';
import type { ProxyConfig } from '../../schemas/types/proxy.ts';
import { failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** Starts the data plane in this process. @throws Failure for what the world lacks, a free port above all. */
export async function runProxy(
  config: ProxyConfig,
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<Proxy> {
  const log = (line: string): void => terminal.comment(`${terminal.paint('comment', 'dim', 'proxy:')} ${line}`);
  const started = await startProxy(config, { environment, log });
  if (started.ok) return started.proxy;
  const { address } = config.listen;
  if (started.problem.includes('EADDRINUSE')) {
    const help = 'another `mcpgw serve` may be running: end it, or choose another port with --listen 127.0.0.1:8081';
    throw failure('--listen', `${address} is in use by another program`, help);
  }
  throw failure('serve', started.problem);
}

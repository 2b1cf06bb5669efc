// Runs the four demo servers on the ports that the policies name, until interrupted: for `mcpgw catalog sync` by hand.
import { fileURLToPath } from 'node:url';
import { startUpstreams } from './upstreams.ts';

const upstreams = await startUpstreams({
  ports: 'fixed',
  tokens: fileURLToPath(new URL('../../.mcpgw/upstreams', import.meta.url)),
});
for (const [name, url] of Object.entries(upstreams.urls)) console.log(`${name} answers at ${url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void upstreams.stop());

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { analyzer } from '../dataplane/content/external/stage.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';
import { mcpgw, temporaryFolder } from './mcpgw.ts';

const README = readFileSync(new URL('../../dataplane/content/external/README.md', import.meta.url), 'utf8');
const [rules = '', config = ''] = [...README.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, block = '']) => block);

test('the rules and the configuration of the reference are written as they are read, and ask whom they name', async () => {
  const names = analyzer(/Ada/g);
  const server = await RawUpstream.open((request) =>
    request.path === '/analyze' ? names(request) : whole('{"verdict":"pass"}'),
  );
  onTestFinished(() => server.close());
  const { port } = new URL(server.url);
  const folder = await temporaryFolder();
  const policies = join(folder, 'policies');
  expect(await mcpgw(['init', policies])).toMatchObject({ exit: 0 });
  await writeFile(join(policies, 'asking.yaml'), rules);
  expect(await mcpgw(['check', policies])).toMatchObject({ exit: 0 });
  expect(await mcpgw(['fmt', '--check', join(policies, 'asking.yaml')])).toMatchObject({ exit: 0 });

  const here = (text: string): string =>
    text
      .replace('https://presidio.acme.dev', `http://127.0.0.1:${port}`)
      .replace('https://dlp.acme.dev', `http://localhost:${port}`)
      .replaceAll('presidio.acme.dev', '127.0.0.1')
      .replaceAll('dlp.acme.dev', 'localhost');
  await writeFile(join(policies, 'asking.yaml'), here(rules));
  await writeFile(join(folder, 'dlp.key'), 'correct horse battery staple');
  const path = join(folder, 'proxy.yaml');
  const required = `workspace: example
environment: production
channel: prod
bundles: store
trust: trust.json
listen: { address: 127.0.0.1:0 }
`;
  await writeFile(path, required + here(config));
  const run = await mcpgw(['redact', policies, '--config', path], { input: 'Ada called' });
  expect(run).toMatchObject({ exit: 0, stdout: '<PERSON> called' });
  expect(server.requests.map((request) => request.path)).toEqual(['/analyze', '/mcp']);
});

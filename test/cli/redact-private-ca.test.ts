import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { mcpgw, temporaryFolder } from './mcpgw.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

/** An analyzer that finds nothing, with a certificate that nobody trusts, and the requests that came to it. */
async function openAnalyzer(): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const tls = { key: readFileSync(fixture('key.pem')), cert: readFileSync(fixture('cert.pem')) };
  const server = createServer(tls, (request, response) => {
    asked.push(request.url ?? '');
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('[[]]'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `https://127.0.0.1:${address === null || typeof address === 'string' ? 0 : address.port}`, asked };
}

/** A policy that `mcpgw init` makes with a rule that asks the analyzer, and a proxy.yaml that allows it. */
async function place(url: string): Promise<{ readonly policies: string; readonly config: string }> {
  const folder = await temporaryFolder();
  const policies = join(folder, 'policies');
  expect(await mcpgw(['init', policies])).toMatchObject({ exit: 0 });
  await writeFile(
    join(policies, 'names.yaml'),
    `kind: RedactionRule
name: names
directions: [to-client]
detect: { presidio: { url: "${url}" }, onFailure: block }
action: redact
`,
  );
  const config = join(folder, 'proxy.yaml');
  await writeFile(
    config,
    `workspace: example
environment: production
channel: prod
bundles: ${folder}
trust: ${folder}/trust.json
listen: { address: "127.0.0.1:0" }
egress: ["127.0.0.1"]
`,
  );
  return { policies, config };
}

test('an analyzer whose certificate nobody trusts is told nothing, and is asked once its authority is named', async () => {
  const { url, asked } = await openAnalyzer();
  const { policies, config } = await place(url);
  const words = ['redact', policies, '--config', config];

  const strange = await mcpgw(words, { input: 'Ada called' });
  expect(strange).toMatchObject({ exit: 0, stdout: '' });
  expect(strange.stderr).toContain('content rule names: its detector cannot be used (unreachable)');
  expect(asked).toEqual([]);

  const environment = { NODE_EXTRA_CA_CERTS: fixture('cert.pem') };
  expect(await mcpgw(words, { input: 'Ada called', environment })).toMatchObject({ exit: 0, stdout: 'Ada called' });
  expect(asked).toEqual(['/analyze']);
});

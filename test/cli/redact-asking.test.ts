import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';
import { analyzer } from '../dataplane/content/external/stage.ts';
import { mcpgw, temporaryFolder } from './mcpgw.ts';

const demo = fileURLToPath(new URL('../../policies', import.meta.url));

interface Place {
  readonly folder: string;
  readonly policies: string;
  readonly config: string;
}

/** The demo's policies with two rules that ask a server, and a proxy.yaml that allows it. */
async function place(url: string): Promise<Place> {
  const folder = await temporaryFolder();
  const policies = join(folder, 'policies');
  await mkdir(policies);
  await cp(demo, policies, { recursive: true, filter: (path) => !path.includes('/demo/') });
  const { origin } = new URL(url);
  await writeFile(
    join(policies, 'rules', 'asking.yaml'),
    `kind: RedactionRule
name: names
directions: [to-client]
detect: { presidio: { url: "${origin}", entities: [PERSON] }, onFailure: block }
action: replace
---
kind: RedactionRule
name: losses
directions: [to-client]
detect: { webhook: { url: "${origin}/dlp", secret: dlp-signing }, onFailure: pass }
action: block
`,
  );
  const config = join(folder, 'proxy.yaml');
  await writeFile(
    config,
    `workspace: acme
environment: production
channel: prod
bundles: ${folder}
trust: ${folder}/trust.json
listen: { address: "127.0.0.1:0" }
secrets: { dlp-signing: { from: "env:DLP_SIGNING", to: ["127.0.0.1"] } }
egress: ["127.0.0.1"]
audit: { sinks: [{ file: ${folder}/audit.jsonl }] }
`,
  );
  return { folder, policies, config };
}

const ADA = analyzer(/Ada/g);

test('with a configuration mcpgw redact asks the others, and without it says whom it did not ask', async () => {
  const server = await RawUpstream.open((request) => {
    if (request.path === '/analyze') return ADA(request);
    return whole(JSON.stringify({ verdict: 'pass', entities: { BADGE: 2 } }));
  });
  const { policies, config } = await place(server.url);
  const environment = { DLP_SIGNING: 'correct horse battery staple' };

  expect(await mcpgw(['check', policies])).toMatchObject({ exit: 0 });
  expect(server.requests).toHaveLength(0);

  const asking = await mcpgw(['redact', policies, '--config', config], { input: '😀 Ada called', environment });
  expect(asking).toMatchObject({ exit: 0, stdout: '😀 <PERSON> called' });
  expect(asking.stderr).toContain('losses (alert): 2 BADGE\nnames (replace): 1 PERSON\n');
  expect(asking.stderr).toMatch(/\n3 places found, [0-9]+ rules tried\n$/);
  expect(server.requests.map(({ path }) => path)).toEqual(['/analyze', '/dlp']);
  expect(server.requests[1]?.headers.get('mcpgw-signature')).toMatch(/^v1=[0-9a-f]{64}$/);

  const without = await mcpgw(['redact', policies], { input: 'Ada called' });
  expect(without).toMatchObject({ exit: 0, stdout: 'Ada called' });
  expect(without.stderr).toContain('not tried, since others would have to be asked: losses, names');
  const json = await mcpgw(['redact', policies, '--format', 'json'], { input: 'Ada called' });
  expect(JSON.parse(json.stdout)).toMatchObject({ outcome: 'unchanged', asked: [], unasked: ['losses', 'names'] });
  expect(server.requests).toHaveLength(2);

  const tests = await mcpgw(['test', policies]);
  expect(tests.exit).toBe(0);
  expect(tests.stderr).toContain('not tried, since others would have to be asked: losses, names');

  await server.close();
  const down = await mcpgw(['redact', policies, '--config', config], { input: 'Ada called', environment });
  expect(down).toMatchObject({ exit: 0, stdout: '' });
  expect(down.stderr).toContain('names: its detector gave no answer that can be used');
  expect(down.stderr).toContain('content rule names: its detector cannot be used (unreachable)');
});

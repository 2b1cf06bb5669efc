import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { modernCall, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';

const KEY = '0123456789abcdef';
/** Of `ana@acme.dev` under that key. */
const HASH = 'u35b5y6u65ygtdtc';

let rig: Rig;
let upstream: RawUpstream;

beforeAll(async () => {
  const result = { resultType: 'complete', content: [{ type: 'text', text: 'from ana@acme.dev to bob' }] };
  upstream = await RawUpstream.open(() => whole(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
  return () => upstream.close();
});
beforeEach(() => {
  rig = new Rig();
  rig.offer({
    servers: [{ name: 'docs', url: upstream.url, era: 'modern', tools: [{ name: 'read' }] }],
    gateways: [{ name: 'all', servers: { docs: '' }, grants: [{ to: ['bot'], server: 'docs' }] }],
    content: [
      {
        name: 'people',
        pattern: '[a-z]+@acme\\.dev',
        directions: ['to-client'],
        action: { kind: 'hash', key: 'join' },
      },
    ],
  });
});
afterEach(() => rig.stop());

async function answer(): Promise<string> {
  return (await post({ url: `${rig.origin}/mcp/all`, key: rig.keys.bot, ...modernCall('read') })).body;
}

const keyless = (): unknown => (rig.proxy.status() as { readonly keyless: unknown }).keyless;

test('what a rule finds is hashed with the key of that name', async () => {
  await rig.start({ secrets: { join: { from: 'env:JOIN', use: 'hash' } } }, { JOIN: KEY });
  expect(await answer()).toContain(`from ${HASH} to bob`);
  expect(keyless()).toEqual([]);
  expect(JSON.stringify(rig.proxy.status()) + rig.logs.join('\n')).not.toContain(KEY);
});

const lacking: [
  name: string,
  secrets: NonNullable<Parameters<Rig['start']>[0]>['secrets'],
  reason: string,
  said: string,
][] = [
  ['no secret of that name', {}, 'unknown-secret', 'is not among the secrets of this proxy'],
  [
    'a secret that is sent to servers',
    { join: { from: 'env:JOIN', to: ['mcp.acme.dev'] } },
    'secret-not-for-hashes',
    'is sent to servers, and a key of hashes has `use: hash` in place of `to`',
  ],
  [
    'a key that is too short',
    { join: { from: 'env:SHORT', use: 'hash' } },
    'secret-missing',
    'has no value of at least 16 characters where the configuration says it is',
  ],
];

test.each(lacking)(
  'with %s, what the rule finds is blocked, and the operator is told',
  async (_name, secrets, reason, said) => {
    await rig.start({ secrets: secrets ?? {} }, { JOIN: KEY, SHORT: 'short' });
    const body = await answer();
    expect(body).not.toContain('ana@acme.dev');
    expect(body).not.toContain('join');
    expect(JSON.parse(body)).toMatchObject({ result: { isError: true } });
    expect(keyless()).toEqual([{ rule: 'people', key: 'join', reason }]);
    expect(rig.logs).toContain(`RedactionRule/people blocks what it should hash: its key join ${said}`);
  },
);

test('a key that appears in its file is used without a restart', async () => {
  const file = join(rig.store.root, 'join.key');
  await rig.start({ secrets: { join: { from: `file:${file}`, use: 'hash' } } });
  expect(await answer()).not.toContain('from ');
  writeFileSync(file, `${KEY}\n`);
  await expect.poll(answer, { timeout: 30_000, interval: 500 }).toContain(`from ${HASH} to bob`);
});

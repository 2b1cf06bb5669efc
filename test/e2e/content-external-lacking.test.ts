import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PresidioDetector, WebhookDetector } from '../../schemas/types/policy.ts';
import { Detectors } from '../fixtures/detectors.ts';
import { modernCall, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';

const SECRET = 'correct horse battery staple';

let rig: Rig;
let upstream: RawUpstream;
let detectors: Detectors;

beforeAll(async () => {
  const result = { resultType: 'complete', content: [{ type: 'text', text: 'hello' }] };
  upstream = await RawUpstream.open(() => whole(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
  detectors = await Detectors.open();
});
beforeEach(() => {
  rig = new Rig();
  upstream.requests.length = 0;
  detectors.asked.length = 0;
});
afterEach(() => rig.stop());
afterAll(async () => {
  await upstream.close();
  await detectors.close();
});

function offer(detect: PresidioDetector | WebhookDetector): void {
  rig.offer({
    servers: [{ name: 'docs', url: upstream.url, era: 'modern', tools: [{ name: 'read' }] }],
    gateways: [
      { name: 'watched', servers: { docs: '' }, grants: [{ to: ['bot'], server: 'docs' }] },
      { name: 'free', servers: { docs: '' }, grants: [{ to: ['bot'], server: 'docs' }] },
    ],
    content: [
      {
        name: 'losses',
        gateway: 'watched',
        pattern: '',
        detect,
        directions: ['to-server', 'to-client'],
        action: { kind: 'block' },
      },
    ],
  });
}

async function answerOf(gateway: string): Promise<string> {
  return (await post({ url: `${rig.origin}/mcp/${gateway}`, key: rig.keys.bot, ...modernCall('read', '{"q":"text"}') }))
    .body;
}

const webhook = (url: string): WebhookDetector => ({
  kind: 'webhook',
  url,
  secret: 'dlp-signing',
  timeoutMs: 5_000,
  onFailure: 'pass',
});
const presidio = (url: string): PresidioDetector => ({
  kind: 'presidio',
  url,
  entities: [],
  threshold: 40,
  language: 'en',
  allow: [],
  timeoutMs: 5_000,
  onFailure: 'pass',
});
const HERE = { from: 'env:DLP', to: ['127.0.0.1'] };

const lacking: [name: string, detect: () => PresidioDetector | WebhookDetector, secrets: object, failure: string][] = [
  ['the host of an analyzer', () => presidio('https://presidio.acme.dev'), {}, 'host-not-allowed'],
  ['the host of a webhook', () => webhook('https://dlp.acme.dev'), { 'dlp-signing': HERE }, 'host-not-allowed'],
  ['a secret', () => webhook(detectors.url), {}, 'unknown-secret'],
  [
    'a secret for that host',
    () => webhook(detectors.url),
    { 'dlp-signing': { from: 'env:DLP', to: ['dlp.acme.dev'] } },
    'secret-not-for-host',
  ],
  [
    'a secret that is sent anywhere',
    () => webhook(detectors.url),
    { 'dlp-signing': { from: 'env:DLP', use: 'hash' } },
    'secret-not-for-host',
  ],
];

test.each(lacking)(
  'where proxy.yaml lacks %s, what the rule is for is blocked, the rest is served, and the operator is told',
  async (_name, detect, secrets, failure) => {
    offer(detect());
    await rig.start({ secrets: { ...secrets } }, { DLP: SECRET });
    expect(await answerOf('watched')).toContain('its content could not be checked');
    expect(upstream.requests).toHaveLength(0);
    expect(await answerOf('free')).toContain('hello');
    expect(detectors.asked).toHaveLength(0);
    expect(rig.proxy.status()).toMatchObject({ detectors: [{ rule: 'losses', failure }] });
    expect(rig.logs).toContain(`content rule losses: its detector cannot be used (${failure})`);
  },
);

test('where nothing is lacking, the webhook is asked both ways', async () => {
  offer(webhook(detectors.url));
  await rig.start({ secrets: { 'dlp-signing': HERE } }, { DLP: SECRET });
  expect(await answerOf('watched')).toContain('hello');
  expect(detectors.asked.map(({ body }) => (JSON.parse(body) as { direction: string }).direction)).toEqual([
    'to-server',
    'to-client',
  ]);
  expect(rig.proxy.status()).toMatchObject({ detectors: [{ rule: 'losses', failure: null }] });
  expect(JSON.stringify(rig.proxy.status()) + rig.logs.join('\n')).not.toContain(SECRET);
});

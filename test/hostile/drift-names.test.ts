import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditRecord } from '../../schemas/types/audit.ts';
import { Rig } from '../fixtures/rig.ts';
import { ListingUpstream } from '../fixtures/upstreams/listing-upstream.ts';

const NAMES = ['acme_live_key', 'mail-to-ana@acme.dev', 'harmless'];

const rig = new Rig();
let server: ListingUpstream;
let records: readonly AuditRecord[] = [];

beforeAll(async () => {
  const reviewed = { name: 'steady', inputSchema: { type: 'object' } };
  server = await ListingUpstream.open('modern', { tools: [reviewed, ...NAMES.map((name) => ({ ...reviewed, name }))] });
  rig.offer({
    servers: [{ name: 'docs', url: server.url, era: 'modern', tools: [{ name: 'steady' }] }],
    gateways: [{ name: 'all', servers: { docs: '' }, grants: [{ to: ['bot'], server: 'docs' }] }],
    content: [
      { name: 'no-keys', pattern: 'acme_live_[a-z]+', action: { kind: 'block' } },
      { name: 'mail', pattern: '[a-z]+@acme.dev', action: { kind: 'replace', with: null } },
    ],
  });
  await rig.start({ driftSeconds: 3_600 });
  // The limit of the hook ends this.
  while (records.length < NAMES.length) {
    records = (await rig.records()).filter(({ reason }) => reason === 'drift-added');
  }
});
afterAll(async () => {
  await rig.stop();
  await server.close();
});

test('the name of a tool that nobody reviewed is looked into before it is recorded', () => {
  const seen = records.map(({ upstreamTool, content }) => [upstreamTool, content.map(({ entities }) => entities)]);
  expect(seen).toEqual([
    ['[blocked]', [{ NO_KEYS: 1 }]],
    ['mail-to-<MAIL>', [{ MAIL: 1 }]],
    ['harmless', []],
  ]);
});

test('and before it is logged', () => {
  const line = rig.logs.find((each) => each.includes('not reviewed'));
  expect(line).toContain('tool "[blocked]", tool "mail-to-<MAIL>", tool "harmless"');
});

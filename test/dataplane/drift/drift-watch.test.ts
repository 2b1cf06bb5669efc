import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bundle } from '../../../dataplane/bundle/decode.ts';
import type { Snapshot } from '../../../dataplane/bundle/load.ts';
import { buildContent } from '../../../dataplane/content/index.ts';
import { buildEngine, viewOf, visible, type Engine } from '../../../dataplane/decide/index.ts';
import type { DriftAlert } from '../../../dataplane/drift/drift-alert.ts';
import { DriftWatch } from '../../../dataplane/drift/drift-watch.ts';
import type { DriftStatus } from '../../../dataplane/drift/watched-identity.ts';
import { Channels } from '../../../dataplane/upstream/channels.ts';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import type { Catalog } from '../../../schemas/types/catalog.ts';
import type { Policy } from '../../../schemas/types/policy.ts';
import { definitionOf, rigContents, type RigTool } from '../../fixtures/rig-policy.ts';
import { ListingUpstream, type Offer } from '../../fixtures/upstreams/listing-upstream.ts';
import { callOf, NOBODY } from '../decide/organisation.ts';

const TOOLS: readonly RigTool[] = [
  { name: 'look', rest: { description: 'Looks.', inputSchema: { type: 'object' } } },
  { name: 'post', rest: { inputSchema: { type: 'object' } } },
];
const [LOOK = { name: '' }, POST = { name: '' }] = TOOLS;
const listed = (...tools: readonly RigTool[]): readonly object[] => tools.map((tool) => definitionOf('tool', tool));
const OTHER_LOOK: RigTool = {
  name: 'look',
  rest: { description: 'Looks, then tells.', inputSchema: { type: 'object' } },
};

/** Two identities of one server, each behind a gateway of its own. */
const IDENTITIES = ['reader', 'bot'] as const;

interface Watching {
  readonly watch: DriftWatch;
  readonly alerts: DriftAlert[];
  readonly lines: string[];
  readonly changes: () => number;
  /** What a gateway lists. */
  readonly lists: (gateway: string) => readonly string[];
  readonly follow: (tools: readonly RigTool[], strict?: boolean) => void;
  readonly until: (what: (status: readonly DriftStatus[]) => boolean) => Promise<void>;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The policy of a rig, with as many identities and gateways as there are. */
function snapshotOf(url: string, era: 'legacy' | 'modern', tools: readonly RigTool[], strictDrift: boolean): Snapshot {
  const gateways = IDENTITIES.map((name) => ({
    name,
    servers: { docs: '' },
    grants: [{ to: ['staff'] as const, server: 'docs' }],
  }));
  const capabilities = { listChanged: true };
  const contents = rigContents(
    { servers: [{ name: 'docs', url, era, tools, strictDrift, capabilities }], gateways },
    {},
  );
  const policy: Policy = {
    ...contents.policy,
    servers: contents.policy.servers.map((server) => ({
      ...server,
      identities: IDENTITIES.map((name) => ({ name, auth: { kind: 'bearer' as const, secret: name } })),
    })),
    gateways: contents.policy.gateways.map((gateway, at) => ({
      ...gateway,
      assignments: gateway.assignments.map((assignment) => ({ ...assignment, identity: at })),
    })),
  };
  return snapshot(policy, contents.catalog);
}

function snapshot(policy: Policy, catalog: Catalog): Snapshot {
  const built = buildEngine(policy, catalog);
  const content = buildContent(policy);
  if (!built.ok || !content.ok) throw new Error('the policy of the rig cannot be built');
  return { bundle: { policy, catalog } as Bundle, engine: built.engine, content: content.content };
}

function listOf(engine: Engine, name: string): readonly string[] {
  const gateway = engine.gateway(name);
  if (gateway === null) throw new Error(`there is no gateway ${name}`);
  const staff = gateway.policy.subjects.findIndex((subject) => subject.name === 'staff');
  const caller = { ...NOBODY, subjects: [staff] };
  return visible(viewOf(gateway, caller), callOf(caller, 1, null)).slots.map(({ exposed }) => exposed);
}

function watch(upstream: ListingUpstream, era: 'legacy' | 'modern', everyMs: number | null = 3_600_000): Watching {
  const report = (problem: unknown): void => {
    throw problem instanceof Error ? problem : new Error(String(problem));
  };
  const upstreams = new Upstreams();
  const channels = new Channels({ upstreams, report });
  const alerts: DriftAlert[] = [];
  const lines: string[] = [];
  let changes = 0;
  let engine: Engine | null = null;
  const drift = new DriftWatch({
    channels,
    sourceFor: (_bundle, _server, identity) => {
      const authorization = IDENTITIES[identity] ?? '';
      const headers = () => ({ ok: true as const, headers: [['authorization', authorization] as const] });
      const credentials = { headers, refused: () => false };
      return { ok: true, transport: { kind: 'http', url: new URL(upstream.url), credentials } };
    },
    alert: (alert) => void alerts.push(alert),
    log: (line) => void lines.push(line),
    changed: () => void changes++,
    announced: () => undefined,
    report,
    everyMs,
    clock: Date.now,
  });
  closing.push(async () => {
    drift.close();
    await channels.close();
    await upstreams.close();
  });
  return {
    watch: drift,
    alerts,
    lines,
    changes: () => changes,
    lists: (gateway) => (engine === null ? [] : listOf(engine, gateway)),
    follow: (tools, strict = false) => {
      const next = snapshotOf(upstream.url, era, tools, strict);
      engine = next.engine;
      drift.follow(next);
    },
    until: async (what) => {
      for (;;) {
        if (what(drift.status())) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

const isSeen = (status: readonly DriftStatus[]): boolean =>
  status.length > 0 && status.every(({ seen }) => seen !== null);

describe.each(['legacy', 'modern'] as const)('a %s server', (era) => {
  let upstream: ListingUpstream;
  beforeEach(async () => {
    upstream = await ListingUpstream.open(era, { tools: listed(LOOK, POST) });
    closing.push(() => upstream.close());
  });
  const offer = (
    byIdentity: Readonly<Record<string, Offer | null>>,
    rest: Offer = { tools: listed(LOOK, POST) },
  ): void =>
    upstream.offer((authorization) => (authorization in byIdentity ? (byIdentity[authorization] ?? null) : rest));

  test('that offers what was reviewed loses nothing', async () => {
    const { follow, until, lists, alerts, watch: drift } = watch(upstream, era);
    follow(TOOLS);
    expect(lists('reader')).toEqual(['look', 'post']);
    await until(isSeen);
    expect(lists('reader')).toEqual(['look', 'post']);
    expect(alerts).toEqual([]);
    const well = { server: 'docs', failure: null, withheld: 0, changed: [], missing: [], added: [] };
    expect(drift.status()).toMatchObject([
      { ...well, identity: 'bot' },
      { ...well, identity: 'reader' },
    ]);
  });

  test('loses what it offers otherwise to one identity, for that identity, until it offers it as reviewed again', async () => {
    offer({ reader: { tools: listed(OTHER_LOOK, POST, { name: 'new' }) } });
    const { follow, until, lists, alerts, changes, watch: drift } = watch(upstream, era);
    follow(TOOLS);
    await until((status) => isSeen(status) && status.some(({ changed }) => changed.length > 0));
    expect([lists('reader'), lists('bot')]).toEqual([['post'], ['look', 'post']]);
    expect(drift.status()[1]).toMatchObject({
      identity: 'reader',
      withheld: 1,
      changed: ['tool "look"'],
      added: ['tool "new"'],
    });
    const about = { server: 'docs', identity: 'reader', era };
    expect(alerts).toEqual([
      { ...about, change: 'changed', definitions: [{ kind: 'tool', name: 'look' }] },
      { ...about, change: 'added', definitions: [{ kind: 'tool', name: 'new' }] },
    ]);
    expect(changes()).toBe(1);

    await until(() => upstream.listening === 2);
    offer({});
    upstream.announce('tools');
    await until((status) => status.every(({ withheld }) => withheld === 0));
    expect(lists('reader')).toEqual(['look', 'post']);
    expect(alerts.at(-1)).toEqual({ ...about, change: 'restored', definitions: [{ kind: 'tool', name: 'look' }] });
    expect(changes()).toBe(2);
  });

  test('that no longer offers something is reported, and loses nothing else', async () => {
    offer({}, { tools: listed(POST) });
    const { follow, until, lists, alerts } = watch(upstream, era);
    follow(TOOLS);
    await until(isSeen);
    expect(lists('bot')).toEqual(['look', 'post']);
    expect(alerts.map(({ change }) => change)).toEqual(['missing', 'missing']);
  });

  test('whose lists cannot be had loses nothing, and what was seen of it before stands', async () => {
    offer({ reader: null });
    const { follow, until, lists, lines } = watch(upstream, era);
    follow(TOOLS);
    await until((status) => status.some(({ failure }) => failure === 'upstream-status'));
    expect(lists('reader')).toEqual(['look', 'post']);
    expect(lines).toEqual(['drift: cannot see what server docs offers to reader (upstream-status)']);

    await until((status) => status.some(({ identity, seen }) => identity === 'bot' && seen !== null));
    await until(() => upstream.listening === 1);
    offer({ reader: null, bot: { tools: listed(OTHER_LOOK) } });
    upstream.announce('tools');
    await until((status) => status.some(({ changed }) => changed.length > 0));
    offer({ reader: null, bot: null });
    upstream.announce('tools');
    await until((status) => status.every(({ failure }) => failure !== null));
    expect(lists('bot')).toEqual(['post']);
  });

  test('that is strict shows nothing until it was seen, and then what was seen as reviewed', async () => {
    offer({ reader: null, bot: { tools: listed(LOOK) } });
    const { follow, until, lists, lines, watch: drift } = watch(upstream, era);
    follow(TOOLS, true);
    expect([lists('reader'), lists('bot')]).toEqual([[], []]);
    expect(drift.status().map(({ withheld }) => withheld)).toEqual(['everything', 'everything']);
    await until((status) => status.some(({ seen }) => seen !== null) && status.some(({ failure }) => failure !== null));
    expect([lists('reader'), lists('bot')]).toEqual([[], ['look']]);
    expect(lines).toEqual([
      'drift: cannot see what server docs offers to reader (upstream-status), and all of it is withheld until then',
    ]);
  });

  test('that nobody looks at is open, or closed when it is strict', async () => {
    const { follow, lists, watch: drift } = watch(upstream, era, null);
    follow(TOOLS);
    expect(lists('reader')).toEqual(['look', 'post']);
    follow(TOOLS, true);
    expect(lists('reader')).toEqual([]);
    expect(upstream.requests).toEqual([]);
    expect(drift.status()[0]).toMatchObject({ seen: null, failure: null, withheld: 'everything' });
  });

  test('is judged by another bundle at once, by what was seen', async () => {
    offer({}, { tools: listed(OTHER_LOOK, POST) });
    const { follow, until, lists } = watch(upstream, era);
    follow(TOOLS);
    await until((status) => isSeen(status) && status.every(({ changed }) => changed.length > 0));
    const looks = upstream.looks();
    follow([...TOOLS, { name: 'more' }]);
    expect(lists('reader')).toEqual(['more', 'post']);
    follow([OTHER_LOOK, POST], true);
    expect(lists('reader')).toEqual(['look', 'post']);
    follow(TOOLS, true);
    expect(lists('reader')).toEqual(['post']);
    expect(upstream.looks()).toBe(looks);
  });

  test('may have many pages', async () => {
    upstream.paginate(1);
    offer({}, { tools: listed(POST, OTHER_LOOK), prompts: [{ name: 'a' }, { name: 'b' }] });
    const { follow, until, lists, watch: drift } = watch(upstream, era);
    follow(TOOLS);
    await until(isSeen);
    expect(lists('reader')).toEqual(['post']);
    expect(drift.status()[0]).toMatchObject({ changed: ['tool "look"'], added: ['prompt "a"', 'prompt "b"'] });
  });

  test('is looked at now and then though it announces nothing', async () => {
    const { follow, until } = watch(upstream, era, 20);
    follow(TOOLS);
    await until(isSeen);
    offer({}, { tools: listed(OTHER_LOOK, POST) });
    await until((status) => status.every(({ changed }) => changed.length > 0));
  });

  test('is left in peace when nothing of it is served any more', async () => {
    const { follow, until, watch: drift } = watch(upstream, era);
    follow(TOOLS);
    await until(isSeen);
    await until(() => upstream.listening === 2);
    drift.follow(null);
    expect(drift.status()).toEqual([]);
    await until(() => upstream.listening === 0);
  });
});

test('a server that is not there is tried again, ever less often', async () => {
  const upstream = await ListingUpstream.open('modern', {});
  const { url } = upstream;
  await upstream.close();
  const { follow, until, lists } = watch({ url } as ListingUpstream, 'modern', 10);
  follow(TOOLS);
  await until((status) => status.every(({ failure }) => failure === 'upstream-unreachable'));
  expect(lists('reader')).toEqual(['look', 'post']);
});

import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFixture, type RunningFixture } from '../conformance/start-fixture.ts';
import { CLIENT_KINDS, type ClientKind } from '../fixtures/clients.ts';
import { Rig } from '../fixtures/rig.ts';
import type { RigServer, RigTool } from '../fixtures/rig-policy.ts';
import { openEverything, type Everything } from '../fixtures/upstreams/everything.ts';

/** Both real clients, as far as lists go. */
type AnyClient = Pick<
  LegacyClient,
  'listTools' | 'listPrompts' | 'listResources' | 'listResourceTemplates' | 'readResource' | 'close'
> & { getServerCapabilities(): unknown; getServerVersion(): { readonly name: string } | undefined };

const rig = new Rig();
let everything: Everything;
let fixture: RunningFixture;

async function connect(kind: ClientKind, url: string, key: string | null): Promise<AnyClient> {
  const requestInit = key === null ? {} : { headers: { authorization: `Bearer ${key}` } };
  const info = { name: 'lists', version: '1' };
  if (kind === 'sdk 1.x') {
    const client = new LegacyClient(info);
    await client.connect(new LegacyTransport(new URL(url), { requestInit }));
    return client;
  }
  const mode = kind === 'sdk 2.x, auto' ? ('auto' as const) : { pin: '2026-07-28' };
  const client = new ModernClient(info, { versionNegotiation: { mode } });
  await client.connect(new ModernTransport(new URL(url), { requestInit }));
  return client as unknown as AnyClient;
}

/** What a catalog records of a server. */
async function recorded(name: string, url: string, era: 'legacy' | 'modern'): Promise<RigServer> {
  const client = await connect(era === 'legacy' ? 'sdk 1.x' : 'sdk 2.x, pinned to 2026-07-28', url, null);
  const named = (list: readonly { readonly name: string }[]): readonly RigTool[] =>
    list.map(({ name: tool, ...rest }) => ({ name: tool, rest }));
  const { tools } = await client.listTools();
  const { prompts } = await client.listPrompts();
  const { resourceTemplates } = await client.listResourceTemplates();
  await client.close();
  return {
    name,
    url,
    era,
    capabilities: { completions: true, logging: true, prompts: true, resources: true, subscribe: era === 'legacy' },
    tools: named(tools),
    prompts: named(prompts),
    templates: resourceTemplates.map(({ uriTemplate, ...rest }) => ({ name: uriTemplate, rest })),
  };
}

beforeAll(async () => {
  [everything, fixture] = await Promise.all([openEverything(), startFixture('modern')]);
  const both = { everything: 'every', fixture: 'fix' };
  const all = (to: 'bot' | 'other', resources: readonly string[]) =>
    (['everything', 'fixture'] as const).map((server) => ({ to: [to], server, resources }));
  rig.offer({
    servers: [await recorded('everything', everything.url, 'legacy'), await recorded('fixture', fixture.url, 'modern')],
    gateways: [
      {
        name: 'both',
        servers: both,
        grants: [
          { to: ['bot'], server: 'everything', resources: ['demo://**'] },
          { to: ['bot'], server: 'fixture', resources: ['test://**'] },
          { to: ['other'], server: 'fixture', tools: [], prompts: [], resources: ['test://static-text'] },
        ],
      },
      { name: 'prefixed', servers: both, prefixUris: true, grants: all('bot', ['**']) },
      {
        name: 'legacy',
        servers: { everything: '' },
        grants: [{ to: ['bot'], server: 'everything', resources: ['**'] }],
      },
      { name: 'modern', servers: { fixture: '' }, grants: [{ to: ['bot'], server: 'fixture', resources: ['**'] }] },
    ],
  });
  await rig.start();
});
afterAll(async () => {
  await rig.stop();
  await fixture.stop();
  await everything.stop();
});

async function through<T>(
  kind: ClientKind,
  gateway: string,
  use: (client: AnyClient) => Promise<T>,
  key: 'bot' | 'other' = 'bot',
): Promise<T> {
  const client = await connect(kind, `${rig.origin}/mcp/${gateway}`, rig.keys[key]);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** All lists of a server, as a client of it sees them. */
async function listsOf(client: AnyClient) {
  const byName = <T>(list: readonly T[], key: (item: T) => string): readonly T[] =>
    [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const { tools } = await client.listTools();
  return {
    // Tasks are not served, and so not announced.
    tools: byName(
      tools.map(({ execution: _tasks, ...tool }) => tool),
      ({ name }) => name,
    ),
    prompts: byName((await client.listPrompts()).prompts, ({ name }) => name),
    templates: byName((await client.listResourceTemplates()).resourceTemplates, ({ uriTemplate }) => uriTemplate),
    resources: (await client.listResources()).resources,
  };
}

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test.each([
    ['legacy', 'sdk 1.x'],
    ['modern', 'sdk 2.x, pinned to 2026-07-28'],
  ] as const)('sees of a %s server under its own names what a client of it sees', async (gateway, own) => {
    const direct = await connect(own, gateway === 'legacy' ? everything.url : fixture.url, null);
    expect(await through(kind, gateway, listsOf)).toEqual(await listsOf(direct));
    await direct.close();
  });

  test('sees who answers', async () => {
    const nameOf = (client: AnyClient) => Promise.resolve(client.getServerVersion()?.name);
    expect(await through(kind, 'modern', nameOf)).toBe('fixture');
    expect(await through(kind, 'both', nameOf)).toBe('mcpgw');
  });

  test('sees the lists of several servers as one', async () => {
    const one = await through(kind, 'legacy', listsOf);
    const other = await through(kind, 'modern', listsOf);
    const both = await through(kind, 'both', listsOf);
    const named = (prefix: string, list: readonly { readonly name: string }[]): readonly string[] =>
      list.map(({ name }) => `${prefix}_${name}`);
    const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name);
    expect(names(both.tools)).toEqual([...named('every', one.tools), ...named('fix', other.tools)]);
    expect(names(both.prompts)).toEqual([...named('every', one.prompts), ...named('fix', other.prompts)]);
    expect(both.templates).toEqual([...one.templates, ...other.templates]);
    expect(both.resources).toEqual([...one.resources, ...other.resources]);
  });

  test('reads what it sees, under the name by which it sees it', async () => {
    for (const gateway of ['both', 'prefixed']) {
      await through(kind, gateway, async (client) => {
        const { resources } = await client.listResources();
        expect(resources.length).toBeGreaterThan(8);
        for (const { uri } of resources) {
          const { contents } = await client.readResource({ uri });
          expect(contents.map((content) => content.uri)).toEqual([uri]);
        }
      });
    }
  });

  test('sees prefixes where two servers could have the same resource', async () => {
    const { resources, templates } = await through(kind, 'prefixed', listsOf);
    const schemes = new Set(resources.map(({ uri }) => uri.slice(0, uri.indexOf('://'))));
    expect([...schemes]).toEqual(['every+demo', 'fix+test']);
    expect(templates.map(({ uriTemplate }) => uriTemplate.slice(0, uriTemplate.indexOf('://')))).toContain('fix+test');
  });

  test('is told of capabilities for what it sees', async () => {
    const capabilities = (client: AnyClient) => Promise.resolve(client.getServerCapabilities());
    const lists = { tools: { listChanged: true }, prompts: { listChanged: true }, completions: {}, logging: {} };
    expect(await through(kind, 'both', capabilities)).toEqual({
      ...lists,
      resources: { listChanged: true, subscribe: true },
    });
    expect(await through(kind, 'modern', capabilities)).toEqual({ ...lists, resources: { listChanged: true } });
  });

  test('sees nothing else of a server of which it may read one resource', async () => {
    const seen = await through(kind, 'both', listsOf, 'other');
    expect(seen.resources.map(({ uri }) => uri)).toEqual(['test://static-text']);
    expect([seen.tools, seen.prompts]).toEqual([[], []]);
  });
});

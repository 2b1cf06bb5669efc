import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENT_KINDS, connectClient, type AnyClient, type ClientKind } from '../fixtures/clients.ts';
import { Rig } from '../fixtures/rig.ts';
import { openEverything, type Everything } from '../fixtures/upstreams/everything.ts';
import { MODERN_TOOLS, openModernServer, type ModernServer } from '../fixtures/upstreams/modern-server.ts';

const rig = new Rig();
let everything: Everything;
let modern: ModernServer;
let person = '';

beforeAll(async () => {
  [everything, modern] = await Promise.all([openEverything(), openModernServer()]);
  const both = { everything: 'every', modern: 'mod' };
  rig.offer({
    servers: [
      {
        name: 'everything',
        url: everything.url,
        era: 'legacy',
        tools: everything.tools,
        instructions: 'Try everything.',
      },
      { name: 'modern', url: modern.url, era: 'modern', tools: MODERN_TOOLS },
    ],
    gateways: [
      {
        name: 'work',
        servers: both,
        grants: [
          { to: ['bot', 'staff'], server: 'modern' },
          {
            to: ['bot', 'staff'],
            server: 'everything',
            tools: ['echo', 'get-sum', 'trigger-long-running-operation', 'get-structured-content'],
          },
        ],
      },
      { name: 'desk', servers: both, grants: [{ to: ['desk', 'staff'], server: 'modern', tools: ['echo'] }] },
      { name: 'picky', servers: both, grants: [{ to: ['staff'], server: 'modern' }], except: ['banned-client'] },
      { name: 'frozen', servers: both, grants: [{ to: ['frozen'], server: 'modern' }] },
    ],
    content: [
      { name: 'cards', pattern: String.raw`\b\d{16}\b`, action: { kind: 'replace', with: '[CARD]' } },
      { name: 'no-keys', pattern: 'acme_live_[a-z]+', directions: ['to-client'], action: { kind: 'block' } },
    ],
  });
  await rig.startChild();
  person = await rig.token({ sub: 'ana', groups: ['staff'], clientId: 'https://app.example/client' });
});
afterAll(async () => {
  await rig.stop();
  await modern.close();
  await everything.stop();
});

async function withClient(
  kind: ClientKind,
  path: string,
  credential: string,
  work: (client: AnyClient) => Promise<void>,
): Promise<void> {
  const client = await connectClient(kind, `${rig.origin}${path}`, credential);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

const TOOLS = [
  'every_echo',
  'every_get-structured-content',
  'every_get-sum',
  'every_trigger-long-running-operation',
  'mod_add',
  'mod_ask',
  'mod_count',
  'mod_echo',
  'mod_fail',
  'mod_region',
  'mod_wait',
];

describe.each(CLIENT_KINDS)('%s', (kind) => {
  describe.each(['robot', 'person'] as const)('as a %s', (who) => {
    const credential = (): string => (who === 'robot' ? rig.keys.bot : person);

    test('lists what is granted, from both servers', () =>
      withClient(kind, '/mcp/work', credential(), async (client) => {
        expect(await client.list()).toEqual(TOOLS);
        expect(client.instructions).toBe('# everything\n\nTry everything.');
      }));

    test('calls a legacy and a modern server', () =>
      withClient(kind, '/mcp/work', credential(), async (client) => {
        expect(await client.call('every_echo', { message: 'hi' })).toMatchObject({ content: [{ text: 'Echo: hi' }] });
        expect(await client.call('mod_echo', { text: 'hi' })).toMatchObject({ content: [{ text: 'hi' }] });
        expect(await client.call('mod_add', { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } });
        expect(await client.call('every_get-structured-content', { location: 'Chicago' })).toMatchObject({
          structuredContent: { temperature: expect.anything() },
        });
      }));
  });

  test('gets progress of a call as it happens, from either era', () =>
    withClient(kind, '/mcp/work', rig.keys.bot, async (client) => {
      const steps: number[] = [];
      const onprogress = (progress: { progress: number }): void => void steps.push(progress.progress);
      await client.call('mod_count', { to: 3 }, { onprogress });
      await client.call('every_trigger-long-running-operation', { duration: 0.2, steps: 2 }, { onprogress });
      expect(steps).toEqual([1, 2, 3, 1, 2]);
    }));

  test('is told of errors of tools as results, and of unknown tools as errors', () =>
    withClient(kind, '/mcp/work', rig.keys.bot, async (client) => {
      expect(await client.call('mod_fail')).toMatchObject({ isError: true });
      await expect(client.call('every_get-env')).rejects.toThrow('Unknown tool: every_get-env');
      await expect(client.call('nothing')).rejects.toThrow('Unknown tool: nothing');
      // The client declares nothing, so the server says what is missing in its own words, or cannot in the legacy era.
      const missing =
        kind === 'sdk 1.x' ? 'server modern asks for input that is not to be had here' : 'required capability';
      await expect(client.call('mod_ask')).rejects.toThrow(missing);
    }));

  test('sends and gets redacted text', () =>
    withClient(kind, '/mcp/work', rig.keys.bot, async (client) => {
      const message = 'card 4111111111111111 ok';
      expect(await client.call('every_echo', { message })).toMatchObject({
        content: [{ text: 'Echo: card [CARD] ok' }],
      });
      expect(await client.call('mod_echo', { text: 'acme_live_abc' })).toMatchObject({
        isError: true,
        content: [{ text: 'The result is held back: it was blocked by RedactionRule/no-keys.' }],
      });
    }));

  test('is asked to choose where several gateways are open, and connects at once where one is', async () => {
    await withClient(kind, '/mcp', person, async (client) => {
      expect(await client.list()).toEqual([]);
      expect(client.instructions).toContain('- desk: http://127.0.0.1:8080/mcp/desk');
      expect(client.instructions).toContain('- work: http://127.0.0.1:8080/mcp/work');
      await expect(client.call('mod_echo', { text: 'hi' })).rejects.toThrow('several gateways are open to you');
    });
    await withClient(kind, '/mcp?gateway=desk', person, async (client) => {
      expect(await client.list()).toEqual(['mod_echo']);
    });
    await withClient(kind, '/mcp', rig.keys.bot, async (client) => {
      expect(await client.list()).toEqual(TOOLS);
    });
  });

  test('learns why it has nothing', async () => {
    const stranger = await rig.token({ sub: 'stranger' });
    await withClient(kind, '/mcp', stranger, async (client) => {
      expect(await client.list()).toEqual([]);
      expect(client.instructions).toContain('no gateway is open to you');
    });
    const frozen = await rig.token({ sub: 'fred', groups: ['frozen'] });
    await withClient(kind, '/mcp/frozen', frozen, async (client) => {
      expect(await client.list()).toEqual([]);
      expect(client.instructions).toContain('team frozen is disabled: frozen during the audit');
      await expect(client.call('mod_echo')).rejects.toThrow('team frozen is disabled: frozen during the audit');
    });
    const client = await connectClient(kind, `${rig.origin}/mcp/picky`, person, 'banned-client');
    expect(client.instructions).toContain('this app is not allowed in gateway picky');
    await client.close();
  });

  test('cannot tell a gateway that is not its own from one that does not exist', async () => {
    const seen: string[] = [];
    for (const name of ['desk', 'absent']) {
      const client = await connectClient(kind, `${rig.origin}/mcp/${name}`, rig.keys.other);
      const error = await client.call('mod_echo', { text: 'x' }).catch((problem: unknown) => problem);
      const message = error instanceof Error ? error.message : 'no error';
      seen.push(JSON.stringify([client.instructions, await client.list(), message]).replaceAll(name, 'NAME'));
      await client.close();
    }
    expect(seen[0]).toEqual(seen[1]);
  });

  test('cancels a call, and the server learns of it', () =>
    withClient(kind, '/mcp/work', rig.keys.bot, async (client) => {
      const before = modern.aborted();
      const controller = new AbortController();
      const call = client.call('mod_wait', {}, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error('enough')), 100);
      await expect(call).rejects.toThrow();
      await expect.poll(modern.aborted).toBe(before + 1);
    }));
});

test('parameters in headers survive their rewriting, and content rules reach them', () =>
  withClient('sdk 2.x, auto', '/mcp/work', rig.keys.bot, async (client) => {
    await client.list();
    const answer = await client.call('mod_region', { region: 'Köln 4111111111111111', size: 3 });
    expect(answer).toMatchObject({ content: [{ text: 'Köln [CARD] 3' }] });
  }));

test('a legacy server that was restarted gets a new session with the next call', () =>
  withClient('sdk 1.x', '/mcp/work', rig.keys.bot, async (client) => {
    await client.call('every_echo', { message: 'a' });
    await everything.restart();
    expect(await client.call('every_echo', { message: 'b' })).toMatchObject({ content: [{ text: 'Echo: b' }] });
  }));

test('records say who called what, by which client and rule', async () => {
  const before = (await rig.records()).length;
  await withClient('sdk 1.x', '/mcp/work', person, async (client) => {
    await client.call('every_echo', { message: '4111111111111111' });
  });
  const records = (await rig.records(before + 4)).slice(before);
  expect(records.find((record) => record.method === 'tools/call')).toMatchObject({
    workspace: 'acme',
    environment: 'test',
    channel: 'main',
    commit: 'c0ffee',
    gateway: 'work',
    principal: { kind: 'person', id: 'corp:ana', email: 'ana@acme.dev' },
    client: { id: 'https://app.example/client', name: 'test-client', version: '9.9.9' },
    era: 'legacy',
    tool: 'every_echo',
    server: 'everything',
    assignment: 'everything',
    identity: 'shared',
    upstreamTool: 'echo',
    decision: 'allow',
    reason: 'granted',
    rule: { name: 'Grant/work-1', at: expect.stringMatching(/^access.yaml:[0-9]+:1$/) },
    content: [{ rule: 'RedactionRule/cards', direction: 'to-server', action: 'replace', mode: 'enforce', count: 1 }],
    outcome: 'ok',
    error: null,
    status: 200,
  });
  const [first] = records;
  expect(first?.method).toBe('initialize');
  expect(new Set(records.filter((record) => record.error === null).map((record) => record.connection)).size).toBe(1);
});

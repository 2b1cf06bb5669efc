import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildEngine } from '../../dataplane/decide/index.ts';
import { REFUSALS } from '../../dataplane/mcp/refusals.ts';
import type { Expr } from '../../schemas/types/expression.ts';
import { call, equals, failing, get, has, int, less, projectionOf, str } from '../fixtures/expressions.ts';
import { Rig } from '../fixtures/rig.ts';
import { rigContents, type RigGuard } from '../fixtures/rig-policy.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';
import { listTools, tryTool, unknown, type Outcome } from './trying.ts';

/**
 * The table "Fail closed" of the language, row by row, through a proxy that serves: what becomes of a call, that nothing of
 * it reaches the server, and what the audit log says. What the rows say of compiling is in test/golden/err; pointers that
 * expire and definitions that drift have files of their own beside this one.
 */
const rig = new Rig();
const empty = new Rig();
let upstream: RawUpstream;
let ana = '';

/** One tool each, so that every situation has its own. */
const CONDITIONS: Readonly<Record<string, Expr>> = {
  divides: failing,
  'absent-claim': get('claims', 'mfa'),
  'absent-member': less(get('args', 'amount'), int(5)),
  'no-bool': int(1),
  overflows: less(call('add_int64', get('args', 'amount'), int(9_223_372_036_854_775_807n)), int(0)),
};
const GUARDS: readonly RigGuard[] = [
  { name: 'unless-errs', unless: failing },
  { name: 'when-errs', when: failing },
  { name: 'unless-claim-absent', unless: get('claims', 'mfa') },
  { name: 'when-claim-absent', when: get('claims', 'mfa') },
  { name: 'unless-no-bool', unless: get('claims', 'level') },
  { name: 'when-no-bool', when: get('claims', 'level') },
  { name: 'unless-member-absent', unless: equals(get('args', 'kind'), str('bug')) },
  { name: 'when-true', when: has('claims', 'level') },
];
const guardTool = (name: string): string => `guarded-${name}`;
const whenTool = (name: string): string => `when-${name}`;
const READS = projectionOf({ amount: { type: 'integer' }, kind: { enum: ['bug', 'task'] } });

beforeAll(async () => {
  upstream = await RawUpstream.open(() =>
    whole('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}'),
  );
  const plain = ['granted', 'ungranted', 'expired'];
  const guarded = GUARDS.map(({ name }) => guardTool(name));
  const conditional = Object.keys(CONDITIONS).map(whenTool);
  rig.offer({
    claims: [
      { name: 'mfa', type: 'bool', optional: true },
      { name: 'level', type: 'int', optional: true },
    ],
    servers: [
      {
        name: 'docs',
        url: upstream.url,
        era: 'modern',
        tools: [
          ...[...plain, ...guarded, ...conditional].map((name) => ({ name, projection: READS })),
          { name: 'pending', pending: true },
        ],
      },
      ...(['locked', 'outside'] as const).map((name) => ({
        name,
        url: name === 'locked' ? upstream.url : 'http://10.0.0.1/mcp',
        era: 'modern' as const,
        auth: name === 'locked' ? { kind: 'bearer' as const, secret: 'nowhere' } : { kind: 'none' as const },
        tools: [{ name: 'open' }],
      })),
    ],
    gateways: [
      {
        name: 'work',
        servers: { docs: '', locked: 'locked', outside: 'outside' },
        grants: [
          { to: ['staff', 'bot', 'stale', 'orphan'], server: 'docs', tools: ['granted', 'pending', ...guarded] },
          { to: ['staff'], server: 'docs', tools: ['expired'], expires: 1 },
          ...Object.entries(CONDITIONS).map(([name, when]) => ({
            to: ['staff'] as const,
            server: 'docs',
            tools: [whenTool(name)],
            when,
          })),
          { to: ['staff'], server: 'locked' },
          { to: ['staff'], server: 'outside' },
        ],
      },
    ],
    guards: GUARDS.map((guard) => ({ ...guard, tools: [guardTool(guard.name)] })),
    content: [{ name: 'digits', pattern: String.raw`\d`, directions: ['to-server'], action: { kind: 'redact' } }],
  });
  await rig.start();
  await empty.start();
  ana = await rig.token({ sub: 'ana', groups: ['staff'], claims: { level: 1 } });
});
afterAll(async () => {
  await rig.stop();
  await empty.stop();
  await upstream.close();
});

const tryCall = (tool: string, args = '{}', key = ana, through = rig): Promise<Outcome> =>
  tryTool(through, upstream, { tool, args, key });
const listOf = (key = ana): Promise<readonly string[]> => listTools(rig, key);

test('what is granted, and before which nothing stands, is sent', async () => {
  expect(await tryCall('granted')).toMatchObject({ error: null, text: null, sent: 1, record: { reason: 'granted' } });
});

test('no grant: unknown tool, not listed', async () => {
  expect(await tryCall('ungranted')).toMatchObject({ ...unknown('ungranted'), record: { reason: 'no-grant' } });
  expect(await listOf()).not.toContain('ungranted');
});

describe("a grant's condition errors: that grant does not apply", () => {
  const CASES: readonly [name: string, args: string, isListed: boolean][] = [
    ['divides', '{}', false],
    ['absent-claim', '{}', false],
    ['absent-member', '{}', true],
    ['no-bool', '{}', false],
    ['overflows', '{"amount":1}', true],
  ];
  test.each(CASES)('%s', async (name, args, isListed) => {
    const tool = whenTool(name);
    const told = { error: null, text: 'denied by policy: these arguments are not allowed', sent: 0 };
    const record = { decision: 'deny', reason: 'condition', rule: { name: expect.stringMatching(/^Grant\/work-/) } };
    expect(await tryCall(tool, args)).toMatchObject({ ...(isListed ? told : unknown(tool)), record });
    expect((await listOf()).includes(tool)).toBe(isListed);
  });

  test('every condition has its case', () => {
    expect(CASES.map(([name]) => name)).toEqual(Object.keys(CONDITIONS));
  });
});

test.each(GUARDS.map(({ name }) => name))(
  "a guard's expression is anything but a clear pass: denied (%s)",
  async (name) => {
    const outcome = await tryCall(guardTool(name));
    expect(outcome).toMatchObject({ error: null, text: `denied by policy: Guard/${name}`, sent: 0 });
    expect(outcome.record).toMatchObject({ decision: 'deny', reason: 'guard', rule: { name: `Guard/${name}` } });
  },
);

describe('arguments do not fit what conditions read: invalid arguments', () => {
  const CASES: readonly [name: string, args: string][] = [
    ['another type', '{"amount":"1"}'],
    ['a fraction', '{"amount":0.5}'],
    ['beyond 64 bits', '{"amount":9223372036854775808}'],
    ['no value of the enum', '{"kind":"epic"}'],
    ['not declared', '{"amount":1,"x":1}'],
    ['a look-alike', '{"Amount":1}'],
  ];
  test.each(CASES)('%s', async (_name, args) => {
    for (const tool of [whenTool('absent-member'), guardTool('unless-member-absent')]) {
      const outcome = await tryCall(tool, args);
      expect(outcome).toMatchObject({ text: null, sent: 0, record: { decision: 'deny', reason: 'arguments' } });
      expect(outcome.error).toMatch(/^Invalid arguments: \w+: /);
    }
  });

  test('of a tool that is not seen: unknown tool', async () => {
    expect(await tryCall(whenTool('absent-member'), '{"amount":"1"}', rig.keys.bot)).toMatchObject(
      unknown(whenTool('absent-member')),
    );
  });
});

test.each(['nowhere', 'pending'])(
  'a tool that is not in the lock, or pending: unknown tool, hidden (%s)',
  async (tool) => {
    expect(await tryCall(tool)).toMatchObject({ ...unknown(tool), record: { decision: 'deny' } });
    expect(await listOf()).not.toContain(tool);
  },
);

test('a definition without an effect: no engine takes the bundle', () => {
  const { policy, catalog } = rigContents({ servers: [], gateways: [] }, {});
  const definition = {
    server: 0,
    kind: 'tool' as const,
    name: 'x',
    effect: null,
    tags: [],
    pending: false,
    digest: '0'.repeat(64),
    json: '{}',
    keys: null,
    headers: [],
  };
  expect(buildEngine(policy, { ...catalog, definitions: [definition] }).ok).toBe(false);
});

describe('past `expires`: denied', () => {
  test('a grant', async () => {
    expect(await tryCall('expired')).toMatchObject({ ...unknown('expired'), record: { reason: 'expired' } });
    expect(await listOf()).not.toContain('expired');
  });

  test('a robot', async () => {
    const record = { decision: 'deny', reason: 'expired-robot' };
    expect(await tryCall('granted', '{}', rig.keys.stale)).toMatchObject({ sent: 0, record });
  });
});

test('a detector exceeds its limit: blocked', async () => {
  const args = JSON.stringify({ text: '1 '.repeat(20_001) });
  const outcome = await tryCall('granted', args);
  expect(outcome).toMatchObject({ sent: 0, record: { decision: 'deny', reason: 'content', rule: null } });
  expect(outcome.text).toBe('The call was not made: its content could not be checked.');
});

test.each(['locked', 'outside'])(
  "a secret or host that the proxy's configuration does not allow: that server is unavailable (%s)",
  async (server) => {
    const outcome = await tryCall(`${server}_open`);
    expect(outcome).toMatchObject({ sent: 0, text: null, record: { decision: 'allow', outcome: 'error' } });
    expect(outcome.error).toBe(`server ${server} ${REFUSALS['server-unavailable'].message}`);
    expect(await tryCall('granted')).toMatchObject({ sent: 1 });
  },
);

test('no bundle yet: not ready, every call refused', async () => {
  const outcome = await tryCall('granted', '{}', ana, empty);
  expect(outcome).toMatchObject({ error: REFUSALS['not-ready'].message, sent: 0, record: { error: 'not-ready' } });
});

test('with the claim that they ask for, they pass', async () => {
  const stepped = await rig.token({ sub: 'ana', groups: ['staff'], claims: { mfa: true, level: 1 } });
  expect(await tryCall(guardTool('unless-claim-absent'), '{}', stepped)).toMatchObject({
    error: null,
    text: null,
    sent: 1,
  });
  expect(await tryCall(guardTool('when-claim-absent'), '{}', stepped)).toMatchObject({ sent: 0 });
  expect(await tryCall(whenTool('absent-claim'), '{}', stepped)).toMatchObject({ sent: 1 });
});

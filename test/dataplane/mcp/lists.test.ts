import { strict as assert } from 'node:assert';
import { describe, expect, test } from 'vitest';
import { buildEngine, Call, type Caller, type Engine } from '../../../dataplane/decide/index.ts';
import { chooseGateway, visibleTools } from '../../../dataplane/mcp/gateway-choice.ts';
import { renderInstructions } from '../../../dataplane/mcp/server-profile.ts';
import { listTools } from '../../../dataplane/mcp/tool-list.ts';
import type { Era } from '../../../dataplane/mcp/versions.ts';
import { RIG_SUBJECTS, rigContents } from '../../fixtures/rig-policy.ts';

/** Bytes that must reach clients as they were reviewed. */
const REST =
  '{ "description":"\\u0041 1.0","inputSchema":{"type":"object","x-unknown":[1.0,12345678901234567890]},"_meta":{"k":1} }';

function engineOf(): Engine {
  const contents = rigContents(
    {
      url: 'https://mcp.acme.dev/',
      servers: [
        {
          name: 'docs',
          url: 'http://127.0.0.1:9/',
          era: 'modern',
          tools: [{ name: 'b' }, { name: 'a' }, { name: 'bare', rest: {} }],
          instructions: 'Read first.',
        },
        {
          name: 'pay',
          url: 'http://127.0.0.1:9/',
          era: 'modern',
          tools: [{ name: 'pay' }],
          instructions: 'Never twice.',
        },
      ],
      gateways: [
        {
          name: 'one',
          servers: { docs: 'd', pay: 'p' },
          grants: [
            { to: ['staff'], server: 'docs', tools: ['a', 'b'] },
            { to: ['bot'], server: 'docs', tools: ['bare'] },
          ],
        },
        {
          name: 'two',
          servers: { docs: '', pay: 'p' },
          grants: [
            { to: ['staff', 'frozen'], server: 'docs' },
            { to: ['staff'], server: 'pay' },
          ],
        },
        { name: 'late', servers: { docs: '' }, grants: [{ to: ['bot'], server: 'docs', expires: 500 }] },
        { name: 'picky', servers: { docs: '' }, grants: [{ to: ['desk'], server: 'docs' }], except: ['cursor'] },
      ],
    },
    {},
  );
  const catalog = {
    ...contents.catalog,
    definitions: contents.catalog.definitions.map((definition) =>
      definition.name === 'a' ? { ...definition, json: REST } : definition,
    ),
  };
  const built = buildEngine(contents.policy, catalog);
  assert(built.ok);
  return built.engine;
}

const engine = engineOf();
const subject = (name: (typeof RIG_SUBJECTS)[number]): number => RIG_SUBJECTS.indexOf(name);
const caller = (names: readonly (typeof RIG_SUBJECTS)[number][], clientName = ''): Caller => ({
  kind: names.includes('bot') ? 'robot' : 'person',
  subjects: names.map(subject).sort((a, b) => a - b),
  clientId: '',
  clientName,
  id: '',
  email: '',
  claims: new Map(),
});

const listing = (names: Parameters<typeof caller>[0], nowMs: number): Call => new Call(caller(names), nowMs, null);

function listOf(names: Parameters<typeof caller>[0], gateway: string | null, era: Era, nowMs = 1_000): string {
  const choice = chooseGateway(engine, caller(names), gateway, nowMs);
  return listTools(engine, choice.gateway ?? '', visibleTools(choice, listing(names, nowMs)), era).toString();
}

describe('a list of tools', () => {
  test('has the reviewed bytes under exposed names, sorted', () => {
    expect(listOf(['staff'], 'one', 'legacy')).toBe(
      `{"tools":[{"name":"d_a",${REST.slice(1).trimStart()},{"name":"d_b","inputSchema":{"type":"object"}}]}`,
    );
  });

  test('says in the modern era how long it is good, and for whom', () => {
    expect(JSON.parse(listOf(['bot'], 'one', 'modern'))).toEqual({
      tools: [{ name: 'd_bare' }],
      resultType: 'complete',
      ttlMs: 5_000,
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'mcpgw', version: '0.1.0' } },
    });
  });

  test('is assembled once for all who see the same', () => {
    const of = (names: Parameters<typeof caller>[0]): Buffer => {
      const choice = chooseGateway(engine, caller(names), 'two', 1_000);
      return listTools(engine, 'two', visibleTools(choice, listing(names, 1_000)), 'legacy');
    };
    expect(of(['staff'])).toBe(of(['staff', 'desk']));
  });

  test('loses what expired', () => {
    expect(listOf(['bot'], 'late', 'legacy', 499)).toContain('"a"');
    expect(listOf(['bot'], 'late', 'legacy', 500)).toBe('{"tools":[]}');
  });
});

const CHOICES: readonly [
  name: string,
  names: Parameters<typeof caller>[0],
  asked: string | null,
  gateway: string | null,
  notice: RegExp | null,
][] = [
  ['the only one that is open', ['desk'], null, 'picky', null],
  [
    'none of several',
    ['staff'],
    null,
    null,
    /^several gateways are open to you; connect to one of them:\n- one: https:\/\/mcp\.acme\.dev\/mcp\/one\n- two: /,
  ],
  ['none when none is open', [], null, null, /^no gateway is open to you/],
  ['none when the only team is disabled', ['frozen'], null, null, /^team frozen is disabled: frozen during the audit$/],
  ['the one asked for', ['staff'], 'two', 'two', null],
  [
    'one asked for through a disabled team',
    ['frozen'],
    'two',
    'two',
    /^team frozen is disabled: frozen during the audit$/,
  ],
  ['one asked for in vain', ['desk'], 'two', 'two', /^nothing is granted to you in gateway two$/],
  ['one that does not exist', ['desk'], 'nil', 'nil', /^nothing is granted to you in gateway nil$/],
];

test.each(CHOICES)('a caller gets %s', (_name, names, asked, gateway, notice) => {
  const choice = chooseGateway(engine, caller(names), asked, 1_000);
  expect(choice.gateway).toBe(gateway);
  if (notice === null) expect(choice.notice).toBeNull();
  else expect(choice.notice).toMatch(notice);
});

test('an app that is kept out is told so only where its user would get in', () => {
  const notice = (names: Parameters<typeof caller>[0]): string | null =>
    chooseGateway(engine, caller(names, 'cursor'), 'picky', 1_000).notice;
  expect(notice(['desk'])).toBe('this app is not allowed in gateway picky');
  expect(notice(['staff'])).toBe('nothing is granted to you in gateway picky');
});

describe('instructions', () => {
  const render = (names: Parameters<typeof caller>[0], gateway: string, nowMs = 1_000): string | null => {
    const choice = chooseGateway(engine, caller(names), gateway, nowMs);
    return renderInstructions(choice, visibleTools(choice, listing(names, nowMs)), engine.catalog);
  };

  test('are those of the servers whose tools are seen', () => {
    expect(render(['staff'], 'two')).toBe('# docs\n\nRead first.\n\n# pay\n\nNever twice.');
    expect(render(['staff'], 'one')).toBe('Read first.');
  });

  test('say why there is nothing', () => {
    expect(render(['frozen'], 'two')).toBe(
      'No tools are available here: team frozen is disabled: frozen during the audit.',
    );
    expect(render(['bot'], 'late')).toBe('No tools are available here: nothing is granted to you in gateway late.');
  });
});

import { strict as assert } from 'node:assert';
import { buildEngine, Call, type Caller, type Engine } from '../../../dataplane/decide/index.ts';
import { RIG_SUBJECTS, rigContents } from '../../fixtures/rig-policy.ts';

/** Bytes that must reach clients as they were reviewed. */
export const REST =
  '{ "description":"\\u0041 1.0","inputSchema":{"type":"object","x-unknown":[1.0,12345678901234567890]},"_meta":{"k":1} }';

/** A tool that names the page of its results. */
export const PAGES = { inputSchema: { type: 'object' }, _meta: { ui: { resourceUri: 'ui://chart/page' } } };

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
          prompts: [{ name: 'sum', rest: { description: 'Sums up.' } }, { name: 'ask' }],
          templates: [{ name: 'doc://{page}', rest: { name: 'Page', title: 'A page' } }],
          instructions: 'Read first.',
          capabilities: { completions: true, prompts: true, resources: true, subscribe: true },
        },
        {
          name: 'pay',
          url: 'http://127.0.0.1:9/',
          era: 'modern',
          tools: [{ name: 'pay' }],
          instructions: 'Never twice.',
          capabilities: { logging: true },
        },
        {
          name: 'apps',
          url: 'http://127.0.0.1:9/',
          era: 'modern',
          tools: [{ name: 'chart', rest: PAGES }],
          templates: [{ name: 'ui://{page}', rest: { name: 'Page' } }],
        },
      ],
      gateways: [
        {
          name: 'one',
          servers: { docs: 'd', pay: 'p' },
          grants: [
            { to: ['staff'], server: 'docs', tools: ['a', 'b'], prompts: [] },
            { to: ['bot'], server: 'docs', tools: ['bare'], prompts: ['sum'] },
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
        {
          name: 'data',
          servers: { docs: 'd', pay: 'p' },
          grants: [{ to: ['desk'], server: 'docs', tools: [], prompts: [], resources: ['doc://*'], expires: 500 }],
        },
        {
          name: 'shared',
          servers: { docs: 'd', apps: 'x' },
          prefixUris: true,
          grants: [
            { to: ['desk'], server: 'docs', tools: [], resources: ['**'] },
            { to: ['desk'], server: 'apps', resources: ['**'] },
          ],
        },
        { name: 'solo', servers: { docs: '' }, grants: [{ to: ['other'], server: 'docs', prompts: [] }] },
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

/** Gateways of every sort that lists tell apart. */
export const engine = engineOf();
const subject = (name: (typeof RIG_SUBJECTS)[number]): number => RIG_SUBJECTS.indexOf(name);
/** Robots and teams of the rig's policies. */
export type Names = readonly (typeof RIG_SUBJECTS)[number][];

/** Somebody who counts as these. */
export const caller = (names: Names, clientName = ''): Caller => ({
  kind: names.includes('bot') || names.includes('other') ? 'robot' : 'person',
  subjects: names.map(subject).sort((a, b) => a - b),
  clientId: '',
  clientName,
  id: '',
  email: '',
  claims: new Map(),
});

/** What a list is asked for by. */
export const listing = (names: Names, nowMs: number): Call => new Call(caller(names), nowMs, null);

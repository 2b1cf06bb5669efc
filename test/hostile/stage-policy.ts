import { equals, get, int, less, projectionOf } from '../fixtures/expressions.ts';
import type { RigOptions } from '../fixtures/rig-policy.ts';

/** The policy that attacks are tried against. `urls`: where its two servers are. */
export function stagePolicy(urls: { readonly modern: string; readonly legacy: string }): RigOptions {
  const capabilities = { completions: true, logging: true, prompts: true, resources: true, subscribe: true };
  return {
    servers: [
      {
        name: 'docs',
        url: urls.modern,
        era: 'modern',
        auth: { kind: 'bearer', secret: 'token' },
        capabilities,
        tools: [
          {
            name: 'read',
            keys: { properties: { page: null, at: { properties: { line: null }, items: null } }, items: null },
            headers: [
              { path: ['page'], header: 'Page' },
              { path: ['at', 'line'], header: 'Line' },
            ],
          },
          { name: 'ask' },
          { name: 'remove' },
          { name: 'new', pending: true },
          { name: 'pay', projection: projectionOf({ amount: { type: 'integer' } }) },
        ],
        prompts: [{ name: 'greet' }, { name: 'plan' }],
        templates: [{ name: 'doc://pub/{page}' }],
      },
      {
        name: 'old',
        url: urls.legacy,
        era: 'legacy',
        capabilities,
        tools: [{ name: 'echo' }, { name: 'remove' }],
        prompts: [{ name: 'greet' }],
        templates: [{ name: 'old://{page}' }],
      },
      {
        name: 'locked',
        url: urls.modern,
        era: 'modern',
        auth: { kind: 'bearer', secret: 'nowhere' },
        tools: [{ name: 'open' }],
      },
      { name: 'local', url: '', stdio: 'fake', era: 'legacy', tools: [{ name: 'env' }] },
    ],
    gateways: [
      {
        name: 'work',
        servers: { docs: 'docs', old: 'old', locked: 'locked', local: 'local' },
        asks: ['form', 'url'],
        urlHosts: ['login.acme.dev'],
        grants: [
          {
            to: ['bot', 'staff'],
            server: 'docs',
            tools: ['read', 'ask', 'new'],
            prompts: ['greet'],
            resources: ['doc://pub/**'],
          },
          { to: ['bot'], server: 'docs', tools: ['pay'], prompts: [], when: less(get('args', 'amount'), int(100)) },
          { to: ['bot'], server: 'docs', tools: ['remove'], prompts: [], expires: 1 },
          { to: ['bot', 'other'], server: 'old', tools: ['echo'], prompts: [], resources: ['old://**'] },
          { to: ['bot'], server: 'locked' },
          { to: ['bot'], server: 'local' },
          { to: ['other'], server: 'docs', tools: ['ask'], prompts: [] },
        ],
      },
      {
        name: 'sandbox',
        servers: { docs: '' },
        grants: [{ to: ['other', 'bot'], server: 'docs', tools: ['read', 'ask'], prompts: [] }],
      },
      {
        name: 'twins',
        servers: { docs: 'a', old: 'b' },
        prefixUris: true,
        asks: ['form', 'sampling'],
        grants: [
          { to: ['bot'], server: 'docs', tools: ['read'], prompts: [], resources: ['doc://pub/**'] },
          { to: ['bot', 'other'], server: 'old', tools: ['echo'], prompts: [], resources: ['old://**'] },
        ],
      },
    ],
    guards: [{ name: 'never-secretly', tools: ['pay'], when: equals(get('args', 'amount'), int(13)) }],
    content: [
      { name: 'no-keys', pattern: 'acme_live_[a-z]+', action: { kind: 'block' } },
      { name: 'cards', pattern: String.raw`\b\d{16}\b`, action: { kind: 'replace', with: '[CARD]' } },
    ],
  };
}

import { equals, get, int, less, projectionOf } from '../fixtures/expressions.ts';
import type { PresidioDetector, WebhookDetector } from '../../schemas/types/policy.ts';
import { analyzerAt } from '../fixtures/detectors.ts';
import type { RigGateway, RigOptions, RigRule } from '../fixtures/rig-policy.ts';

/** Where the servers and detectors of a stage are. `away`: where nobody is. */
interface Places {
  readonly modern: string;
  readonly legacy: string;
  readonly detectors: string;
  readonly away: string;
}

/** The policy that attacks are tried against. */
export function stagePolicy(urls: Places): RigOptions {
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
      { name: 'hasty', url: urls.modern, era: 'modern', timeoutSeconds: 1, tools: [{ name: 'wait' }] },
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
      ...CHECKED.map(checkedGateway),
    ],
    guards: [{ name: 'never-secretly', tools: ['pay'], when: equals(get('args', 'amount'), int(13)) }],
    content: [
      { name: 'no-keys', pattern: 'acme_live_[a-z]+', action: { kind: 'block' } },
      { name: 'cards', pattern: String.raw`\b\d{16}\b`, action: { kind: 'replace', with: '[CARD]' } },
      ...checkedRules(urls),
    ],
  };
}

/** Gateways whose rules ask others: an analyzer for names, which may fail or not; a webhook; and both, which are not there. */
const CHECKED = ['names', 'lenient', 'hooked', 'away', 'away-lenient'] as const;

function checkedGateway(name: (typeof CHECKED)[number]): RigGateway {
  return {
    name,
    servers: { docs: 'docs', old: 'old', hasty: 'hasty' },
    asks: ['form'],
    grants: [
      { to: ['bot'], server: 'docs', tools: ['read', 'ask'], prompts: ['greet'], resources: ['doc://pub/**'] },
      { to: ['bot'], server: 'docs', tools: ['pay'], prompts: [], when: less(get('args', 'amount'), int(100)) },
      { to: ['bot'], server: 'old', tools: ['echo'], prompts: ['greet'], resources: ['old://**'] },
      { to: ['bot'], server: 'hasty' },
    ],
  };
}

function checkedRules({ detectors, away }: Places): readonly RigRule[] {
  const directions = ['to-server', 'to-client'] as const;
  const rule = (gateway: (typeof CHECKED)[number], detect: PresidioDetector | WebhookDetector): RigRule => ({
    name: `checked-${gateway}`,
    pattern: '',
    gateway,
    directions,
    detect,
    action: detect.kind === 'webhook' ? { kind: 'block' } : { kind: 'replace', with: null },
  });
  return [
    rule('names', analyzerAt(`${detectors}/names`, 'block')),
    rule('lenient', analyzerAt(`${detectors}/lenient`, 'pass')),
    rule('away', analyzerAt(away, 'block')),
    rule('away-lenient', analyzerAt(away, 'pass')),
    rule('hooked', {
      kind: 'webhook',
      url: `${detectors}/hook`,
      secret: 'hook',
      timeoutMs: 25_000,
      onFailure: 'block',
    }),
  ];
}

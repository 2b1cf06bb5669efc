import { INJECTION_ENTITIES, SECRET_KINDS, USUAL_ENTITIES } from '../../../dataplane/content/index.ts';
import type { Action, Detector } from '../../../schemas/types/policy.ts';
import { analyzerAt } from '../../fixtures/detectors.ts';
import type { RigOptions, RigRule, RigServer } from '../../fixtures/rig-policy.ts';
import { CODENAME } from './markers.ts';

/** What the rules of a gateway of that name do. */
export const MODES = ['redact', 'alert', 'block'] as const;
/**
 * `asked`: what is redacted is found by an analyzer that is asked about it, but for what is recorded. `told`: a webhook is
 * told of everything, and lets it pass.
 */
export type Mode = (typeof MODES)[number] | 'asked' | 'told';

/** What the proxy has of its own for these rules. */
export const OWN = { secrets: { 'dlp-signing': { from: 'env:DLP', to: ['127.0.0.1'] } } };
export const ENVIRONMENT = { DLP: 'correct horse battery staple' };

const ACTIONS: Readonly<Record<Exclude<Mode, 'told'>, Action>> = {
  redact: { kind: 'replace', with: null },
  alert: { kind: 'alert' },
  block: { kind: 'block' },
  asked: { kind: 'replace', with: null },
};

const DETECTORS: Readonly<Record<string, Detector | null>> = {
  codenames: null,
  personal: { kind: 'pii', entities: [...USUAL_ENTITIES], threshold: 40, regions: ['US'], allow: [] },
  secrets: { kind: 'secrets', entities: [...SECRET_KINDS], threshold: 40, allow: [] },
  injection: { kind: 'injection', entities: [...INJECTION_ENTITIES], threshold: 40 },
};

function rulesOf(mode: Exclude<Mode, 'told'>): readonly RigRule[] {
  return Object.entries(DETECTORS).map(([name, detect]) => ({
    name: `${name}-${mode}`,
    pattern: CODENAME,
    ...(detect === null ? {} : { detect }),
    everywhere: true,
    gateway: mode,
    ...(mode === 'asked' ? { directions: ['audit'] } : {}),
    action: ACTIONS[mode],
  }));
}

function askingRule(url: string): RigRule {
  return {
    name: 'asked',
    pattern: '',
    detect: analyzerAt(url, 'block'),
    everywhere: true,
    gateway: 'asked',
    directions: ['to-server', 'to-client'],
    action: ACTIONS.asked,
  };
}

function tellingRule(url: string): RigRule {
  return {
    name: 'told',
    pattern: '',
    detect: { kind: 'webhook', url, secret: 'dlp-signing', timeoutMs: 25_000, onFailure: 'block' },
    gateway: 'told',
    directions: ['to-server', 'to-client'],
    action: { kind: 'block' },
  };
}

const capabilities = { completions: true, logging: true, prompts: true, resources: true, subscribe: true };

function server(name: 'old' | 'now', url: string): RigServer {
  return {
    name,
    url,
    era: name === 'old' ? 'legacy' : 'modern',
    capabilities,
    tools: [{ name: 'read' }, { name: 'paged', headers: [{ path: ['page'], header: 'Page' }] }],
    prompts: [{ name: 'greet' }],
    templates: [{ name: `doc://${name}/{page}` }],
  };
}

/** A gateway for each of the things that rules do, with one server of each era behind it. */
export function leakPolicy(urls: {
  readonly old: string;
  readonly now: string;
  readonly analyzer: string;
}): RigOptions {
  const modes = [...MODES, 'asked'] as const;
  return {
    servers: [server('old', urls.old), server('now', urls.now)],
    gateways: [...modes, 'told'].map((name) => ({
      name,
      servers: { old: 'old', now: 'now' },
      asks: ['form', 'roots', 'sampling', 'url'],
      urlHosts: ['login.acme.dev'],
      grants: (['old', 'now'] as const).map((of) => ({
        to: ['bot' as const],
        server: of,
        resources: [`doc://${of}/**`],
      })),
    })),
    content: [...modes.flatMap(rulesOf), askingRule(urls.analyzer), tellingRule(urls.analyzer)],
  };
}

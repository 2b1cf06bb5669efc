import type { ContentRule, Match, Policy } from '../../../schemas/types/policy.ts';
import { buildContent, type ContentEngine, type Exchange, type RuleSet } from '../../../dataplane/content/index.ts';

const EVERYTHING: Match = {
  gateways: null,
  servers: null,
  definitions: -1,
  resources: -1,
  kinds: null,
  subjects: null,
  clients: null,
};

/** A rule as a test writes it: what it detects and does, the rest as it usually is. */
export interface RuleSketch {
  readonly name: string;
  readonly regex: readonly string[];
  readonly check?: 'luhn';
  readonly group?: string;
  /** In the place of patterns. */
  readonly detect?: ContentRule['detect'];
  readonly keys?: boolean;
  readonly numbers?: boolean;
  readonly action: ContentRule['action'];
  readonly mode?: 'enforce' | 'alert';
  readonly match?: Partial<Match>;
  readonly directions?: ContentRule['directions'];
}

/** A policy of these rules alone; the rule at position n has the id n. */
export function policyOf(sketches: readonly RuleSketch[], sets: Policy['sets'] = []): Policy {
  const patterns = [...new Set(sketches.flatMap((sketch) => sketch.regex))];
  return {
    format: 1,
    workspace: 'acme',
    environment: 'test',
    url: 'https://mcp.acme.dev',
    issuers: [],
    claims: [],
    subjects: [],
    clients: [],
    servers: [],
    sets,
    uriPatterns: [],
    allowlists: [],
    gateways: [],
    grants: [],
    patterns,
    content: sketches.map((sketch, rule) => ({
      rule,
      name: sketch.name,
      match: { ...EVERYTHING, ...sketch.match },
      directions: sketch.directions ?? directionsOf(sketch),
      mode: sketch.mode ?? 'enforce',
      keys: sketch.keys ?? false,
      numbers: sketch.numbers ?? sketch.check === 'luhn',
      detect: sketch.detect ?? {
        kind: 'regex',
        patterns: sketch.regex.map((pattern) => patterns.indexOf(pattern)),
        check: sketch.check ?? null,
        group: sketch.group ?? null,
      },
      action: sketch.action,
    })),
    conditions: [],
    forms: [],
    guards: [],
    limits: [],
    projections: [],
  };
}

/** Nobody is asked about audit records. */
function directionsOf({ detect }: RuleSketch): ContentRule['directions'] {
  const asksOthers = detect !== undefined && 'onFailure' in detect;
  return ['to-server', 'to-client', ...(asksOthers ? [] : (['audit'] as const))];
}

export function engineOf(sketches: readonly RuleSketch[], sets: Policy['sets'] = []): ContentEngine {
  const result = buildContent(policyOf(sketches, sets));
  if (!result.ok) throw new Error(result.message);
  return result.content;
}

export const EXCHANGE: Exchange = {
  gateway: 0,
  server: 0,
  definition: 0,
  kind: 'person',
  subjects: [],
  clients: [],
  direction: 'to-client',
};

export function rulesOf(sketches: readonly RuleSketch[]): RuleSet {
  return engineOf(sketches).rulesFor(EXCHANGE);
}

export const PAN: RuleSketch = {
  name: 'pan',
  regex: [String.raw`\b\d(?:[ -]?\d){12,15}\b`],
  check: 'luhn',
  action: { kind: 'replace', with: '[PAN]' },
};

export const MAIL: RuleSketch = {
  name: 'mail',
  regex: [String.raw`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`],
  action: { kind: 'redact' },
};

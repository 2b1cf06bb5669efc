import type { ContentRule, Policy } from '../../schemas/types/policy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { CONTENT_RULE_SETS_MAX, CONTENT_SELECTIONS_MAX } from '../limits.ts';
import { buildDetector } from './detect/build-detector.ts';
import { NO_CLOCK, type Clock } from './detect/deadline.ts';
import type { Detector } from './detect/recognize/recognizer.ts';
import { NOBODY, NOTHING_KNOWN, type About, type ExternalDetector, type ExternalParts } from './external/detector.ts';
import type { RegexEngine, RegexPattern } from './regex/engine.ts';
import { REGEX_ENGINES } from './regex/engines.ts';
import { validatePattern } from './regex/validate-pattern.ts';
import type { HashKeys } from './replacement.ts';
import { buildRuleSet, NO_RULES, type RuleParts, type RuleSet } from './rule-set.ts';
import { differencesOf, exchangeKey, ruleApplies, type Differences, type Exchange } from './select.ts';
import { groupNumber, referencesOf } from './template.ts';

/** Examples are hashed with a key that is no secret: what they show is the same everywhere. */
export const EXAMPLE_KEYS: HashKeys = () => EXAMPLE_KEY;
const EXAMPLE_KEY = Buffer.from('mcpgw example key');

/** The content rules of one policy, ready to be run. Immutable but for its caches. */
export class ContentEngine {
  /** Which regular expression engine runs them. */
  readonly regexEngine: RegexEngine['name'];
  readonly #policy: Policy;
  readonly #parts: RuleParts;
  readonly #external: ExternalParts;
  readonly #differences: Differences;
  readonly #selections = new BoundedCache<string, RuleSet>(CONTENT_SELECTIONS_MAX);
  readonly #ruleSets = new BoundedCache<string, RuleSet>(CONTENT_RULE_SETS_MAX);

  constructor(policy: Policy, parts: RuleParts, external: ExternalParts) {
    this.regexEngine = parts.engine.name;
    this.#policy = policy;
    this.#parts = parts;
    this.#external = external;
    this.#differences = differencesOf(policy.content, parts.external.size > 0);
  }

  /** HOT PATH. The rules in force for an exchange, from a bounded cache. */
  rulesFor(exchange: Exchange): RuleSet {
    if (!this.#differences.directions.has(exchange.direction)) return NO_RULES;
    const key = exchangeKey(exchange, this.#differences);
    const known = this.#selections.get(key);
    if (known !== undefined) return known;
    const inForce = this.#policy.content.filter((rule) => ruleApplies(this.#policy, rule, exchange));
    const rules = this.#ruleSetOf(inForce, exchange);
    this.#selections.set(key, rules);
    return rules;
  }

  /** One rule by itself, whatever it matches and wherever it is in force: for its examples. Null: there is none of that name. */
  ruleNamed(name: string): RuleSet | null {
    const rule = this.#policy.content.find((candidate) => candidate.name === name);
    return rule === undefined ? null : buildRuleSet({ ...this.#parts, keys: EXAMPLE_KEYS }, [rule]);
  }

  /** Rules together, whatever they match and wherever they are in force: for what they find in each other's examples. */
  rulesNamed(names: ReadonlySet<string>): RuleSet {
    const rules = this.#policy.content.filter(({ name }) => names.has(name));
    return buildRuleSet({ ...this.#parts, keys: EXAMPLE_KEYS }, rules);
  }

  #ruleSetOf(rules: readonly ContentRule[], exchange: Exchange): RuleSet {
    if (rules.length === 0) return NO_RULES;
    const asksOthers = rules.some(({ name }) => this.#parts.external.has(name));
    const about = asksOthers ? this.#aboutOf(exchange) : NOTHING_KNOWN;
    const key = `${rules.map((rule) => rule.name).join()} ${asksOthers ? JSON.stringify(about) : ''}`;
    const known = this.#ruleSets.get(key);
    if (known !== undefined) return known;
    const built = buildRuleSet(this.#parts, rules, about);
    this.#ruleSets.set(key, built);
    return built;
  }

  #aboutOf({ direction, gateway, server, definition }: Exchange): About {
    return {
      direction,
      gateway: this.#policy.gateways[gateway]?.name ?? null,
      server: this.#policy.servers[server]?.name ?? null,
      definition: this.#external.definitionAt(definition),
    };
  }
}

export type BuildContentResult =
  { readonly ok: true; readonly content: ContentEngine } | { readonly ok: false; readonly message: string };

const NO_KEYS: HashKeys = () => null;

/** What content rules need of the world around them; what is absent is not there. */
export interface ContentSurroundings {
  /** Absent = the fastest that there is here. */
  readonly regex?: RegexEngine;
  /** What the action `hash` is done with; where a key is missing, what the rule finds blocks the message. */
  readonly keys?: HashKeys;
  /** How detectors of rules are asked over the network; absent = they cannot be, and what they are for is blocked. */
  readonly external?: ExternalParts;
  /** Absent = nothing takes too long. */
  readonly clock?: Clock;
}

/**
 * Makes the content engine of a policy; refuses one whose patterns or references are not what a compiler would have
 * written.
 */
export function buildContent(policy: Policy, surroundings: ContentSurroundings = {}): BuildContentResult {
  const { regex = REGEX_ENGINES[0], keys = NO_KEYS, external = NOBODY, clock = NO_CLOCK } = surroundings;
  for (const [index, pattern] of policy.patterns.entries()) {
    const valid = validatePattern(pattern);
    if (!valid.ok) return { ok: false, message: `pattern ${index}: ${valid.message}` };
  }
  const patterns = policy.patterns.map((pattern) => regex.compile(pattern));
  const detectors = new Map<string, Detector>();
  const asked = new Map<string, ExternalDetector>();
  for (const rule of policy.content) {
    const message = brokenReference(policy, patterns, rule);
    if (message !== null) return { ok: false, message: `content rule ${rule.name}: ${message}` };
    if (rule.detect.kind === 'regex') continue;
    if (rule.detect.kind === 'presidio' || rule.detect.kind === 'webhook') {
      const unasked = unaskable(rule);
      if (unasked !== null) return { ok: false, message: `content rule ${rule.name}: ${unasked}` };
      asked.set(rule.name, external.open(rule.name, rule.detect));
      continue;
    }
    const built = buildDetector(regex, rule.detect);
    if (!built.ok) return { ok: false, message: `content rule ${rule.name}: ${built.message}` };
    detectors.set(rule.name, built.detector);
  }
  const parts = { engine: regex, patterns, detectors, external: asked, keys, clock };
  return { ok: true, content: new ContentEngine(policy, parts, external) };
}

/** What a compiler refuses of a rule that asks others. */
function unaskable({ directions, detect, action, keys, numbers }: ContentRule): string | null {
  if (directions.includes('audit')) return 'audit records are shown to nobody';
  if (detect.kind !== 'webhook') return null;
  if (action.kind !== 'block' && action.kind !== 'alert') return 'a webhook says itself what becomes of a message';
  return keys || numbers ? 'a webhook is asked about the whole message' : null;
}

function brokenReference(policy: Policy, patterns: readonly RegexPattern[], rule: ContentRule): string | null {
  const { definitions } = rule.match;
  if (definitions >= 0 && policy.sets[definitions] === undefined) return 'a set is missing';
  const groups = rule.action.kind === 'replace' ? [...referencesOf(rule.action.with ?? '')] : [];
  if (rule.detect.kind !== 'regex') return groups.length > 0 ? 'there is no pattern to have groups' : null;
  if (rule.detect.group !== null) groups.push(rule.detect.group);
  if (rule.detect.patterns.length === 0) return 'it has no pattern';
  for (const index of rule.detect.patterns) {
    const pattern = patterns[index];
    if (pattern === undefined) return 'a pattern is missing';
    if (groups.some((group) => groupNumber(group, pattern) === null)) return 'a group is missing';
  }
  return null;
}

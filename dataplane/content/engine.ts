import type { ContentRule, Policy } from '../../schemas/types/policy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { CONTENT_RULE_SETS_MAX, CONTENT_SELECTIONS_MAX } from '../limits.ts';
import { buildDetector } from './detect/build-detector.ts';
import type { Detector } from './detect/recognize/recognizer.ts';
import type { RegexEngine, RegexPattern } from './regex/engine.ts';
import { REGEX_ENGINES } from './regex/engines.ts';
import { validatePattern } from './regex/validate-pattern.ts';
import type { HashKeys } from './replacement.ts';
import { buildRuleSet, NO_RULES, type RuleParts, type RuleSet } from './rule-set.ts';
import { exchangeKey, ruleApplies, type Exchange } from './select.ts';
import { groupNumber, referencesOf } from './template.ts';

/** Examples are hashed with a key that is no secret: what they show is the same everywhere. */
const EXAMPLE_KEY = Buffer.from('mcpgw example key');

/** The content rules of one policy, ready to be run. Immutable but for its caches. */
export class ContentEngine {
  /** Which regular expression engine runs them. */
  readonly regexEngine: RegexEngine['name'];
  readonly #policy: Policy;
  readonly #parts: RuleParts;
  readonly #selections = new BoundedCache<string, RuleSet>(CONTENT_SELECTIONS_MAX);
  readonly #ruleSets = new BoundedCache<string, RuleSet>(CONTENT_RULE_SETS_MAX);

  constructor(policy: Policy, parts: RuleParts) {
    this.regexEngine = parts.engine.name;
    this.#policy = policy;
    this.#parts = parts;
  }

  /** HOT PATH. The rules in force for an exchange, from a bounded cache. */
  rulesFor(exchange: Exchange): RuleSet {
    if (this.#policy.content.length === 0) return NO_RULES;
    const key = exchangeKey(exchange);
    const known = this.#selections.get(key);
    if (known !== undefined) return known;
    const rules = this.#ruleSetOf(this.#policy.content.filter((rule) => ruleApplies(this.#policy, rule, exchange)));
    this.#selections.set(key, rules);
    return rules;
  }

  /** One rule by itself, whatever it matches and wherever it is in force: for its examples. Null: there is none of that name. */
  ruleNamed(name: string): RuleSet | null {
    const rule = this.#policy.content.find((candidate) => candidate.name === name);
    return rule === undefined ? null : buildRuleSet({ ...this.#parts, keys: () => EXAMPLE_KEY }, [rule]);
  }

  #ruleSetOf(rules: readonly ContentRule[]): RuleSet {
    if (rules.length === 0) return NO_RULES;
    const key = rules.map((rule) => rule.name).join();
    const known = this.#ruleSets.get(key);
    if (known !== undefined) return known;
    const built = buildRuleSet(this.#parts, rules);
    this.#ruleSets.set(key, built);
    return built;
  }
}

export type BuildContentResult =
  { readonly ok: true; readonly content: ContentEngine } | { readonly ok: false; readonly message: string };

const NO_KEYS: HashKeys = () => null;

/**
 * Makes the content engine of a policy; refuses one whose patterns or references are not what a compiler would have
 * written. `keys`: what the action `hash` is done with; where a key is missing, what the rule finds blocks the message.
 */
export function buildContent(
  policy: Policy,
  regex: RegexEngine = REGEX_ENGINES[0],
  keys: HashKeys = NO_KEYS,
): BuildContentResult {
  for (const [index, pattern] of policy.patterns.entries()) {
    const valid = validatePattern(pattern);
    if (!valid.ok) return { ok: false, message: `pattern ${index}: ${valid.message}` };
  }
  const patterns = policy.patterns.map((pattern) => regex.compile(pattern));
  const detectors = new Map<string, Detector>();
  for (const rule of policy.content) {
    const message = brokenReference(policy, patterns, rule);
    if (message !== null) return { ok: false, message: `content rule ${rule.name}: ${message}` };
    if (rule.detect.kind === 'regex') continue;
    const built = buildDetector(regex, rule.detect);
    if (!built.ok) return { ok: false, message: `content rule ${rule.name}: ${built.message}` };
    detectors.set(rule.name, built.detector);
  }
  return { ok: true, content: new ContentEngine(policy, { engine: regex, patterns, detectors, keys }) };
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

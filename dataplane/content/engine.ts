import type { ContentRule, Policy } from '../../schemas/types/policy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { CONTENT_RULE_SETS_MAX, CONTENT_SELECTIONS_MAX } from '../limits.ts';
import type { RegexEngine, RegexPattern } from './regex/engine.ts';
import { re2js } from './regex/re2js.ts';
import { validatePattern } from './regex/validate-pattern.ts';
import { buildRuleSet, NO_RULES, type RuleSet } from './rule-set.ts';
import { exchangeKey, ruleApplies, type Exchange } from './select.ts';

/** The content rules of one policy, ready to be run. Immutable but for its caches. */
export class ContentEngine {
  /** Which regular expression engine runs them. */
  readonly regexEngine: RegexEngine['name'];
  readonly #policy: Policy;
  readonly #regex: RegexEngine;
  readonly #patterns: readonly RegexPattern[];
  readonly #selections = new BoundedCache<string, RuleSet>(CONTENT_SELECTIONS_MAX);
  readonly #ruleSets = new BoundedCache<string, RuleSet>(CONTENT_RULE_SETS_MAX);

  constructor(policy: Policy, regex: RegexEngine, patterns: readonly RegexPattern[]) {
    this.regexEngine = regex.name;
    this.#policy = policy;
    this.#regex = regex;
    this.#patterns = patterns;
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
    return rule === undefined ? null : this.#ruleSetOf([rule]);
  }

  #ruleSetOf(rules: readonly ContentRule[]): RuleSet {
    if (rules.length === 0) return NO_RULES;
    const key = rules.map((rule) => rule.name).join();
    const known = this.#ruleSets.get(key);
    if (known !== undefined) return known;
    const built = buildRuleSet(this.#regex, this.#patterns, rules);
    this.#ruleSets.set(key, built);
    return built;
  }
}

export type BuildContentResult =
  { readonly ok: true; readonly content: ContentEngine } | { readonly ok: false; readonly message: string };

/** Makes the content engine of a policy; refuses one whose patterns or references are not what a compiler would have written. */
export function buildContent(policy: Policy, regex: RegexEngine = re2js): BuildContentResult {
  for (const [index, pattern] of policy.patterns.entries()) {
    const valid = validatePattern(pattern);
    if (!valid.ok) return { ok: false, message: `pattern ${index}: ${valid.message}` };
  }
  for (const rule of policy.content) {
    const message = brokenReference(policy, rule);
    if (message !== null) return { ok: false, message: `content rule ${rule.name}: ${message}` };
  }
  const patterns = policy.patterns.map((pattern) => regex.compile(pattern));
  return { ok: true, content: new ContentEngine(policy, regex, patterns) };
}

function brokenReference(policy: Policy, rule: ContentRule): string | null {
  if (rule.detect.patterns.length === 0) return 'it has no pattern';
  if (rule.detect.patterns.some((index) => policy.patterns[index] === undefined)) return 'a pattern is missing';
  const { definitions } = rule.match;
  return definitions >= 0 && policy.sets[definitions] === undefined ? 'a set is missing' : null;
}

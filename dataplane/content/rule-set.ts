import assert from 'node:assert/strict';
import type { Action, ContentRule } from '../../schemas/types/policy.ts';
import { checkLuhn } from './check-luhn.ts';
import type { RegexEngine, RegexPattern, RegexSet } from './regex/engine.ts';

/** A content rule as it is run. */
export interface Rule {
  /** Into the source map. */
  readonly id: number;
  readonly name: string;
  readonly action: Action;
  readonly mode: 'enforce' | 'alert';
}

/** One pattern to search for, on behalf of every rule that uses it with the same check. */
export interface Search {
  readonly pattern: RegexPattern;
  /** What a match must pass to count, besides matching. */
  readonly check: ((text: string) => boolean) | null;
  /** Positions in the rule set's `rules`. */
  readonly rules: readonly number[];
}

/** Searches whose patterns are looked for together first. */
interface SearchGroup {
  readonly searches: readonly Search[];
  /** The positions of the searches whose patterns occur in a text, checks not yet asked. */
  hits(text: string): readonly number[];
}

/** The content rules that apply to one exchange in one direction. */
export interface RuleSet {
  readonly empty: boolean;
  /** Sorted by name, which decides between detections of equal length. */
  readonly rules: readonly Rule[];
  /** Patterns that may be searched for in joined texts. */
  readonly free: SearchGroup;
  /** Patterns that ask where a text begins or ends. */
  readonly anchored: SearchGroup;
}

const NO_SEARCHES: SearchGroup = { searches: [], hits: () => [] };

export const NO_RULES: RuleSet = { empty: true, rules: [], free: NO_SEARCHES, anchored: NO_SEARCHES };

/** `patterns`: compiled, in the order of the policy's table. */
export function buildRuleSet(
  engine: RegexEngine,
  patterns: readonly RegexPattern[],
  contentRules: readonly ContentRule[],
): RuleSet {
  if (contentRules.length === 0) return NO_RULES;
  const sorted = [...contentRules].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const rulesBySearch = new Map<string, number[]>();
  const searchByKey = new Map<string, { readonly pattern: RegexPattern; readonly check: Search['check'] }>();
  for (const [position, { detect }] of sorted.entries()) {
    for (const index of new Set(detect.patterns)) {
      const pattern = patterns[index];
      assert(pattern !== undefined, 'buildContent checked that every pattern exists');
      const key = `${detect.check ?? ''}:${index}`;
      searchByKey.set(key, { pattern, check: detect.check === 'luhn' ? checkLuhn : null });
      rulesBySearch.set(key, [...(rulesBySearch.get(key) ?? []), position]);
    }
  }
  const searches = [...searchByKey].map(([key, search]) => ({ ...search, rules: rulesBySearch.get(key) ?? [] }));
  return {
    empty: false,
    rules: sorted.map(({ rule, name, action, mode }) => ({ id: rule, name, action, mode })),
    free: group(
      engine,
      searches.filter(({ pattern }) => !pattern.isAnchored),
    ),
    anchored: group(
      engine,
      searches.filter(({ pattern }) => pattern.isAnchored),
    ),
  };
}

function group(engine: RegexEngine, searches: readonly Search[]): SearchGroup {
  if (searches.length === 0) return NO_SEARCHES;
  const set: RegexSet = engine.combine(searches.map(({ pattern }) => pattern));
  return { searches, hits: (text) => set.hits(text) };
}

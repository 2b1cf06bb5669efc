import assert from 'node:assert/strict';
import type { Action, ContentRule } from '../../schemas/types/policy.ts';
import { checkLuhn } from './check-luhn.ts';
import { NO_CLOCK, type Clock } from './detect/deadline.ts';
import type { Detector } from './detect/recognize/recognizer.ts';
import { NOTHING_KNOWN, type About, type ExternalDetector, type ExternalRule } from './external/detector.ts';
import type { RegexEngine, RegexPattern, RegexSet } from './regex/engine.ts';
import { buildReplacement, type HashKeys, type Replacement } from './replacement.ts';
import { groupNumber, referencesOf } from './template.ts';

/** A content rule as it is run. */
export interface Rule {
  /** Into the source map. */
  readonly id: number;
  readonly name: string;
  readonly action: Action['kind'];
  readonly mode: 'enforce' | 'alert';
  /** Whether it looks into the names of members, and into numbers. */
  readonly keys: boolean;
  readonly numbers: boolean;
  /** What its patterns find. */
  readonly entity: string;
  /** What it puts in the place of what it found; null = it leaves that. */
  readonly replacement: Replacement | null;
}

/** One pattern to search for, on behalf of every rule that uses it with the same check. */
export interface Search {
  readonly pattern: RegexPattern;
  /** What a match must pass to count, besides matching. */
  readonly check: ((text: string) => boolean) | null;
  /** The part of a match that counts; 0 = all of it. */
  readonly group: number;
  /** Groups that replacements refer to, by what they are called there. */
  readonly references: ReadonlyMap<string, number>;
  /** Positions in the rule set's `rules`. */
  readonly rules: readonly number[];
}

/** A detector that looks for things of certain sorts, on behalf of one rule. */
interface Recognizer {
  readonly detector: Detector;
  /** Position in the rule set's `rules`. */
  readonly rule: number;
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
  readonly recognizers: readonly Recognizer[];
  /** Detectors that are asked over the network: where there are any, `external/screen.ts` is the way in. */
  readonly external: readonly ExternalRule[];
  /** What those are told that the messages are about. */
  readonly about: About;
  /** Some rule looks into the names of members, or into numbers. */
  readonly keys: boolean;
  readonly numbers: boolean;
  /** By which it is measured how long looking into a message takes. */
  readonly clock: Clock;
}

const NO_SEARCHES: SearchGroup = { searches: [], hits: () => [] };

export const NO_RULES: RuleSet = {
  empty: true,
  rules: [],
  free: NO_SEARCHES,
  anchored: NO_SEARCHES,
  recognizers: [],
  external: [],
  about: NOTHING_KNOWN,
  keys: false,
  numbers: false,
  clock: NO_CLOCK,
};

/** What rules are made with. */
export interface RuleParts {
  readonly engine: RegexEngine;
  /** Compiled, in the order of the policy's table. */
  readonly patterns: readonly RegexPattern[];
  /** By the name of the rule, of those that have one. */
  readonly detectors: ReadonlyMap<string, Detector>;
  readonly external: ReadonlyMap<string, ExternalDetector>;
  readonly keys: HashKeys;
  readonly clock: Clock;
}

/** `about`: needed where rules ask others; what a set without such rules is for makes no difference to it. */
export function buildRuleSet(
  parts: RuleParts,
  contentRules: readonly ContentRule[],
  about: About = NOTHING_KNOWN,
): RuleSet {
  if (contentRules.length === 0) return NO_RULES;
  const sorted = [...contentRules].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const searches = searchesOf(parts, sorted);
  return {
    empty: false,
    rules: sorted.map((rule) => buildRule(rule, parts.keys)),
    free: group(
      parts.engine,
      searches.filter(({ pattern }) => !pattern.isAnchored),
    ),
    anchored: group(
      parts.engine,
      searches.filter(({ pattern }) => pattern.isAnchored),
    ),
    recognizers: sorted.flatMap(({ name }, rule) => {
      const detector = parts.detectors.get(name);
      return detector === undefined ? [] : [{ detector, rule }];
    }),
    external: sorted.flatMap((rule, position) => externalOf(rule, position, parts)),
    about,
    keys: sorted.some(({ keys }) => keys),
    numbers: sorted.some(({ numbers }) => numbers),
    clock: parts.clock,
  };
}

function externalOf({ name, detect }: ContentRule, rule: number, { external }: RuleParts): readonly ExternalRule[] {
  const detector = external.get(name);
  if (detector === undefined || !('onFailure' in detect)) return [];
  return [{ rule, onFailure: detect.onFailure, detector }];
}

function buildRule({ rule, name, action, mode, keys, numbers }: ContentRule, hashKeys: HashKeys): Rule {
  const entity = name.toUpperCase().replaceAll('-', '_');
  const replacement = mode === 'alert' ? null : buildReplacement(action, hashKeys);
  return { id: rule, name, action: action.kind, mode, keys, numbers, entity, replacement };
}

function searchesOf({ patterns }: RuleParts, sorted: readonly ContentRule[]): readonly Search[] {
  const byKey = new Map<string, Search>();
  for (const [position, { detect, action }] of sorted.entries()) {
    if (detect.kind !== 'regex') continue;
    const template = action.kind === 'replace' ? (action.with ?? '') : '';
    for (const index of new Set(detect.patterns)) {
      const pattern = patterns[index];
      assert(pattern !== undefined, 'buildContent checked that every pattern exists');
      const key = `${detect.check ?? ''}:${detect.group ?? ''}:${index}`;
      const known = byKey.get(key);
      byKey.set(key, {
        pattern,
        check: detect.check === 'luhn' ? checkLuhn : null,
        group: detect.group === null ? 0 : numberOf(detect.group, pattern),
        references: new Map([
          ...(known?.references ?? []),
          ...referencesOf(template).map((name) => [name, numberOf(name, pattern)] as const),
        ]),
        rules: [...(known?.rules ?? []), position],
      });
    }
  }
  return [...byKey.values()];
}

function numberOf(name: string, pattern: RegexPattern): number {
  const number = groupNumber(name, pattern);
  assert(number !== null, 'buildContent checked that every group exists');
  return number;
}

function group(engine: RegexEngine, searches: readonly Search[]): SearchGroup {
  if (searches.length === 0) return NO_SEARCHES;
  const set: RegexSet = engine.combine(searches.map(({ pattern }) => pattern));
  return { searches, hits: (text) => set.hits(text) };
}

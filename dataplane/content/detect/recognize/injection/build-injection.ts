import type { RegexEngine } from '../../../regex/engine.ts';
import type { Deadline } from '../../deadline.ts';
import { inOrderOf, withoutOverlaps } from '../overlaps.ts';
import { PatternSearch } from '../pattern-search.ts';
import type { Candidate, Detector, Found, Passage, RecognizeResult } from '../recognizer.ts';
import { reportFound } from '../report-found.ts';
import { Work } from '../work.ts';
import { findInvisible } from './invisible.ts';
import { PHRASES } from './phrases.ts';

export const INJECTION_ENTITIES: readonly string[] = [
  'CHAT_MARKUP',
  'TOOL_CALL',
  'INVISIBLE_TEXT',
  'BIDIRECTIONAL_TEXT',
  'INSTRUCTION',
];

export interface InjectionOptions {
  /** Names of `INJECTION_ENTITIES`. */
  readonly entities: readonly string[];
  /** The least score that counts. */
  readonly threshold: number;
}

export const INJECTION_THRESHOLD = 0.5;

/** What several signs in one text add to each other. */
const SEVERAL = 0.2;
const PRECEDENCE = inOrderOf(INJECTION_ENTITIES);

/**
 * A detector of texts that speak to a model: it finds phrases and tricks that are known, and says nothing of what it does
 * not find. Whoever uses it should alert rather than change what was said.
 */
export function buildInjection(engine: RegexEngine, options: InjectionOptions): Detector {
  return new InjectionDetector(engine, options);
}

class InjectionDetector implements Detector {
  readonly #entities: ReadonlySet<string>;
  readonly #threshold: number;
  readonly #phrases: typeof PHRASES;
  readonly #search: PatternSearch;

  constructor(engine: RegexEngine, { entities, threshold }: InjectionOptions) {
    this.#entities = new Set(entities);
    this.#threshold = threshold;
    this.#phrases = PHRASES.filter(({ entity }) => this.#entities.has(entity));
    this.#search = new PatternSearch(
      engine,
      this.#phrases.map(({ pattern }) => ({ source: pattern, literals: [] })),
    );
  }

  detect(passages: readonly Passage[], rule: number, deadline: Deadline): RecognizeResult {
    const work = new Work(deadline);
    const texts = passages.map(({ text }) => text);
    const found = texts.map((): Candidate[] => []);
    const takeAt =
      (at: number): Found =>
      (candidate) => {
        if (this.#entities.has(candidate.entity) && work.take()) found[at]?.push(candidate);
      };
    this.#search.search(texts, deadline, (pattern, at, start, end) => {
      const phrase = this.#phrases[pattern];
      if (phrase !== undefined) takeAt(at)({ entity: phrase.entity, start, end, score: phrase.score });
    });
    for (const [at, text] of texts.entries()) if (work.read(text)) findInvisible(text, takeAt(at));
    const counting = found.map((candidates) => this.#weigh(candidates));
    return reportFound(counting, PRECEDENCE, rule, work);
  }

  /** Several signs in one text, none of which is a part of another, support each other. */
  #weigh(candidates: readonly Candidate[]): readonly Candidate[] {
    const apart = withoutOverlaps(candidates, PRECEDENCE);
    const bonus = apart.length > 1 ? SEVERAL : 0;
    return apart
      .map((candidate) => ({ ...candidate, score: Math.min(1, candidate.score + bonus) }))
      .filter(({ score }) => score >= this.#threshold);
  }
}

import type { RegexEngine } from '../../../regex/engine.ts';
import { inOrderOf, withoutOverlaps } from '../overlaps.ts';
import { PatternSearch } from '../pattern-search.ts';
import type { Candidate, Detector, EntityDetection, Passage } from '../recognizer.ts';
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

  detect(passages: readonly Passage[], rule: number): readonly EntityDetection[] {
    const found = passages.map((): Candidate[] => []);
    this.#search.search(
      passages.map(({ text }) => text),
      (pattern, at, start, end) => {
        const phrase = this.#phrases[pattern];
        if (phrase !== undefined) found[at]?.push({ entity: phrase.entity, start, end, score: phrase.score });
      },
    );
    return passages.flatMap(({ text }, at) => {
      const candidates = found[at] ?? [];
      findInvisible(text, (candidate) => {
        if (this.#entities.has(candidate.entity)) candidates.push(candidate);
      });
      const left = withoutOverlaps(candidates, PRECEDENCE);
      return left
        .map(({ entity, start, end, score }) => {
          const raised = left.length > 1 ? Math.min(1, score + SEVERAL) : score;
          return { text: at, start, end, rule, entity, score: raised };
        })
        .filter(({ score }) => score >= this.#threshold);
    });
  }
}

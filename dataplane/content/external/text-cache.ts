import { createHmac, randomBytes } from 'node:crypto';
import { BoundedCache } from '../../bounded-cache.ts';
import { EXTERNAL_CACHE_AGE_MS_MAX, EXTERNAL_CACHE_FINDINGS_MAX, EXTERNAL_CACHE_TEXTS_MAX } from '../../limits.ts';
import type { AnalyzerFinding } from './detector.ts';

type Findings = readonly AnalyzerFinding[];

const HASH_KEY_BYTES = 32;

/**
 * What was found in texts, so that a text that passes twice is asked about once. No text is kept, and none can be tried: a
 * text is known by its hash under a key that this process made and tells nobody.
 */
export class TextCache {
  readonly #key = randomBytes(HASH_KEY_BYTES);
  readonly #known = new BoundedCache<string, { readonly findings: Findings; readonly until: number }>(
    EXTERNAL_CACHE_TEXTS_MAX,
  );
  readonly #clock: () => number;

  /** `clock`: milliseconds that only ever grow. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** `question`: all that is asked but the text; it holds no NUL. */
  keyOf(question: string, text: string): string {
    return createHmac('sha256', this.#key).update(question).update('\0').update(text, 'utf16le').digest('base64');
  }

  get(key: string): Findings | null {
    const known = this.#known.get(key);
    if (known === undefined) return null;
    if (this.#clock() < known.until) return known.findings;
    this.#known.delete(key);
    return null;
  }

  set(key: string, findings: Findings): void {
    if (findings.length > EXTERNAL_CACHE_FINDINGS_MAX) return;
    this.#known.set(key, { findings, until: this.#clock() + EXTERNAL_CACHE_AGE_MS_MAX });
  }
}

import type { PresidioDetector } from '../../../schemas/types/policy.ts';
import {
  EXTERNAL_BATCHES_AT_ONCE_MAX,
  EXTERNAL_BATCH_BYTES_MAX,
  EXTERNAL_BATCH_TEXTS_MAX,
  EXTERNAL_MS_MAX,
  EXTERNAL_QUESTION_BYTES_MAX,
} from '../../limits.ts';
import { readAnalyzerAnswer } from './analyzer-answer.ts';
import type { Analyzer, AnalyzerAnswer, AnalyzerFinding, ExternalFailure } from './detector.ts';
import type { Line, LineAnswer, Until } from './line.ts';
import type { TextCache } from './text-cache.ts';

type Findings = readonly AnalyzerFinding[];

/** A Presidio analyzer (`POST /analyze`), asked about several texts at once, and about none that it answered lately. */
export class PresidioAnalyzer implements Analyzer {
  readonly kind = 'analyzer';
  readonly #detector: PresidioDetector;
  readonly #line: Line;
  readonly #cache: TextCache;
  /** All that is asked but the texts. */
  readonly #options: object;
  readonly #question: string;
  readonly #allowed: ReadonlySet<string>;
  readonly #entities: ReadonlySet<string>;

  constructor(detector: PresidioDetector, line: Line, cache: TextCache) {
    const { url, entities, threshold, language, allow } = detector;
    this.#detector = detector;
    this.#line = line;
    this.#cache = cache;
    this.#options = {
      language,
      score_threshold: threshold / 100,
      ...(entities.length === 0 ? {} : { entities }),
      ...(allow.length === 0 ? {} : { allow_list: allow }),
    };
    this.#question = JSON.stringify([url, this.#options]);
    this.#allowed = new Set(allow);
    this.#entities = new Set(entities);
  }

  async analyze(texts: readonly string[], signal: AbortSignal): Promise<AnalyzerAnswer> {
    const keys = texts.map((text) => this.#cache.keyOf(this.#question, text));
    const found = keys.map((key) => this.#cache.get(key));
    const unknown = texts.flatMap((text, at) => (found[at] === null ? [{ text, at }] : []));
    if (unknown.length === 0) return { ok: true, found: found.map((findings) => findings ?? []) };
    const failure = await this.#askAll(unknown, signal, (at, findings) => {
      const key = keys[at];
      found[at] = findings;
      if (key !== undefined) this.#cache.set(key, findings);
    });
    if (failure !== null) return { ok: false, failure };
    return { ok: true, found: found.map((findings) => findings ?? []) };
  }

  async #askAll(
    unknown: readonly Unknown[],
    signal: AbortSignal,
    take: (at: number, findings: Findings) => void,
  ): Promise<ExternalFailure | null> {
    const sizes = unknown.map(({ text }) => Buffer.byteLength(text, 'utf8'));
    if (sizes.reduce((sum, size) => sum + size, 0) > EXTERNAL_QUESTION_BYTES_MAX) {
      this.#line.note('too-large');
      return 'too-large';
    }
    const gone = new AbortController();
    const until = {
      signal: AbortSignal.any([signal, gone.signal]),
      deadline: AbortSignal.timeout(Math.min(this.#detector.timeoutMs, EXTERNAL_MS_MAX)),
    };
    let failure: ExternalFailure | null = null;
    const batches = batchesOf(unknown, sizes).values();
    const askInTurn = async (): Promise<void> => {
      for (const batch of batches) {
        // What is left of the message is not worth asking about.
        if (failure !== null) return;
        const answer = await this.#ask(batch, until);
        if (!answer.ok) {
          failure ??= answer.failure;
          // One that rests may be tried by another request of this message: taken back, it would never be known to be back.
          if (answer.failure !== 'resting') gone.abort();
          return;
        }
        for (const [index, { at, text }] of batch.entries()) take(at, this.#counting(answer.value[index] ?? [], text));
      }
    };
    await Promise.all(Array.from({ length: EXTERNAL_BATCHES_AT_ONCE_MAX }, askInTurn));
    return failure;
  }

  #ask(batch: readonly Unknown[], until: Until): Promise<LineAnswer<readonly Findings[]>> {
    const texts = batch.map(({ text }) => text);
    const body = JSON.stringify({ text: texts.map((text) => text.toWellFormed()), ...this.#options });
    const question = { headers: {}, body: Buffer.from(body, 'utf8') };
    return this.#line.ask(question, until, (bytes) => readAnalyzerAnswer(bytes, texts));
  }

  /** What was asked for, whatever the analyzer makes of its options. */
  #counting(findings: Findings, text: string): Findings {
    return findings.filter(
      ({ start, end, entity, score }) =>
        score >= this.#detector.threshold / 100 &&
        (this.#entities.size === 0 || this.#entities.has(entity)) &&
        !this.#allowed.has(text.slice(start, end)),
    );
  }
}

/** A text that nothing is known of, and its position among those of the message. */
interface Unknown {
  readonly text: string;
  readonly at: number;
}

/** `sizes`: of each text in UTF-8. A text that is larger than a batch is one by itself. */
function batchesOf(unknown: readonly Unknown[], sizes: readonly number[]): readonly (readonly Unknown[])[] {
  const batches: Unknown[][] = [];
  let bytes = 0;
  for (const [index, each] of unknown.entries()) {
    const size = sizes[index] ?? 0;
    const open = batches.at(-1);
    if (open === undefined || open.length === EXTERNAL_BATCH_TEXTS_MAX || bytes + size > EXTERNAL_BATCH_BYTES_MAX) {
      batches.push([each]);
      bytes = size;
    } else {
      open.push(each);
      bytes += size;
    }
  }
  return batches;
}

import {
  CONTENT_CHARACTERS_PER_MATCH,
  CONTENT_DETECTIONS_MAX,
  CONTENT_LOOKUPS_MAX,
  CONTENT_NUMBERS_MAX,
} from '../../../limits.ts';
import type { Deadline } from '../deadline.ts';
import type { ContentFailure } from '../detection.ts';

/** What looking into one message may cost. Where it is too much, the message counts as not looked into. */
export class Work {
  #lookups = 0;
  #numbers = 0;
  #detections = 0;
  #failure: ContentFailure | null = null;
  readonly #deadline: Deadline;

  constructor(deadline: Deadline) {
    this.#deadline = deadline;
  }

  get failure(): ContentFailure | null {
    return this.#failure ?? (this.#deadline.isPast ? 'too-slow' : null);
  }

  /** Whether a text may be read once more. */
  read(text: string): boolean {
    return this.#deadline.spend(text.length) && this.#failure === null;
  }

  /** Whether a register may be asked once more. */
  lookUp(): boolean {
    if (++this.#lookups > CONTENT_LOOKUPS_MAX) this.#failure = 'too-much-work';
    return this.#deadline.spend(CONTENT_CHARACTERS_PER_MATCH) && this.#failure === null;
  }

  /** Whether so many groups of digits may be looked at. */
  lookAt(numbers: number): boolean {
    this.#numbers += numbers;
    if (this.#numbers > CONTENT_NUMBERS_MAX) this.#failure = 'too-much-work';
    return this.#failure === null;
  }

  /** Whether there is room for one more. */
  take(): boolean {
    if (++this.#detections > CONTENT_DETECTIONS_MAX) this.#failure = 'too-many-detections';
    return this.#failure === null;
  }
}

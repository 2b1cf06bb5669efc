import { CONTENT_CHARACTERS_PER_LOOK, CONTENT_MESSAGE_MILLIS_MAX } from '../../limits.ts';

/** Milliseconds that only ever grow, from wherever they begin. */
export type Clock = () => number;

/** Without a clock nothing takes too long: compilers and tests say the same on every machine. */
export const NO_CLOCK: Clock = () => 0;

/**
 * How long looking into one message may take. Whoever searches says beforehand how many characters that is about; the clock
 * is read once for so many of them, which is never for the usual message. Time counts from its first reading.
 */
export class Deadline {
  readonly #clock: Clock;
  #unlooked = 0;
  #endsAt: number | null = null;
  #isPast = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It took too long: what was not looked into stays so, and the message counts as not looked into. */
  get isPast(): boolean {
    return this.#isPast;
  }

  /** HOT PATH. Whether so many characters may be looked into. */
  spend(characters: number): boolean {
    if (this.#isPast) return false;
    this.#unlooked += characters;
    if (this.#unlooked >= CONTENT_CHARACTERS_PER_LOOK) this.#look();
    return !this.#isPast;
  }

  #look(): void {
    this.#unlooked = 0;
    const now = this.#clock();
    this.#endsAt ??= now + CONTENT_MESSAGE_MILLIS_MAX;
    if (now >= this.#endsAt) this.#isPast = true;
  }
}

/**
 * Numbers that look random and are the same in every run (mulberry32), so that a figure can be repeated and a case that
 * fails stays there.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** From `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.int(0, list.length - 1)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  /** So many characters of an alphabet. */
  text(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet.charAt(this.int(0, alphabet.length - 1))).join('');
  }

  digits(length: number): string {
    return this.text(length, DIGITS);
  }

  /** Digits of which the first is not 0. */
  number(length: number): string {
    return this.text(1, '123456789') + this.digits(length - 1);
  }

  hex(length: number): string {
    return this.text(length, HEX);
  }

  /** In another order. */
  shuffled<T>(list: readonly T[]): readonly T[] {
    const left = [...list];
    return list.map(() => {
      const [taken] = left.splice(this.int(0, left.length - 1), 1);
      if (taken === undefined) throw new Error('the list ended early');
      return taken;
    });
  }
}

const DIGITS = '0123456789';
const HEX = '0123456789abcdef';
export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const BASE62 = DIGITS + UPPER + LOWER;
export const BASE64 = `${BASE62}+/`;
export const BASE64URL = `${BASE62}-_`;

import { re2js } from '../../dataplane/content/regex/re2js.ts';

/** Repetitions of a part that a sample writes out. */
const REPEATS_MAX = 64;

/** Characters tried in turn where a class says which ones it is not. */
const COMMON: readonly string[] = ['a', '0', '-', '_', ' ', '~'];

const CLASSES: Readonly<Record<string, string>> = { d: '0', w: 'a', s: ' ', D: 'a', W: '-', S: 'a' };

/**
 * A text that a pattern matches, for the common ones: classes, groups, alternatives and repetitions. Null when what this
 * makes of it does not match: then nothing is known.
 */
export function samplePattern(pattern: string): string | null {
  const sampler = new Sampler(pattern);
  const sample = sampler.alternatives();
  return sampler.isAtEnd && re2js.compile(pattern).matcher(sample).find(0) ? sample : null;
}

class Sampler {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#pattern.length;
  }

  /** The sample of the first alternative; the others are read past. */
  alternatives(): string {
    const first = this.#sequence();
    while (this.#take('|')) this.#sequence();
    return first;
  }

  #sequence(): string {
    let text = '';
    while (!this.isAtEnd && !this.#peek('|') && !this.#peek(')')) {
      const atom = this.#atom();
      text += atom.repeat(this.#repeats());
    }
    return text;
  }

  #atom(): string {
    if (this.#take('(')) {
      if (this.#take('?')) {
        while (!this.isAtEnd && !this.#peek(')') && !this.#take(':') && !this.#take('>')) this.#at++;
        // `(?i)` is a flag and no group.
        if (this.#take(')')) return '';
      }
      const inner = this.alternatives();
      this.#take(')');
      return inner;
    }
    if (this.#take('[')) return this.#class();
    if (this.#take('^') || this.#take('$')) return '';
    if (this.#take('.')) return 'a';
    if (this.#take('\\')) return this.#escape();
    return this.#next();
  }

  #escape(): string {
    const letter = this.#next();
    if ('bBAz'.includes(letter)) return '';
    return CLASSES[letter] ?? (letter === 't' ? '\t' : letter === 'n' ? '\n' : letter);
  }

  /** Its first member; of a negated one, the first common character that it does not name. */
  #class(): string {
    const negated = this.#take('^');
    let first = '';
    let body = '';
    do {
      const member = this.#take('\\') ? this.#escape() : this.#next();
      first ||= member;
      body += member;
    } while (!this.isAtEnd && !this.#peek(']'));
    this.#take(']');
    return negated ? (COMMON.find((other) => !body.includes(other)) ?? 'a') : first;
  }

  #repeats(): number {
    let least = 1;
    if (this.#take('*') || this.#take('?')) least = 0;
    else if (this.#take('+')) least = 1;
    else {
      const braces = /^\{(\d+)(?:,\d*)?\}/.exec(this.#pattern.slice(this.#at));
      if (braces === null) return 1;
      this.#at += braces[0].length;
      least = Math.min(Number(braces[1]), REPEATS_MAX);
    }
    this.#take('?');
    return least;
  }

  #peek(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #next(): string {
    const character = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    return character;
  }
}

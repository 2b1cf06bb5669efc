/** What a run in a pattern may hold beside everything else; `?` and `#` it never may (language.md, rule 10). */
interface Run {
  readonly crossesSlash: boolean;
}

/** States that fit into one number without its sign. */
const STATES_PER_WORD = 31;
const ASCII = 128;
const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const HASH = 0x23;

/**
 * A pattern with runs. What stands before the first run and after the last one is compared as text; of what lies between
 * every way to divide it is followed at once, a bit for each, so that time is linear in the URI whatever the pattern.
 */
export class UriGlob {
  /** What stands before the first run. */
  readonly head: string;
  readonly #tail: string;
  /** Whether the one run of most patterns crosses slashes; null when there are several. */
  readonly #onlyRun: boolean | null;
  readonly #middle: MiddleStates | null;
  readonly #isEverything: boolean;

  /**
   * @param pattern Holds `*` at least once.
   * @param isOpaque The pattern is `**`, and matches whatever there is.
   */
  constructor(pattern: string, isOpaque: boolean) {
    this.#isEverything = isOpaque;
    const texts: string[] = [];
    const runs: Run[] = [];
    let text = '';
    for (let at = 0; at < pattern.length; at++) {
      const character = pattern.charAt(at);
      if (character !== '*') {
        text += character;
        continue;
      }
      let stars = 1;
      while (pattern.charAt(at + 1) === '*') {
        stars++;
        at++;
      }
      texts.push(text);
      runs.push({ crossesSlash: stars > 1 });
      text = '';
    }
    const [first] = runs;
    this.head = texts[0] ?? '';
    this.#tail = text;
    this.#onlyRun = runs.length === 1 && first !== undefined ? first.crossesSlash : null;
    this.#middle = this.#onlyRun === null ? new MiddleStates(texts.slice(1), runs) : null;
  }

  /** HOT PATH: once per pattern and URI, which begins with the head. Allocates nothing. */
  matchesBehindHead(uri: string): boolean {
    if (this.#isEverything) return true;
    const from = this.head.length;
    const to = uri.length - this.#tail.length;
    if (from > to || !uri.endsWith(this.#tail)) return false;
    return this.#middle === null ? isRun(uri, from, to, this.#onlyRun === true) : this.#middle.accepts(uri, from, to);
  }
}

function isRun(uri: string, from: number, to: number, crossesSlash: boolean): boolean {
  for (let at = from; at < to; at++) {
    const code = uri.charCodeAt(at);
    if (code === QUESTION_MARK || code === HASH || (code === SLASH && !crossesSlash)) return false;
  }
  return true;
}

/** State `n` = the first `n` characters between the outer runs were seen. A run is a state that may be stayed in. */
class MiddleStates {
  readonly #words: number;
  /** By character code: which column its masks are in; 0 = a character that the pattern does not name. */
  readonly #columns = new Uint8Array(ASCII);
  /** By column, then word: the states that the character leads out of, to the next one. */
  readonly #leaves: Uint32Array;
  /** By word: the states that `/`, or any other character of a run, may be stayed in with. */
  readonly #staysOnSlash: Uint32Array;
  readonly #stays: Uint32Array;
  /** The states of the URI at hand. */
  readonly #now: Uint32Array;
  readonly #last: number;

  /** @param texts Between the runs, of which there is one more. */
  constructor(texts: readonly string[], runs: readonly Run[]) {
    const characters = texts.join('');
    this.#last = characters.length;
    this.#words = Math.floor(this.#last / STATES_PER_WORD) + 1;
    const distinct = [...new Set(characters)];
    distinct.forEach((character, at) => {
      this.#columns[character.charCodeAt(0)] = at + 1;
    });
    this.#leaves = new Uint32Array((distinct.length + 1) * this.#words);
    this.#stays = new Uint32Array(this.#words);
    this.#staysOnSlash = new Uint32Array(this.#words);
    this.#now = new Uint32Array(this.#words);
    for (let state = 0; state < this.#last; state++) {
      const column = this.#columns[characters.charCodeAt(state)] ?? 0;
      setBit(this.#leaves, column * this.#words, state);
    }
    let state = 0;
    runs.forEach(({ crossesSlash }, at) => {
      setBit(this.#stays, 0, state);
      if (crossesSlash) setBit(this.#staysOnSlash, 0, state);
      state += texts[at]?.length ?? 0;
    });
  }

  accepts(uri: string, from: number, to: number): boolean {
    const now = this.#now;
    now.fill(0);
    now[0] = 1;
    for (let at = from; at < to; at++) if (!this.#step(uri.charCodeAt(at))) return false;
    return ((now[this.#words - 1] ?? 0) & (1 << (this.#last % STATES_PER_WORD))) !== 0;
  }

  /** Whether any state is left. */
  #step(code: number): boolean {
    const now = this.#now;
    const first = (code < ASCII ? (this.#columns[code] ?? 0) : 0) * this.#words;
    let carry = 0;
    let left = 0;
    for (let word = 0; word < this.#words; word++) {
      const before = now[word] ?? 0;
      const moved = (before & (this.#leaves[first + word] ?? 0)) << 1;
      const after = (moved & 0x7fff_ffff) | carry | (before & this.#stayingOn(code, word));
      carry = moved < 0 ? 1 : 0;
      now[word] = after;
      left |= after;
    }
    return left !== 0;
  }

  #stayingOn(code: number, word: number): number {
    if (code === QUESTION_MARK || code === HASH) return 0;
    return (code === SLASH ? this.#staysOnSlash[word] : this.#stays[word]) ?? 0;
  }
}

function setBit(words: Uint32Array, from: number, state: number): void {
  const at = from + Math.floor(state / STATES_PER_WORD);
  words[at] = (words[at] ?? 0) | (1 << (state % STATES_PER_WORD));
}

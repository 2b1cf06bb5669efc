import { foldKey } from './fold.ts';
import { stringText } from './text.ts';

/** The keys that mean something at one level of a message, to be found in its bytes. */
export class KnownKeys {
  readonly names: readonly string[];
  /** By the length of the token in bytes, quotes included. */
  readonly #bySize: readonly (readonly { readonly index: number; readonly token: Buffer }[])[];
  /** By what the key folds to: that key. */
  readonly #byFold: ReadonlyMap<string, string>;

  constructor(names: readonly string[]) {
    const bySize: { readonly index: number; readonly token: Buffer }[][] = [];
    const byFold = new Map<string, string>();
    for (const [index, name] of names.entries()) {
      for (const text of new Set([JSON.stringify(name), asciiToken(JSON.stringify(name))])) {
        const token = Buffer.from(text, 'utf8');
        while (bySize.length <= token.length) bySize.push([]);
        bySize[token.length]?.push({ index, token });
      }
      byFold.set(foldKey(name), name);
    }
    this.names = names;
    this.#bySize = bySize;
    this.#byFold = byFold;
  }

  /** HOT PATH. The index in `names` of the key whose token is exactly these bytes, or -1. */
  indexOf(bytes: Uint8Array, start: number, end: number): number {
    const sized = this.#bySize[end - start];
    if (sized === undefined) return -1;
    for (const { index, token } of sized) if (isAt(bytes, start, token)) return index;
    return -1;
  }

  /**
   * The known key that some reader could take this unknown one for: equal after escapes, case folding and removal of
   * unseen characters. Null when there is none.
   */
  resembled(bytes: Buffer, start: number, end: number): string | null {
    return this.#byFold.get(foldKey(stringText(bytes, start, end))) ?? null;
  }
}

/** A token with all but ASCII escaped, which is how some clients (Python's `json`) write every text. */
function asciiToken(token: string): string {
  let ascii = '';
  for (let index = 0; index < token.length; index++) {
    const unit = token.charCodeAt(index);
    ascii += unit < 0x7f ? token.charAt(index) : `\\u${unit.toString(16).padStart(4, '0')}`;
  }
  return ascii;
}

/** HOT PATH. Whether `token` stands at `start`. */
function isAt(bytes: Uint8Array, start: number, token: Buffer): boolean {
  for (let index = 0; index < token.length; index++) {
    if (bytes[start + index] !== token[index]) return false;
  }
  return true;
}

import type { Report } from '../diagnostics/diagnostic.ts';
import { areSame } from '../memo.ts';
import type { Document } from '../source/document.ts';

/** A question that was asked while something was worked out, and the answer: an object, or a list that is compared item by item. */
interface Note {
  readonly way: string;
  readonly key: string;
  readonly answer: unknown;
}

/**
 * The ways to look something up while linking. Whoever works something out for a document has only these, the document
 * and its workspace: so what was worked out stays true for as long as each question that was asked has the same answer.
 */
export class Lookups {
  /** Hands on what is reported, and takes notice. */
  readonly report: Report;
  readonly #ways = new Map<string, (key: string) => unknown>();
  #asked: Note[] | null = null;
  #reported = 0;

  constructor(report: Report) {
    this.report = (problem) => {
      this.#reported++;
      report(problem);
    };
  }

  /** A way to look something up by a key. The name tells it from all others. */
  way<V>(name: string, answer: (key: string) => V): (key: string) => V {
    this.#ways.set(name, answer);
    return (key) => {
      const found = answer(key);
      this.#asked?.push({ way: name, key, answer: found });
      return found;
    };
  }

  /** Things by name. */
  table<V>(name: string): Table<V> {
    return new Table(name, this);
  }

  /**
   * What `work` comes to for a document: what it came to before, unless something that it looked up is different. What
   * it reports must be said every time, so then it works every time.
   */
  kept<V>(memory: Memory<V>, document: Document, work: () => V): V {
    const before = memory.get(document);
    const outer = this.#asked;
    if (before !== undefined && this.#holds(before.asked)) {
      outer?.push(...before.asked);
      return before.result;
    }
    const asked: Note[] = [];
    const reported = this.#reported;
    this.#asked = asked;
    const result = work();
    this.#asked = outer;
    outer?.push(...asked);
    if (this.#reported === reported) memory.set(document, { asked, result });
    else memory.delete(document);
    return result;
  }

  #holds(asked: readonly Note[]): boolean {
    for (const { way, key, answer } of asked) {
      if (!isSame(this.#ways.get(way)?.(key), answer)) return false;
    }
    return true;
  }
}

/** What was worked out for documents, for as long as there are these documents. */
export type Memory<V> = WeakMap<Document, { readonly asked: readonly Note[]; readonly result: V }>;

/** Things by name, that links may be made to. */
export class Table<V> {
  readonly get: (name: string) => V | undefined;
  readonly #values: (key: string) => readonly V[];
  readonly #byName = new Map<string, V>();

  constructor(name: string, lookups: Lookups) {
    this.get = lookups.way(name, (key) => this.#byName.get(key));
    this.#values = lookups.way(`every ${name}`, () => [...this.#byName.values()]);
  }

  set(name: string, value: V): void {
    this.#byName.set(name, value);
  }

  values(): readonly V[] {
    return this.#values('');
  }
}

function isSame(left: unknown, right: unknown): boolean {
  return left === right || (Array.isArray(left) && Array.isArray(right) && areSame(left, right));
}

/** Headers that say one thing: two of them would let two readers see different requests (RFC 9110 section 5.3). */
const SINGLE = new Set(['authorization', 'content-type', 'content-encoding', 'host', 'origin', 'traceparent']);

/** The headers of one request, by lower-case name. */
export class RequestHeaders {
  /** A header that may come once and came twice; null when there is none. */
  readonly repeated: string | null;
  /** Few enough that looking through them costs less than an index of them would. */
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  /** `raw`: names in lower case and values in turn; values are Latin-1, without surrounding spaces and tabs. */
  constructor(raw: readonly string[]) {
    let repeated: string | null = null;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = raw[at] ?? '';
      const value = raw[at + 1] ?? '';
      const known = this.#names.indexOf(name);
      if (known < 0) {
        this.#names.push(name);
        this.#values.push(value);
        continue;
      }
      if (SINGLE.has(name) || name.startsWith('mcp-')) repeated = name;
      this.#values[known] = `${this.#values[known] ?? ''}, ${value}`;
    }
    this.repeated = repeated;
  }

  /** All of them, names in lower case. */
  all(): readonly (readonly [name: string, value: string])[] {
    return this.#names.map((name, at) => [name, this.#values[at] ?? ''] as const);
  }

  /** The value; null when absent. `name` in lower case. */
  get(name: string): string | null {
    const at = this.#names.indexOf(name);
    return at < 0 ? null : (this.#values[at] ?? null);
  }
}

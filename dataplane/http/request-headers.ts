/** Headers that say one thing: two of them would let two readers see different requests (RFC 9110 section 5.3). */
const SINGLE = new Set(['authorization', 'content-type', 'content-encoding', 'host', 'origin', 'traceparent']);

/** The headers of one request, by lower-case name. */
export class RequestHeaders {
  /** A header that may come once and came twice; null when there is none. */
  readonly repeated: string | null;
  readonly #values: ReadonlyMap<string, string>;

  /** `raw`: names and values in turn, as they arrived; values are Latin-1. */
  constructor(raw: readonly string[]) {
    const values = new Map<string, string>();
    let repeated: string | null = null;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = (raw[at] ?? '').toLowerCase();
      const value = raw[at + 1] ?? '';
      const known = values.get(name);
      if (known === undefined) {
        values.set(name, value);
        continue;
      }
      if (SINGLE.has(name) || name.startsWith('mcp-')) repeated = name;
      values.set(name, `${known}, ${value}`);
    }
    this.#values = values;
    this.repeated = repeated;
  }

  /** The value, without surrounding spaces and tabs; null when absent. `name` in lower case. */
  get(name: string): string | null {
    return this.#values.get(name) ?? null;
  }
}

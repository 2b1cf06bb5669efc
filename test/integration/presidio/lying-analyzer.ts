import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the analyzer says of one place. */
interface Found {
  readonly entity_type: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** What is made of an honest answer to a batch of texts. */
type Lie = (found: readonly (readonly Found[])[], texts: readonly string[]) => unknown;

const ofEach =
  (change: (place: Found, text: string) => object): Lie =>
  (found, texts) =>
    found.map((places, at) => places.map((place) => change(place, texts[at] ?? '')));

const ANSWER_CHARACTERS = 9_000_000;

/** By the first segment of the path. */
export const LIES: Readonly<Record<string, Lie>> = {
  'past the end': ofEach((place, text) => ({ ...place, end: Array.from(text).length + 1 })),
  // Of a text with an emoji before the match: the end is past that of the code points, and within the text all the same.
  'in units of UTF-16': ofEach((place, text) => ({ ...place, end: text.length })),
  negative: ofEach((place) => ({ ...place, start: -1 })),
  reversed: ofEach((place) => ({ ...place, start: place.end, end: place.start })),
  empty: ofEach((place) => ({ ...place, end: place.start })),
  'of fractions': ofEach((place) => ({ ...place, start: place.start + 0.5 })),
  'of words': ofEach((place) => ({ ...place, start: String(place.start) })),
  'too sure': ofEach((place) => ({ ...place, score: 1.5 })),
  'of no entity': ofEach((place) => ({ start: place.start, end: place.end, score: place.score })),
  'too few': (found) => found.slice(1),
  'too many': (found) => [...found, []],
  'of one text': (found) => found[0],
  'no list': () => ({ error: 'none' }),
  huge: (found) => [...found, 'x'.repeat(ANSWER_CHARACTERS)],
};

/** In front of a real analyzer: passes questions on, and says of the answer what the path wants. */
export class LyingAnalyzer {
  /** Texts of each question that arrived. */
  readonly questions: (readonly string[])[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #analyzer: string;

  private constructor(analyzer: string) {
    this.#analyzer = analyzer;
  }

  static async open(analyzer: string): Promise<LyingAnalyzer> {
    const lying = new LyingAnalyzer(analyzer);
    await new Promise<void>((resolve) => lying.#server.listen(0, '127.0.0.1', resolve));
    return lying;
  }

  /** Where it lies in that way; `honest`: not at all; `slow`: it never answers; `broken`: with an error of the server. */
  url(way: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${encodeURIComponent(way)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const { text } = JSON.parse(body.toString()) as { readonly text: readonly string[] };
    this.questions.push(text);
    const [, way = '', ...path] = (request.url ?? '').split('/').map(decodeURIComponent);
    if (way === 'slow') return;
    const answer = await fetch(`${this.#analyzer}/${path.join('/')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const honest = await answer.text();
    const lie = LIES[way];
    const said = lie === undefined ? honest : JSON.stringify(lie(JSON.parse(honest) as readonly Found[][], text));
    response.writeHead(way === 'broken' ? 500 : answer.status, { 'content-type': 'application/json' });
    response.end(said);
  }
}

import { BoundedCache } from '../bounded-cache.ts';
import { CLIENT_REQUESTS_MAX, REQUEST_STATE_AGE_MS_MAX } from '../limits.ts';
import type { ClientContext, McpRequest } from './mcp-request.ts';
import { open, seal, type KeyRing } from './seal.ts';

const PURPOSE = 'server-request';

/** A question to a legacy client that waits for its answer. */
interface Waiting {
  readonly session: string;
  readonly answer: (response: McpRequest) => Promise<void> | void;
}

/**
 * Requests of servers that were passed on to legacy clients. Each goes out under an id of our own, since every server
 * counts its own; it is sealed for the session, so that nobody else can answer (protocol.md 1.6).
 */
export class ClientRequests {
  readonly #ring: KeyRing;
  readonly #process: string;
  readonly #waiting = new BoundedCache<string, Waiting>(CLIENT_REQUESTS_MAX);
  #count = 0;

  /** `process`: what other processes know this one by. */
  constructor(ring: KeyRing, process: string) {
    this.#ring = ring;
    this.#process = process;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Waits for the client's response to a question within `asked`. Returns the id to send it with, as JSON text, and how to
   * stop waiting.
   */
  open(asked: ClientContext, answer: Waiting['answer']): { readonly id: string; readonly close: () => void } {
    const key = String(++this.#count);
    const context = { purpose: PURPOSE, binding: bindingOf(asked) };
    const expiresMs = Date.now() + REQUEST_STATE_AGE_MS_MAX;
    const sealed = seal(this.#ring, context, JSON.stringify([this.#process, key]), expiresMs);
    if (!sealed.ok) throw new Error('two short texts are too large to seal');
    this.#waiting.set(key, { session: asked.session?.id ?? '', answer });
    return { id: JSON.stringify(sealed.token), close: () => this.#waiting.delete(key) };
  }

  /**
   * Takes a response that a client posted; resolves when it was looked through. One that answers nothing, or what was
   * answered, is dropped: false.
   */
  async take(response: McpRequest): Promise<boolean> {
    const place = this.#placeOf(response);
    const waiting = place === null || place.process !== this.#process ? undefined : this.#waiting.get(place.key);
    if (place === null || waiting === undefined || waiting.session !== response.session?.id) return false;
    this.#waiting.delete(place.key);
    await waiting.answer(response);
    return true;
  }

  /** The process that waits for a response; null when none does. */
  processOf(response: McpRequest): string | null {
    return this.#placeOf(response)?.process ?? null;
  }

  #placeOf(response: McpRequest): { readonly process: string; readonly key: string } | null {
    const { message, body } = response;
    if (message.id === null || body[message.id.start] !== 0x22) return null;
    const token = String(JSON.parse(body.toString('utf8', message.id.start, message.id.end)));
    const opened = open(this.#ring, { purpose: PURPOSE, binding: bindingOf(response) }, token, Date.now());
    if (!opened.ok) return null;
    const fields: unknown = JSON.parse(opened.payload);
    if (!Array.isArray(fields)) return null;
    const [process, key] = fields.map(String);
    return process === undefined || key === undefined ? null : { process, key };
  }
}

const bindingOf = ({ identity, endpoint, session }: ClientContext): readonly string[] => [
  identity.key,
  endpoint,
  session?.id ?? '',
];

import { JSON_FAILURES, JsonScanner } from '../json/scanner.ts';
import { ARRAY, NONE, NULL, OBJECT } from '../json/tape.ts';
import { Fields } from './scan-fields.ts';
import { TOP, TOP_KEYS } from './scan-keys.ts';
import { Level, type Span } from './scan-level.ts';

/** Why a message is refused. Closed: each has its case in test/hostile. */
export const SCAN_FAILURES = [
  ...JSON_FAILURES,
  'batch',
  'not-an-object',
  'look-alike-key',
  'bad-envelope',
  'bad-params',
] as const;
export type ScanFailure = (typeof SCAN_FAILURES)[number];

export interface Refused {
  readonly ok: false;
  readonly reason: ScanFailure;
  /** Byte offset of what is refused. */
  readonly at: number;
  /** The id to answer to, where it could be read. */
  readonly id: Span | null;
}

/** The top level of a JSON-RPC 2.0 message, the same in both directions. */
export interface Envelope {
  readonly ok: true;
  readonly kind: 'request' | 'notification' | 'response' | 'error';
  readonly id: Span | null;
  readonly method: string | null;
  /** Tape nodes, or `NONE`. */
  readonly params: number;
  readonly result: number;
  readonly error: number;
}

const JSONRPC = Buffer.from('"2.0"');

/** Reads envelopes; what is below `params`, `result` and `error` stays on its scanner's tape until the next message. */
export class EnvelopeReader {
  readonly scanner = new JsonScanner();
  readonly #top = new Level(TOP_KEYS);

  /** HOT PATH. `levels`: how deep values are kept on the tape, the message itself being 1. */
  read(body: Buffer, levels: number): Envelope | Refused {
    const { scanner } = this;
    const { tape } = scanner;
    const failure = scanner.scan(body, levels);
    if (failure !== null) return { ok: false, reason: failure, at: scanner.failedAt, id: null };
    if (tape.kind(0) === ARRAY) return { ok: false, reason: 'batch', at: tape.start(0), id: null };
    if (tape.kind(0) !== OBJECT) return { ok: false, reason: 'not-an-object', at: tape.start(0), id: null };
    const top = this.#top;
    const alike = top.read(body, tape, 0);
    if (alike !== NONE) return { ok: false, reason: 'look-alike-key', at: tape.keyStart(alike), id: null };

    const fields = new Fields(body, tape);
    const error = fields.objectNode(top, TOP.error);
    const params = fields.objectNode(top, TOP.params);
    const result = fields.objectNode(top, TOP.result);
    // An error that answers a request nobody could read has the id null (JSON-RPC 2.0, section 5).
    const idIsNull = top.node(TOP.id) !== NONE && tape.kind(top.node(TOP.id)) === NULL;
    const id = idIsNull && error !== NONE ? null : fields.id(top, TOP.id);
    const method = fields.text(top, TOP.method);
    const kind = kindOf(method !== null, id !== null, result !== NONE, error !== NONE);
    const version = top.node(TOP.jsonrpc);
    if (version === NONE || !isVersion(body, tape.start(version), tape.end(version))) {
      return { ok: false, reason: 'bad-envelope', at: version === NONE ? 0 : tape.start(version), id };
    }
    if (fields.wrong !== NONE) return { ok: false, reason: 'bad-envelope', at: fields.wrong, id };
    if (kind === null || (params !== NONE && method === null)) return { ok: false, reason: 'bad-envelope', at: 0, id };
    return { ok: true, kind, id, method, params, result, error };
  }
}

function kindOf(method: boolean, id: boolean, result: boolean, error: boolean): Envelope['kind'] | null {
  if (method) return result || error ? null : id ? 'request' : 'notification';
  if (result) return id && !error ? 'response' : null;
  return error ? 'error' : null;
}

function isVersion(body: Buffer, start: number, end: number): boolean {
  if (end - start !== JSONRPC.length) return false;
  for (let at = 0; at < JSONRPC.length; at++) {
    if (body[start + at] !== JSONRPC[at]) return false;
  }
  return true;
}

import { NONE, OBJECT } from '../json/tape.ts';
import { EnvelopeReader, type Envelope, type Refused } from './scan-envelope.ts';
import { Fields } from './scan-fields.ts';
import { ERROR, ERROR_KEYS, META_KEYS, PARAMS, PARAMS_KEYS, RESULT, RESULT_KEYS } from './scan-keys.ts';
import { Level, spanOf, type Span, type TextSpan } from './scan-level.ts';

/** What the proxy reads of an upstream's message. Spans are byte offsets into its bytes. */
export interface ScannedResponse {
  /** `response` and `error` answer a request; `request` and `notification` are the server's own. */
  readonly kind: Envelope['kind'];
  /** Null of a notification, and of an error that answers a request nobody could read. */
  readonly id: Span | null;
  readonly method: string | null;
  readonly params: Span | null;
  readonly result: Span | null;
  readonly error: Span | null;
  readonly resultType: TextSpan | null;
  /** `_meta` of the result. */
  readonly meta: Span | null;
  readonly content: Span | null;
  readonly structuredContent: Span | null;
  readonly isError: Span | null;
  readonly requestState: TextSpan | null;
  /** Of a result of the type `input_required`. */
  readonly inputRequests: Span | null;
  readonly nextCursor: TextSpan | null;
  /** The token of a progress notification. */
  readonly progressToken: Span | null;
  /** The severity of a log message. */
  readonly level: string | null;
  /** The resource that a notification is about. */
  readonly uri: TextSpan | null;
  readonly errorCode: Span | null;
  readonly errorMessage: TextSpan | null;
  readonly errorData: Span | null;
}

export type ResponseScanResult = { readonly ok: true; readonly message: ScannedResponse } | Refused;

/** The message, `result`, `_meta`, its members. */
const LEVELS = 4;

const reader = new EnvelopeReader();
const params = new Level(PARAMS_KEYS);
const result = new Level(RESULT_KEYS);
const error = new Level(ERROR_KEYS);
const meta = new Level(META_KEYS);

/**
 * HOT PATH. Reads one message of an upstream, as strictly as a client's, since the client reads what is forwarded; members
 * nobody knows are let through. Never throws.
 */
export function scanResponse(bytes: Buffer): ResponseScanResult {
  const envelope = reader.read(bytes, LEVELS);
  if (!envelope.ok) return envelope;
  const { id } = envelope;
  const { tape } = reader.scanner;
  const alike = readLevels(bytes, envelope);
  if (alike !== NONE) return { ok: false, reason: 'look-alike-key', at: tape.keyStart(alike), id };

  const fields = new Fields(bytes, tape);
  const message: ScannedResponse = {
    kind: envelope.kind,
    id,
    method: envelope.method,
    params: envelope.params === NONE ? null : spanOf(tape, envelope.params),
    result: envelope.result === NONE ? null : spanOf(tape, envelope.result),
    error: envelope.error === NONE ? null : spanOf(tape, envelope.error),
    resultType: fields.textSpan(result, RESULT.resultType),
    meta: fields.object(result, RESULT['_meta']),
    content: spanAt(result, RESULT.content),
    structuredContent: spanAt(result, RESULT.structuredContent),
    isError: spanAt(result, RESULT.isError),
    requestState: fields.textSpan(result, RESULT.requestState),
    inputRequests: fields.object(result, RESULT.inputRequests),
    nextCursor: fields.textSpanOrNull(result, RESULT.nextCursor),
    progressToken: fields.id(params, PARAMS.progressToken),
    level: envelope.method === 'notifications/message' ? fields.text(params, PARAMS.level) : null,
    uri: envelope.method === 'notifications/resources/updated' ? fields.textSpan(params, PARAMS.uri) : null,
    errorCode: spanAt(error, ERROR.code),
    errorMessage: fields.textSpan(error, ERROR.message),
    errorData: spanAt(error, ERROR.data),
  };
  if (fields.wrong !== NONE) return { ok: false, reason: 'bad-params', at: fields.wrong, id };
  return { ok: true, message };
}

/** Reads `params`, `result` and `error`; returns a member whose key resembles a known one, or `NONE`. */
function readLevels(bytes: Buffer, envelope: Envelope): number {
  const { tape } = reader.scanner;
  let alike: number = NONE;
  params.clear();
  result.clear();
  error.clear();
  if (envelope.params !== NONE) alike = params.read(bytes, tape, envelope.params);
  if (alike === NONE && envelope.result !== NONE) alike = result.read(bytes, tape, envelope.result);
  if (alike === NONE && envelope.error !== NONE) alike = error.read(bytes, tape, envelope.error);
  for (const node of [params.node(PARAMS['_meta']), result.node(RESULT['_meta'])]) {
    if (alike === NONE && node !== NONE && tape.kind(node) === OBJECT) alike = meta.read(bytes, tape, node);
  }
  return alike;
}

function spanAt(level: Level, position: number): Span | null {
  const node = level.node(position);
  return node === NONE ? null : spanOf(reader.scanner.tape, node);
}

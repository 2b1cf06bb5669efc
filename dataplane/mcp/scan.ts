import { NONE, OBJECT } from '../json/tape.ts';
import { EnvelopeReader, type Refused } from './scan-envelope.ts';
import { Fields } from './scan-fields.ts';
import {
  ARGUMENT_KEYS,
  CONTEXT_KEYS,
  INFO,
  INFO_KEYS,
  META,
  META_KEYS,
  PARAMS,
  PARAMS_KEYS,
  REF_KEYS,
} from './scan-keys.ts';
import { Level, spanOf, type Span, type TextSpan } from './scan-level.ts';

/** What the proxy reads of a client's message; the rest is forwarded unread. Spans are byte offsets into the body. */
export interface ScannedRequest {
  /** `response`: a client's answer, result or error, to a server's request. */
  readonly kind: 'request' | 'notification' | 'response';
  /** String or integer; null only of a notification, and of an error that answers nothing. */
  readonly id: Span | null;
  readonly method: string | null;
  readonly params: Span | null;
  readonly result: Span | null;
  readonly error: Span | null;
  readonly name: TextSpan | null;
  readonly arguments: Span | null;
  readonly uri: TextSpan | null;
  readonly cursor: TextSpan | null;
  readonly ref: Span | null;
  readonly level: string | null;
  readonly requestId: Span | null;
  readonly taskId: TextSpan | null;
  readonly requestState: TextSpan | null;
  readonly inputResponses: Span | null;
  /** The filter of `subscriptions/listen`. */
  readonly notifications: Span | null;
  readonly meta: Span | null;
  /** Of `_meta`: present in every modern request. */
  readonly protocolVersion: string | null;
  /** Of `params`, in `initialize`. */
  readonly initializeVersion: string | null;
  /** Of `_meta`, else the `capabilities` of `initialize`. */
  readonly clientCapabilities: Span | null;
  /** Of `_meta`, else of `initialize`; self-reported, '' where absent. */
  readonly clientInfo: { readonly name: string; readonly version: string } | null;
  readonly progressToken: Span | null;
  readonly logLevel: string | null;
  /** Whether `_meta` has W3C Baggage. */
  readonly hasBaggage: boolean;
}

export type ScanResult = { readonly ok: true; readonly message: ScannedRequest } | Refused;

/** The message, `params`, `_meta`, `clientInfo`, `name`. */
const LEVELS = 5;

const reader = new EnvelopeReader();
const params = new Level(PARAMS_KEYS);
const meta = new Level(META_KEYS);
const info = new Level(INFO_KEYS);
const NESTED: readonly { readonly position: number; readonly level: Level }[] = [
  { position: PARAMS.ref, level: new Level(REF_KEYS) },
  { position: PARAMS.argument, level: new Level(ARGUMENT_KEYS) },
  { position: PARAMS.context, level: new Level(CONTEXT_KEYS) },
];

/**
 * HOT PATH. Reads one message of a client in one strict pass: JSON as every reader reads it (`JsonScanner`), a JSON-RPC
 * 2.0 envelope, and no key that resembles one the proxy decides on (language.md, rule 11; protocol.md, 1.1 and 1.11).
 * Never throws.
 */
export function scanRequest(body: Buffer): ScanResult {
  const envelope = reader.read(body, LEVELS);
  if (!envelope.ok) return envelope;
  const { id, method } = envelope;
  const { tape } = reader.scanner;
  params.clear();
  meta.clear();
  info.clear();
  const alike = envelope.params === NONE ? NONE : readParams(body, envelope.params);
  if (alike !== NONE) return { ok: false, reason: 'look-alike-key', at: tape.keyStart(alike), id };

  const fields = new Fields(body, tape);
  const message: ScannedRequest = {
    kind: envelope.kind === 'error' ? 'response' : envelope.kind,
    id,
    method,
    params: envelope.params === NONE ? null : spanOf(tape, envelope.params),
    result: envelope.result === NONE ? null : spanOf(tape, envelope.result),
    error: envelope.error === NONE ? null : spanOf(tape, envelope.error),
    name: fields.textSpan(params, PARAMS.name),
    arguments: fields.object(params, PARAMS.arguments),
    uri: fields.textSpan(params, PARAMS.uri),
    cursor: fields.textSpan(params, PARAMS.cursor),
    ref: fields.object(params, PARAMS.ref),
    level: fields.text(params, PARAMS.level),
    requestId: fields.id(params, PARAMS.requestId),
    taskId: fields.textSpan(params, PARAMS.taskId),
    requestState: fields.textSpan(params, PARAMS.requestState),
    inputResponses: fields.object(params, PARAMS.inputResponses),
    notifications: fields.object(params, PARAMS.notifications),
    meta: fields.object(params, PARAMS['_meta']),
    protocolVersion: fields.text(meta, META['io.modelcontextprotocol/protocolVersion']),
    initializeVersion: fields.text(params, PARAMS.protocolVersion),
    clientCapabilities:
      fields.object(meta, META['io.modelcontextprotocol/clientCapabilities']) ??
      fields.object(params, PARAMS.capabilities),
    clientInfo: readInfo(fields),
    progressToken: fields.id(meta, META.progressToken),
    logLevel: fields.text(meta, META['io.modelcontextprotocol/logLevel']),
    hasBaggage: meta.node(META.baggage) !== NONE,
  };
  if (fields.wrong !== NONE) return { ok: false, reason: 'bad-params', at: fields.wrong, id };
  return { ok: true, message };
}

/** Reads `params` and the objects in it that have known keys; returns a member whose key resembles one, or `NONE`. */
function readParams(body: Buffer, node: number): number {
  const { tape } = reader.scanner;
  let alike = params.read(body, tape, node);
  if (alike !== NONE) return alike;
  alike = readNested(body, meta, params.node(PARAMS['_meta']));
  if (alike !== NONE) return alike;
  const inMeta = meta.node(META['io.modelcontextprotocol/clientInfo']);
  alike = readNested(body, info, inMeta === NONE ? params.node(PARAMS.clientInfo) : inMeta);
  if (alike !== NONE) return alike;
  for (const { position, level } of NESTED) {
    alike = readNested(body, level, params.node(position));
    if (alike !== NONE) return alike;
  }
  return NONE;
}

/** As `Level.read`, of what may be absent or no object. */
function readNested(body: Buffer, level: Level, node: number): number {
  const { tape } = reader.scanner;
  return node === NONE || tape.kind(node) !== OBJECT ? NONE : level.read(body, tape, node);
}

function readInfo(fields: Fields): ScannedRequest['clientInfo'] {
  const client =
    fields.object(meta, META['io.modelcontextprotocol/clientInfo']) ?? fields.object(params, PARAMS.clientInfo);
  if (client === null) return null;
  return { name: fields.text(info, INFO.name) ?? '', version: fields.text(info, INFO.version) ?? '' };
}

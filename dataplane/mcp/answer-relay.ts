import { redactMessage, type Blocked, type Finding, type RuleSet } from '../content/index.ts';
import type { UpstreamCall } from '../http/upstream.ts';
import { UPSTREAM_LINGER_MS_MAX, UPSTREAM_REQUESTS_PER_CALL_MAX } from '../limits.ts';
import { buildDownMessage, buildDownProgress } from './down-message.ts';
import type { CallFailure } from './refusals.ts';
import { scanResponse, type ScannedResponse } from './scan-response.ts';
import type { UpRequest } from './up-request.ts';
import type { AnswerHead, AnswerSink } from './upstream-answer.ts';
import type { Era } from './versions.ts';

/** Where an answer goes: one call's side of the client, as the relay sees it. */
export interface RelayTarget {
  readonly downEra: Era;
  readonly upEra: Era;
  readonly request: UpRequest;
  /** In force towards the client. */
  readonly rules: RuleSet;
  /** An answer in events begins. */
  open(): void;
  /** A message before the last. False: pause until the client caught up. */
  event(message: Buffer): boolean;
  /** The last message. */
  finish(message: Buffer, failed: 'no' | 'tool-error' | 'error'): void;
  fail(reason: CallFailure): void;
  /** The last message may not pass. */
  block(blocked: Blocked): void;
  findings(findings: readonly Finding[]): void;
  /** Answers a request of the server's own; not possible in the modern era. */
  answerServer(message: Buffer): void;
  /** The server does not know our session any more and read nothing; false: it was opened anew already. */
  reopen(): boolean;
}

/**
 * Relays one upstream's answer: its messages one by one, none held back, each only once the rules passed it. Ends with
 * the response to this request, whatever else the upstream sends.
 */
export class AnswerRelay implements AnswerSink {
  readonly #target: RelayTarget;
  #call: UpstreamCall | null = null;
  #head: AnswerHead | null = null;
  #requests = 0;
  #over = false;

  constructor(target: RelayTarget) {
    this.#target = target;
  }

  /** The call whose answer this is, once it was sent. */
  attach(call: UpstreamCall): void {
    this.#call = call;
    if (this.#over) call.abort();
  }

  resume(): void {
    this.#call?.resume();
  }

  /** Ends the relay from outside: nothing more goes to the client. */
  cancel(): void {
    this.#over = true;
    this.#call?.abort();
  }

  head(head: AnswerHead): void {
    if (this.#over) return;
    this.#head = head;
    const { status, kind } = head;
    if (status === 200 && kind === 'stream') this.#target.open();
    else if (status === 200 && kind === 'json') return;
    else if (status === 401 || status === 403) this.#fail('upstream-denied');
    else if (status === 404 && this.#target.upEra === 'legacy') this.#sessionGone('upstream-session');
    else if ((status === 400 || status === 404) && kind === 'json') return;
    else this.#fail(status === 200 || status === 202 ? 'upstream-malformed' : 'upstream-status');
  }

  body(bytes: Buffer): void {
    if (this.#over) return;
    const scanned = scanResponse(bytes);
    if (!scanned.ok || (scanned.message.kind !== 'response' && scanned.message.kind !== 'error')) {
      this.#fail(this.#head?.status === 200 ? 'upstream-malformed' : 'upstream-status');
      return;
    }
    if (this.#head?.status === 200) this.#finish(bytes, scanned.message);
    else if (isSessionError(bytes, scanned.message)) this.#sessionGone('upstream-rejected');
    else if (scanned.message.kind === 'error' && scanned.message.id !== null) this.#finish(bytes, scanned.message);
    else this.#fail('upstream-rejected');
  }

  event(data: Buffer): void {
    if (this.#over) return;
    const scanned = scanResponse(data);
    if (!scanned.ok) {
      this.#fail('upstream-malformed');
      return;
    }
    switch (scanned.message.kind) {
      case 'response':
      case 'error':
        this.#finish(data, scanned.message);
        return;
      case 'notification':
        this.#notify(data, scanned.message);
        return;
      case 'request':
        this.#refuseRequest(data, scanned.message);
    }
  }

  streamEnd(): void {
    this.#fail('upstream-truncated');
  }

  fail(reason: CallFailure): void {
    this.#fail(reason);
  }

  #finish(bytes: Buffer, scanned: ScannedResponse): void {
    const redaction = redactMessage(this.#target.rules, bytes);
    this.#target.findings(redaction.findings);
    if (redaction.kind === 'blocked') {
      this.#end();
      this.#target.block(redaction);
      return;
    }
    let message = scanned;
    if (redaction.kind === 'changed') {
      const again = scanResponse(redaction.bytes);
      if (!again.ok) {
        this.#fail('upstream-malformed');
        return;
      }
      message = again.message;
    }
    const { request, downEra, upEra } = this.#target;
    const down = buildDownMessage(redaction.bytes, message, request, downEra, upEra);
    if (!down.ok) {
      this.#fail(down.reason);
      return;
    }
    this.#end();
    this.#target.finish(down.message, down.failed);
  }

  /** Progress of this request passes; log messages and announcements were not asked for. */
  #notify(data: Buffer, scanned: ScannedResponse): void {
    if (scanned.method !== 'notifications/progress') return;
    const redaction = redactMessage(this.#target.rules, data);
    this.#target.findings(redaction.findings);
    if (redaction.kind === 'blocked') return;
    let message = scanned;
    if (redaction.kind === 'changed') {
      const again = scanResponse(redaction.bytes);
      if (!again.ok) return;
      message = again.message;
    }
    const progress = buildDownProgress(redaction.bytes, message, this.#target.request.progressToken);
    if (progress !== null && !this.#target.event(progress)) this.#call?.pause();
  }

  /** No request of a server is passed on: it is answered here, so that the server does not wait. */
  #refuseRequest(data: Buffer, scanned: ScannedResponse): void {
    this.#requests++;
    if (this.#target.upEra === 'modern' || this.#requests > UPSTREAM_REQUESTS_PER_CALL_MAX || scanned.id === null) {
      this.#fail('upstream-malformed');
      return;
    }
    const id = data.toString('utf8', scanned.id.start, scanned.id.end);
    const answer = scanned.method === 'ping' ? '"result":{}' : '"error":{"code":-32601,"message":"method not found"}';
    this.#target.answerServer(Buffer.from(`{"jsonrpc":"2.0","id":${id},${answer}}`));
  }

  #sessionGone(otherwise: CallFailure): void {
    const call = this.#call;
    this.#over = true;
    call?.abort();
    if (!this.#target.reopen()) this.#target.fail(otherwise);
  }

  #fail(reason: CallFailure): void {
    if (this.#over) return;
    this.#over = true;
    this.#call?.abort();
    this.#target.fail(reason);
  }

  /** What a stream still sends is not read; its connection may be used again if it ends soon. */
  #end(): void {
    this.#over = true;
    const call = this.#call;
    if (this.#head?.kind === 'stream') setTimeout(() => call?.abort(), UPSTREAM_LINGER_MS_MAX).unref();
  }
}

const TRANSPORT_ERROR = -32_000;

/**
 * Some servers answer 400 for a session that they do not know. It is told from other refusals by the code that the
 * transports of the official SDK give their own errors.
 */
function isSessionError(bytes: Buffer, scanned: ScannedResponse): boolean {
  const span = scanned.errorCode;
  return span !== null && Number(bytes.toString('latin1', span.start, span.end)) === TRANSPORT_ERROR;
}

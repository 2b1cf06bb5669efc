import { strict as assert } from 'node:assert';
import { ASKS_PER_REQUEST_MAX, RESUME_DELAY_MS_MAX } from '../limits.ts';
import type { ChannelCall, ChannelEvent, ChannelReceiver } from '../upstream/channel.ts';
import { AskUnderWay } from './ask-under-way.ts';
import { answerFailure, answerHeldBack, answerLast, lastMessage } from './call-end.ts';
import { callNotification } from './call-notification.ts';
import type { CallPlan } from './call-plan.ts';
import { sealEventId, type ResumedCall } from './event-id.ts';
import { InputRounds, type RoundsExchange } from './input-rounds.ts';
import { tellLevel, wantedLevel } from './log-level.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { prepareCall } from './prepare-call.ts';
import type { CallFailure } from './refusals.ts';
import { redactScanned, type RedactedMessage } from './redact-scanned.ts';
import { scanResponse, type ScannedResponse } from './scan-response.ts';
import type { Renamed } from './up-request.ts';

/**
 * One request at one upstream, from sending it to the end of the client's answer. A modern client may come and go
 * meanwhile: while it answers a question of a legacy server the exchange is held without a client (protocol.md, section 2).
 */
export class CallExchange implements ChannelReceiver, RoundsExchange {
  readonly plan: CallPlan;
  readonly services: Services;
  #asked: McpRequest | null;
  /** The request that began it: what is sent, however often. */
  readonly #first: McpRequest;
  #id: Renamed | null = null;
  #progressToken: Renamed | null = null;
  #call: ChannelCall | null = null;
  #arrived: RedactedMessage | CallFailure | null = null;
  #over = false;
  #questions = 0;
  readonly #asks: AskUnderWay;
  readonly #rounds: InputRounds;
  #startedMs = 0;
  #leave: () => void = () => undefined;

  constructor(services: Services, asked: McpRequest, plan: CallPlan) {
    this.services = services;
    this.plan = plan;
    this.#first = asked;
    this.#asked = asked;
    this.#asks = new AskUnderWay(this);
    this.#rounds = new InputRounds(this);
  }

  get asked(): McpRequest | null {
    return this.#asked;
  }

  get client(): McpRequest {
    return this.#first;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Sends the request; the answer arrives later. */
  run(): void {
    this.#attach(this.#first);
    tellLevel(this.#first, this.plan.route.server, this.plan.channel, wantedLevel(this.services, this.#first));
    this.send(this.plan.state, null);
  }

  /** Goes on with an answer whose stream a legacy client lost. */
  resume({ eventId, id, progressToken }: ResumedCall): boolean {
    this.#attach(this.#first);
    this.#id = id;
    this.#progressToken = progressToken;
    this.#call = this.plan.channel.resume(eventId, this);
    if (this.#call !== null) return true;
    this.#over = true;
    this.#leave();
    return false;
  }

  /** Sends the request, or sends it again with the answers to the server's questions. */
  send(state: string | null, inputResponses: string | null): void {
    const prepared = prepareCall(this.services, this.#first, this.plan, { state, inputResponses });
    this.#id = prepared.id;
    this.#progressToken = prepared.progressToken;
    this.#call = this.plan.channel.send(prepared.message, this);
    if (this.#over) this.#call.cancel();
  }

  open(): void {
    this.#asked?.turn.stream();
  }

  /** What is our own fault ends this call: the channel may have let go of it by then, so that nobody else would. */
  message(event: ChannelEvent): void {
    try {
      this.#take(event);
    } catch (problem) {
      this.services.report(problem);
      this.fail('internal');
    }
  }

  #take(event: ChannelEvent): void {
    if (this.#over) return;
    if (event.data.length === 0) {
      this.#event(event.data, event);
      return;
    }
    const scanned = scanResponse(event.data);
    if (!scanned.ok) {
      this.fail('upstream-malformed');
      return;
    }
    switch (scanned.message.kind) {
      case 'response':
      case 'error':
        this.#conclude(event.data, scanned.message);
        return;
      case 'notification':
        this.#notify(event, scanned.message);
        return;
      case 'request':
        this.#asksClient(event, scanned.message);
    }
  }

  /** The stream ended early. A legacy client comes back for the rest; for a modern one we do. */
  ended(eventId: string, retryMs: number | null): void {
    if (this.#over) return;
    const { channel } = this.plan;
    const asked = this.#asked;
    if (asked?.era === 'legacy' && channel.era === 'legacy') {
      this.#end(null);
      asked.turn.interrupt();
      return;
    }
    setTimeout(() => this.#goOn(eventId), Math.min(retryMs ?? 0, RESUME_DELAY_MS_MAX));
  }

  #goOn(eventId: string): void {
    if (this.#over) return;
    this.#call = this.plan.channel.resume(eventId, this);
    if (this.#call === null) this.fail('upstream-truncated');
  }

  fail(reason: CallFailure): void {
    if (this.#over) return;
    const { sendAgain } = this.plan;
    if (reason === 'upstream-era' && sendAgain !== null && this.#asked === this.#first) {
      this.#end(reason);
      sendAgain();
      return;
    }
    this.#call?.cancel();
    this.#settle(reason);
  }

  /** A message for the client before the last. `event` carries the id with which a lost stream is resumed. */
  #event(message: Buffer, event: ChannelEvent): void {
    const asked = this.#asked;
    if (asked === null) return;
    asked.turn.stream();
    if (!asked.turn.event(message, this.#down(event))) this.#call?.pause();
  }

  tell(message: Buffer): void {
    this.#event(message, { data: message, eventId: null, retryMs: null });
  }

  /** Only between legacy ends is there anything to resume. */
  #down({ eventId, retryMs }: ChannelEvent): { readonly id: string | null; readonly retryMs: number | null } | null {
    const asked = this.#asked;
    if (asked === null || asked.era !== 'legacy' || this.plan.channel.era !== 'legacy') return null;
    const id =
      eventId === null || this.#id === null
        ? null
        : sealEventId(this.services.ring, asked, { eventId, id: this.#id, progressToken: this.#progressToken });
    return { id, retryMs };
  }

  #conclude(bytes: Buffer, scanned: ScannedResponse): void {
    const redacted = redactScanned(this.plan.toClient, bytes, scanned);
    this.#asked?.turn.record.addFindings('to-client', redacted.findings);
    this.#call?.finish();
    this.#settle(redacted);
  }

  /** The end of this call of the upstream: told to whoever waits, or kept until somebody does. */
  #settle(end: RedactedMessage | CallFailure): void {
    const asked = this.#asked;
    if (asked === null) {
      this.#arrived = end;
      return;
    }
    if (typeof end === 'string') {
      this.#end(end);
      answerFailure(asked, this.plan, end);
    } else if (end.kind === 'blocked') {
      this.#end(null);
      answerHeldBack(asked, this.plan, end);
    } else if (!this.#rounds.takes(asked, end.bytes, end.scanned)) {
      assert(this.#id !== null, 'nothing is answered before it was asked');
      const down = lastMessage(this.services, asked, this.plan, this.#id.up, end);
      this.#end(down.ok ? null : down.reason);
      if (down.ok) answerLast(asked, down);
      else answerFailure(asked, this.plan, down.reason);
    }
  }

  #notify(event: ChannelEvent, scanned: ScannedResponse): void {
    const asked = this.#asked;
    if (asked === null) return;
    const { services, plan } = this;
    const message = callNotification(services, asked, plan, this.#progressToken, event.data, scanned);
    if (message !== null) this.#event(message, event);
  }

  /** A legacy server asks the client something in the middle of the call. */
  #asksClient(event: ChannelEvent, scanned: ScannedResponse): void {
    this.#questions++;
    if (this.plan.channel.era === 'modern' || this.#questions > ASKS_PER_REQUEST_MAX || scanned.id === null) {
      this.fail('upstream-malformed');
      return;
    }
    this.#asks.ask(event.data, scanned);
  }

  /** Ends a modern client's request with questions, to which it comes back with another. */
  askClient(result: string): void {
    const asked = this.#asked;
    this.#end(null);
    if (asked === null) return;
    asked.turn.record.outcome = 'input-required';
    asked.turn.result(result);
  }

  /** Lets a modern client go, to come back with answers. */
  detach(): void {
    this.#leave();
    if (this.#asked !== null) this.#asked.turn.record.upstreamMs = performance.now() - this.#startedMs;
    this.#asked = null;
  }

  /** A modern client is back: with its answers, under a request of its own. `body` is what content rules left of it. */
  attachAgain(request: McpRequest, body: Buffer): void {
    this.#attach(request);
    const arrived = this.#arrived;
    this.#arrived = null;
    if (arrived !== null) this.#settle(arrived);
    else this.#asks.answered(body);
  }

  #attach(asked: McpRequest): void {
    this.#asked = asked;
    this.#startedMs = performance.now();
    const { turn, session } = asked;
    turn.exchange.onDrain(() => this.#call?.resume());
    turn.exchange.onClose((complete) => {
      if (this.#asked !== asked) return;
      // A modern client that goes away cancels (2026-07-28 streamable-http, Cancellation); for a legacy one the call goes on.
      if (asked.era === 'legacy') this.#call?.resume();
      else if (!complete) this.cancel(true);
    });
    this.#leave =
      session === null || turn.id === null
        ? () => undefined
        : this.services.inFlight.add(session.id, turn.id, () => this.cancel(false));
  }

  /** `gone`: there is nobody left to tell. */
  cancel(gone: boolean): void {
    if (this.#over) return;
    this.#call?.cancel();
    const asked = this.#asked;
    this.#end(null);
    asked?.turn.cancel(gone);
  }

  #end(failure: CallFailure | null): void {
    this.#over = true;
    this.#leave();
    this.#asks.close();
    this.#rounds.close();
    const asked = this.#asked;
    if (asked !== null) asked.turn.record.upstreamMs = performance.now() - this.#startedMs;
    this.services.health.note(this.plan.server, failure);
  }
}

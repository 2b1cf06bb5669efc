import { goOn } from '../go-on.ts';
import { RESUME_DELAY_MS_MAX, UPSTREAM_CALL_MS_MAX } from '../limits.ts';
import type { ChannelCall, ChannelEvent } from '../upstream/channel.ts';
import { AnswerInOrder, type WaitingReceiver } from './answer-in-order.ts';
import { AskUnderWay } from './ask-under-way.ts';
import type { AskingCall } from './asking-calls.ts';
import { answerFailure, answerHeldBack, answerLast, lastMessage } from './call-end.ts';
import { callNotification } from './call-notification.ts';
import type { CallPlan } from './call-plan.ts';
import type { ResumedCall } from './event-id.ts';
import { answerWithdrawn } from './denial.ts';
import { cancellable } from './in-flight.ts';
import { asksInstead, InputRounds, type RoundsExchange } from './input-rounds.ts';
import { tellLevel, wantedLevel } from './log-level.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { Patience } from './patience.ts';
import { prepareCall } from './prepare-call.ts';
import type { CallFailure } from './refusals.ts';
import { redactScanned, type RedactedMessage } from './redact-scanned.ts';
import { resumePoint, type Sent } from './resume-point.ts';
import { scanResponse, type ScannedResponse } from './scan-response.ts';
import { ServerTime } from './server-time.ts';

/**
 * One request at one upstream, from sending it to the end of the client's answer. A modern client may come and go
 * meanwhile: while it answers a question of a legacy server the exchange is held without a client (protocol.md, section 2).
 */
export class CallExchange implements WaitingReceiver, RoundsExchange, AskingCall {
  readonly plan: CallPlan;
  readonly services: Services;
  #asked: McpRequest | null = null;
  /** The request that began it: what is sent, however often. */
  readonly client: McpRequest;
  #sent: Sent | null = null;
  #call: ChannelCall | null = null;
  #arrived: RedactedMessage | CallFailure | null = null;
  #over = false;
  /** Null, both: nothing was asked. */
  #asks: AskUnderWay | null = null;
  #rounds: InputRounds | null = null;
  #patience: Patience | null = null;
  /** Null: no message of the answer has to be waited for. */
  readonly #inOrder: AnswerInOrder | null;
  readonly #time = new ServerTime();
  #leave: () => void = () => undefined;

  constructor(services: Services, asked: McpRequest, plan: CallPlan) {
    this.services = services;
    this.plan = plan;
    this.client = asked;
    this.#inOrder = plan.toClient.external.length === 0 ? null : new AnswerInOrder(this, () => this.#call);
  }

  get asked(): McpRequest | null {
    return this.#asked;
  }

  get over(): boolean {
    return this.#over;
  }

  get signal(): AbortSignal {
    this.#patience ??= new Patience(this.plan.callMs ?? UPSTREAM_CALL_MS_MAX);
    return this.#patience.signal;
  }

  /** Sends the request; the answer arrives later. */
  run(): void {
    this.#attach(this.client);
    tellLevel(this.client, this.plan.route.server, this.plan.channel, wantedLevel(this.services, this.client));
    this.send(this.plan.state, null);
  }

  /** Goes on with an answer whose stream a legacy client lost. */
  resume({ eventId, id, progressToken }: ResumedCall): boolean {
    this.#attach(this.client);
    this.#sent = { id, progressToken };
    this.#call = this.plan.channel.resume(eventId, this.#inOrder ?? this);
    if (this.#call !== null) return true;
    this.#over = true;
    this.#leave();
    return false;
  }

  /** Sends the request, or sends it again with the answers to the server's questions. */
  send(state: string | null, inputResponses: string | null): void {
    this.#patience?.renew();
    this.#time.asked();
    const prepared = prepareCall(this.services, this.client, this.plan, { state, inputResponses });
    this.#sent = prepared;
    this.#call = this.plan.channel.send(prepared.message, this.#inOrder ?? this);
    if (this.#over) this.#call.cancel();
  }

  open(): void {
    this.#asked?.turn.stream();
  }

  /** What is our own fault ends this call: the channel may have let go of it by then, so that nobody else would. */
  message(event: ChannelEvent): void {
    try {
      void this.take(event);
    } catch (problem) {
      this.broken(problem);
    }
  }

  broken(problem: unknown): void {
    this.services.report(problem);
    this.fail('internal');
  }

  take(event: ChannelEvent): Promise<void> | void {
    if (this.#over) return;
    if (event.data.length === 0) return this.#event(event.data, event);
    const scanned = scanResponse(event.data);
    if (!scanned.ok) return this.fail('upstream-malformed');
    switch (scanned.message.kind) {
      case 'response':
      case 'error':
        return this.#conclude(event.data, scanned.message);
      case 'notification':
        return this.#notify(event, scanned.message);
      case 'request':
        this.#asks ??= new AskUnderWay(this);
        return this.#asks.ask(event.data, scanned.message);
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
    const delayMs = Math.min(retryMs ?? 0, RESUME_DELAY_MS_MAX);
    setTimeout(() => {
      if (this.#over) return;
      this.#call = channel.resume(eventId, this.#inOrder ?? this);
      if (this.#call === null) this.fail('upstream-truncated');
    }, delayMs);
  }

  fail(reason: CallFailure): void {
    if (this.#over) return;
    const { sendAgain } = this.plan;
    if (reason === 'upstream-era' && sendAgain !== null && this.#asked === this.client) {
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
    const resume = resumePoint(this.services, asked, this.plan.channel.era, event, this.#sent);
    asked.turn.stream();
    if (!asked.turn.event(message, resume)) this.#call?.pause();
  }

  tell(message: Buffer): void {
    this.#event(message, { data: message, eventId: null, retryMs: null });
  }

  /** Nothing more is wanted of the server, even if its answer has to be looked through for a while. */
  #conclude(bytes: Buffer, scanned: ScannedResponse): Promise<void> | void {
    const redacted = redactScanned(this.plan.toClient, bytes, scanned, this);
    this.#call?.finish();
    this.#time.answered();
    return goOn(redacted, (known) => this.#settle(known));
  }

  /** The end of this call of the upstream: told to whoever waits, or kept until somebody does. */
  #settle(end: RedactedMessage | CallFailure): void {
    if (this.#over) return;
    const asked = this.#asked;
    if (asked === null) {
      this.#arrived = end;
      return;
    }
    if (typeof end === 'string') {
      this.#end(end);
      answerFailure(asked, this.plan, end);
      return;
    }
    asked.turn.record.addFindings('to-client', end.findings);
    if (end.kind === 'blocked') {
      this.#end(null);
      answerHeldBack(asked, this.plan, end);
      return;
    }
    if (asksInstead(this.plan.channel.era, end.bytes, end.scanned)) {
      this.#rounds ??= new InputRounds(this);
      if (this.#rounds.takes(asked, end.bytes, end.scanned)) return;
    }
    const down = lastMessage(this.services, asked, this.plan, this.#sent, end);
    this.#end(down.ok ? null : down.reason);
    answerLast(asked, this.plan, down);
  }

  #notify(event: ChannelEvent, scanned: ScannedResponse): Promise<void> | void {
    const asked = this.#asked;
    if (asked === null) return;
    const { services, plan } = this;
    const token = this.#sent?.progressToken ?? null;
    const message = callNotification(services, asked, plan, token, event.data, scanned, this);
    return goOn(message, (known) => {
      // It is of the request that it came within: a client that came back since then has another.
      if (known !== null && asked === this.#asked) this.#event(known, event);
    });
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
    this.#time.note(this.#asked);
    this.#asked = null;
  }

  /** A modern client is back: with its answers, under a request of its own. `body` is what content rules left of it. */
  attachAgain(request: McpRequest, body: Buffer): void {
    this.#attach(request);
    const arrived = this.#arrived;
    this.#arrived = null;
    if (arrived !== null) this.#settle(arrived);
    else this.#asks?.answered(body);
  }

  #attach(asked: McpRequest): void {
    this.#asked = asked;
    this.#time.start();
    const { turn } = asked;
    turn.exchange.onDrain(() => {
      if (this.#inOrder?.isFull !== true) this.#call?.resume();
    });
    turn.exchange.onClose((complete) => {
      if (this.#asked !== asked) return;
      // A modern client that goes away cancels (2026-07-28 streamable-http, Cancellation); for a legacy one the call goes on.
      if (asked.era === 'legacy') this.#call?.resume();
      else if (!complete) this.cancel(true);
    });
    this.#leave = cancellable(this.services.inFlight, asked, () => this.cancel(false));
  }

  get waits(): boolean {
    return this.#asks?.waits === true || this.#rounds?.waits === true;
  }

  /** The time that a person takes is nobody else's. */
  waitForPerson(): void {
    this.#patience?.renew();
    this.services.askingCalls.add(this);
  }

  /** `gone`: there is nobody left to tell. */
  cancel(gone: boolean): void {
    this.#stop((asked) => asked.turn.cancel(gone));
  }

  withdraw(): void {
    this.#stop((asked) => answerWithdrawn(asked, this.plan.route.item));
  }

  #stop(tell: (asked: McpRequest) => void): void {
    if (this.#over) return;
    this.#call?.cancel();
    const asked = this.#asked;
    this.#end(null);
    if (asked !== null) tell(asked);
  }

  #end(failure: CallFailure | null): void {
    this.#over = true;
    this.#leave();
    this.services.askingCalls.delete(this);
    this.#asks?.close();
    this.#rounds?.close();
    this.#patience?.end();
    this.#inOrder?.close();
    this.#time.note(this.#asked);
    this.services.health.note(this.plan.server, failure);
  }
}

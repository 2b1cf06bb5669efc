import { strict as assert } from 'node:assert';
import type { Definition } from '../../schemas/types/catalog.ts';
import type { Blocked, Finding, RuleSet } from '../content/index.ts';
import type { Slot } from '../decide/index.ts';
import type { Header } from '../http/exchange.ts';
import { AnswerRelay, type RelayTarget } from './answer-relay.ts';
import { blockedResult, blockingRule } from './blocked-result.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { paramHeaders } from './param-headers.ts';
import type { CallFailure } from './refusals.ts';
import { scanRequest } from './scan.ts';
import type { Edit } from './splice.ts';
import { metadataHeaders, traceHeaders, upHeaders } from './up-headers.ts';
import { buildUpRequest, type UpRequest } from './up-request.ts';
import { AnswerReader } from './upstream-answer.ts';
import { sessionHeaders, type UpstreamSession } from './upstream-sessions.ts';
import type { Era } from './versions.ts';

/** One call that was allowed, and where it goes. */
export interface CallPlan {
  readonly slot: Slot;
  readonly definition: Definition;
  /** Names, for the session's key and the status. */
  readonly server: string;
  readonly identity: string;
  readonly url: URL;
  readonly credentials: readonly Header[];
  /** What content rules changed in the request. */
  readonly edits: readonly Edit[];
  /** In force towards the client. */
  readonly rules: RuleSet;
}

/** One call of an upstream on behalf of one request, from sending it to the end of the client's answer. */
export class UpstreamExchange implements RelayTarget {
  readonly downEra: Era;
  readonly upEra: Era;
  readonly rules: RuleSet;
  readonly #services: Services;
  readonly #asked: McpRequest;
  readonly #plan: CallPlan;
  readonly #version: string;
  #request: UpRequest | null = null;
  #session: UpstreamSession | null = null;
  #relay: AnswerRelay | null = null;
  #reopened = false;
  #startedMs = 0;
  #leave: () => void = () => undefined;

  constructor(services: Services, asked: McpRequest, plan: CallPlan) {
    const upstream = asked.snapshot.bundle.catalog.servers[plan.slot.server];
    assert(upstream !== undefined, 'the catalog has every server of the policy');
    this.#services = services;
    this.#asked = asked;
    this.#plan = plan;
    this.#version = upstream.protocolVersion;
    this.downEra = asked.era;
    this.upEra = upstream.era;
    this.rules = plan.rules;
  }

  get request(): UpRequest {
    assert(this.#request !== null, 'nothing is answered before it was sent');
    return this.#request;
  }

  /** Resolves when the call was sent or failed; the answer arrives later. */
  async run(): Promise<void> {
    const { turn, session } = this.#asked;
    this.#startedMs = performance.now();
    turn.exchange.onDrain(() => this.#relay?.resume());
    turn.exchange.onClose((complete) => {
      // A modern client that goes away cancels (2026-07-28 streamable-http, Cancellation); for a legacy one the call goes on.
      if (this.downEra === 'legacy') this.#relay?.resume();
      else if (!complete) this.#cancel(true);
    });
    if (session !== null && turn.id !== null) {
      this.#leave = this.#services.inFlight.add(session.id, turn.id, () => this.#cancel(false));
    }
    await this.#send();
  }

  /** As `#send`, where nobody waits for it. */
  async #sendAgain(): Promise<void> {
    try {
      await this.#send();
    } catch (problem) {
      this.#services.report(problem);
      this.fail('internal');
    }
  }

  async #send(): Promise<void> {
    const { turn, body, message } = this.#asked;
    const { definition, edits, url } = this.#plan;
    if (this.upEra === 'legacy' && !(await this.#openSession())) return;
    if (turn.over) return;
    const shared = this.#session !== null && this.downEra === 'modern' ? this.#session : null;
    this.#request = buildUpRequest({
      body,
      message,
      tool: definition.name,
      edits,
      downEra: this.downEra,
      upEra: this.upEra,
      version: this.#version,
      mint: shared === null ? null : () => shared.mint(),
    });
    const relay = new AnswerRelay(this);
    this.#relay = relay;
    const call = this.#services.upstreams.send(
      { method: 'POST', url, headers: this.#headers(this.#request.body), body: this.#request.body },
      new AnswerReader(relay, this.#services.report),
    );
    relay.attach(call);
  }

  #headers(body: Buffer): readonly Header[] {
    const { definition, credentials } = this.#plan;
    const trace = traceHeaders(this.#asked.turn.exchange.headers.get('traceparent'));
    if (this.#session !== null) return [...sessionHeaders(this.#session, credentials), ...trace];
    const scanned = definition.headers.length === 0 ? null : scanRequest(body);
    const args = scanned?.ok === true ? scanned.message.arguments : null;
    return [
      ...upHeaders(this.#version, credentials),
      ...metadataHeaders('tools/call', definition.name),
      ...paramHeaders(definition.headers, body, args),
      ...trace,
    ];
  }

  async #openSession(): Promise<boolean> {
    const { url, credentials } = this.#plan;
    const target = { url, credentials, protocolVersion: this.#version };
    const opened = await this.#services.sessions.open(this.#sessionKey(), target);
    if (!opened.ok) {
      this.fail(opened.reason);
      return false;
    }
    this.#session = opened.session;
    return true;
  }

  /** Nobody shares a session with another principal, identity or server; legacy clients not even with themselves. */
  #sessionKey(): string {
    const { identity, choice, session } = this.#asked;
    const { slot, server, url } = this.#plan;
    return JSON.stringify([
      identity.key,
      choice.gateway,
      slot.assignment.name,
      server,
      this.#plan.identity,
      url.href,
      session?.id ?? '',
    ]);
  }

  open(): void {
    this.#asked.turn.stream();
  }

  event(message: Buffer): boolean {
    return this.#asked.turn.event(message);
  }

  finish(message: Buffer, failed: 'no' | 'tool-error' | 'error'): void {
    const { turn } = this.#asked;
    turn.record.outcome = failed === 'no' ? 'ok' : failed;
    turn.record.error = failed === 'error' ? 'upstream-answer' : null;
    this.#end(null);
    turn.message(message);
  }

  fail(reason: CallFailure): void {
    this.#end(reason);
    const about = reason === 'internal' ? {} : { subject: `server ${this.#plan.slot.assignment.name}` };
    this.#asked.turn.refuse(reason, about);
  }

  block(blocked: Blocked): void {
    const { turn, snapshot, era } = this.#asked;
    const rule = blockingRule(blocked.findings);
    turn.record.block(rule);
    turn.record.outcome = 'refused';
    turn.record.error = blocked.failure === null ? 'result-blocked' : `content-${blocked.failure}`;
    this.#end(null);
    turn.result(blockedResult(snapshot.bundle, rule, 'result', era));
  }

  findings(findings: readonly Finding[]): void {
    this.#asked.turn.record.addFindings('to-client', findings);
  }

  answerServer(message: Buffer): void {
    if (this.#session !== null) void this.#services.sessions.post(this.#session, message);
  }

  reopen(): boolean {
    const session = this.#session;
    if (session === null || this.#reopened) return false;
    this.#reopened = true;
    this.#services.sessions.forget(this.#sessionKey(), session);
    void this.#sendAgain();
    return true;
  }

  /** `gone`: there is nobody left to tell. */
  #cancel(gone: boolean): void {
    const { turn } = this.#asked;
    if (turn.over) return;
    this.#relay?.cancel();
    if (this.#session !== null && this.#request !== null) {
      const id = this.#request.id.up.toString('utf8');
      const told = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`;
      void this.#services.sessions.post(this.#session, Buffer.from(told));
    }
    this.#end(null);
    turn.cancel(gone);
  }

  #end(failure: CallFailure | null): void {
    this.#leave();
    this.#asked.turn.record.upstreamMs = performance.now() - this.#startedMs;
    this.#services.health.note(this.#plan.server, failure);
  }
}

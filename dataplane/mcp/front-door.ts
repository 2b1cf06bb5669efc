import type { Snapshot } from '../bundle/load.ts';
import type { BodyResult, Exchange } from '../http/exchange.ts';
import { IDENTITY_FAILURES, type IdentityFailure } from '../identity/failure.ts';
import type { Identifier } from '../identity/identify.ts';
import type { Identity } from '../identity/identity.ts';
import { protectedResource, renderChallenge } from '../identity/protected-resource.ts';
import { REQUEST_BODY_BYTES_MAX } from '../limits.ts';
import { BATCH_VERSION, BatchAnswer, BatchedExchange, readBatch } from './batch.ts';
import { readCapabilities } from './client-capabilities.ts';
import { openSession, type ClientSession } from './client-session.ts';
import { contentRules } from './content-rules.ts';
import { acceptsStream, checkDoor, checkMediaTypes, type Door } from './door-checks.ts';
import { readEndpoint } from './endpoint.ts';
import { checkLegacyVersion, checkModern, checkName, classifyEra, SESSION_HEADER, VERSION_HEADER } from './era.ts';
import { contextOf } from './client-context.ts';
import { handOver, needsHome } from './hand-over.ts';
import type { ClientContext, McpRequest, Services } from './mcp-request.ts';
import { NOTIFICATIONS, REQUESTS } from './methods.ts';
import { INVALID_REQUEST } from './refusals.ts';
import { scanRequest, type ScannedRequest } from './scan.ts';
import type { Turn } from './turn.ts';
import { LEGACY_VERSIONS, type Era } from './versions.ts';
import { resumeStream } from './resume-stream.ts';
import { endSession, openSessionStream } from './streams/stream-requests.ts';

export interface FrontDoorOptions {
  readonly door: Door;
  readonly services: Services;
  readonly identifier: Identifier;
  /** The active bundle; null = none yet. */
  readonly current: () => Snapshot | null;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Begins the record of one request. */
  readonly turnOf: (exchange: Exchange, isHandedOver: boolean) => Turn;
}

/**
 * Takes every request of the public listener, in the order that the protocol demands (protocol.md 1.1): what can be
 * refused without reading further is refused first.
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
  }

  /** Never rejects. What is our own fault ends this request and nothing else. */
  answer(exchange: Exchange, isHandedOver = false): Promise<void> {
    const turn = this.#options.turnOf(exchange, isHandedOver);
    return this.#guard(turn, () => this.#answer(turn));
  }

  async #guard(turn: Turn, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      this.#options.services.report(problem);
      turn.refuse('internal');
    }
  }

  async #answer(turn: Turn): Promise<void> {
    const { exchange, record } = turn;
    // Who may connect was checked by the process that had the request first.
    const closed = checkDoor(this.#options.door, exchange, turn.isHandedOver);
    if (closed !== null) return turn.refuse(closed);
    const snapshot = this.#options.current();
    if (snapshot === null) return turn.refuse('not-ready');
    record.pin(snapshot.bundle);

    const endpoint = readEndpoint(snapshot.bundle.policy, exchange.path, exchange.query);
    if (endpoint.kind === 'none') return turn.refuse('no-such-path');
    if (endpoint.kind === 'metadata') return answerMetadata(turn, snapshot);
    record.gateway = endpoint.gateway;

    const identity = await this.#identify(turn, snapshot);
    if (identity === null) return undefined;
    if (exchange.method !== 'POST') return this.#answerSession(turn, snapshot, identity, endpoint.gateway);
    const unreadable = checkMediaTypes(exchange);
    if (unreadable !== null) return turn.refuse(unreadable);
    const body = await exchange.readBody(REQUEST_BODY_BYTES_MAX);
    record.requestBytes = body.ok ? body.body.length : body.bytes;
    if (!body.ok) return turn.refuse(body.reason);
    return this.#answerBody(turn, snapshot, identity, endpoint.gateway, body);
  }

  async #identify(turn: Turn, snapshot: Snapshot): Promise<Identity | null> {
    const { policy } = snapshot.bundle;
    const authorization = turn.exchange.headers.get('authorization') ?? undefined;
    const result = await this.#options.identifier.identify(authorization, policy, this.#options.clock());
    if (result.ok) {
      turn.record.identify(result.identity);
      return result.identity;
    }
    refuseStranger(turn, snapshot, result.reason);
    return null;
  }

  async #answerBody(
    turn: Turn,
    snapshot: Snapshot,
    identity: Identity,
    gateway: string | null,
    { body }: Extract<BodyResult, { ok: true }>,
  ): Promise<void> {
    const scanned = scanRequest(body);
    if (!scanned.ok) {
      const isWhole = !(turn.exchange instanceof BatchedExchange);
      if (scanned.reason === 'batch' && isWhole) return this.#answerBatch(turn, snapshot, identity, gateway, body);
      if (scanned.id !== null) turn.id = body.subarray(scanned.id.start, scanned.id.end);
      return turn.refuse(scanned.reason);
    }
    const { message } = scanned;
    const { record, exchange } = turn;
    if (message.kind === 'request' && message.id !== null) turn.id = body.subarray(message.id.start, message.id.end);
    const era = classifyEra(message, exchange.headers);
    record.era = era;
    record.method = message.method;
    // A session is opened by a message of its own (2025-03-26 basic/lifecycle, Initialization).
    if (message.method === 'initialize' && exchange instanceof BatchedExchange) return turn.refuse('batch');

    if (era === 'modern' && !isModernGood(turn, message)) return undefined;
    const endpoint = gateway ?? '';
    const session = era === 'legacy' ? this.#legacySession(turn, message, identity, endpoint) : null;
    if (turn.over) return undefined;

    if (session !== null && needsHome(message) && !(exchange instanceof BatchedExchange)) {
      if (await handOver(this.#options.services, turn, session.process, body)) return undefined;
    }
    const nowMs = this.#options.clock();
    record.client = (session === null ? message.clientInfo : session.client) ?? record.client;
    const capabilities = session?.capabilities ?? readCapabilities(body, message.clientCapabilities);
    const clientName = record.client.name;
    const visitor = { turn, snapshot, identity, gateway, era, session, capabilities, clientName, nowMs };
    const context = contextOf(visitor, body, message);
    record.gateway = context.choice.gateway;
    record.redactWith(contentRules(snapshot, context.call.caller, context.choice, null, 'audit'));
    return this.#dispatch({ ...context, body, message }, message.method ?? '');
  }

  /** Several messages in one body: each decided, answered and recorded by itself. */
  async #answerBatch(
    turn: Turn,
    snapshot: Snapshot,
    identity: Identity,
    gateway: string | null,
    body: Buffer,
  ): Promise<void> {
    const { headers } = turn.exchange;
    turn.record.era = 'legacy';
    const version = headers.get(VERSION_HEADER) ?? BATCH_VERSION;
    if (version !== BATCH_VERSION || headers.get(SESSION_HEADER) === null) return turn.refuse('batch');
    const session = this.#sessionOf(turn, identity, gateway ?? '');
    if (session === null) return undefined;
    if (await handOver(this.#options.services, turn, session.process, body)) return undefined;
    const messages = session.protocolVersion === BATCH_VERSION ? readBatch(body) : null;
    if (messages === null) return turn.refuse('batch');
    const answer = new BatchAnswer(turn, messages.length);
    const answers = messages.map((message) => {
      const one = this.#options.turnOf(new BatchedExchange(turn.exchange, answer, message), turn.isHandedOver);
      one.record.pin(snapshot.bundle);
      one.record.identify(identity);
      one.record.requestBytes = message.length;
      return this.#guard(one, () => this.#answerBody(one, snapshot, identity, gateway, { ok: true, body: message }));
    });
    await Promise.all(answers);
  }

  /** GET opens a legacy session's stream or goes on with a lost one, DELETE ends the session; nothing else is served. */
  async #answerSession(turn: Turn, snapshot: Snapshot, identity: Identity, gateway: string | null): Promise<void> {
    const { services, clock } = this.#options;
    const { exchange, record } = turn;
    const version = exchange.headers.get(VERSION_HEADER);
    const isLegacy = version === null || LEGACY_VERSIONS.includes(version);
    if ((exchange.method !== 'GET' && exchange.method !== 'DELETE') || !isLegacy) {
      return turn.refuse('http-method', { headers: [['allow', isLegacy ? 'GET, POST, DELETE' : 'POST']] });
    }
    record.era = 'legacy';
    record.method = exchange.method;
    const session = this.#sessionOf(turn, identity, gateway ?? '');
    if (session === null) return undefined;
    if (await handOver(services, turn, session.process, null)) return undefined;
    record.client = session.client;
    const { capabilities } = session;
    const clientName = session.client.name;
    const visitor = { turn, snapshot, identity, gateway, era: 'legacy', session, capabilities, clientName } as const;
    const context = contextOf({ ...visitor, nowMs: clock() }, null, null);
    record.gateway = context.choice.gateway;
    if (exchange.method === 'DELETE') return endSession(services, context);
    if (!acceptsStream(exchange)) return turn.refuse('not-acceptable');
    const lastEventId = exchange.headers.get('last-event-id');
    if (lastEventId === null) return openSessionStream(services, context);
    return resumeStream(services, context, lastEventId);
  }

  /**
   * Decides again who somebody is that listens, under the policy of now; null = nobody any more. The turn's record stays as
   * it was: it tells of the request that began.
   */
  async renew(context: ClientContext): Promise<ClientContext | null> {
    const { identifier, current, clock } = this.#options;
    const snapshot = current();
    if (snapshot === null) return null;
    const authorization = context.turn.exchange.headers.get('authorization') ?? undefined;
    const nowMs = clock();
    const result = await identifier.identify(authorization, snapshot.bundle.policy, nowMs);
    if (!result.ok || result.identity.key !== context.identity.key) return null;
    const { turn, era, session, capabilities, endpoint, call } = context;
    const { session: open } = context;
    if (open !== null && this.#options.services.clientStreams.sessions.isEnded(open.id)) return null;
    const gateway = endpoint === '' ? null : endpoint;
    const clientName = call.caller.clientName;
    const { identity } = result;
    return contextOf({ turn, snapshot, identity, gateway, era, session, capabilities, clientName, nowMs }, null, null);
  }

  /** The session that the request names; null for `initialize`, and where the turn is over because it needs one. */
  #legacySession(turn: Turn, message: ScannedRequest, identity: Identity, endpoint: string): ClientSession | null {
    const { headers } = turn.exchange;
    const unsupported = checkLegacyVersion(message, headers);
    if (unsupported !== null) {
      turn.refuse(unsupported.reason, unsupported);
      return null;
    }
    if (message.method === 'initialize' && message.kind === 'request') return null;
    return this.#sessionOf(turn, identity, endpoint);
  }

  #sessionOf(turn: Turn, identity: Identity, endpoint: string): ClientSession | null {
    const { services, clock } = this.#options;
    const token = turn.exchange.headers.get(SESSION_HEADER);
    const owner = { principal: identity.key, endpoint };
    const session = token === null ? null : openSession(services.ring, owner, token, clock());
    if (session === null || services.clientStreams.sessions.isEnded(session.id)) {
      turn.refuse(token === null ? 'session-required' : 'session-unknown');
      return null;
    }
    turn.record.connection = session.id;
    return session;
  }

  /** A response to a question of a process that is not the session's own: its own one was gone when the call began. */
  async #answersElsewhere(response: McpRequest): Promise<boolean> {
    const { services } = this.#options;
    const asking = services.clientRequests.processOf(response);
    if (asking === null || response.turn.exchange instanceof BatchedExchange) return false;
    return handOver(services, response.turn, asking, response.body);
  }

  async #dispatch(request: McpRequest, name: string): Promise<void> {
    const { turn, message, era } = request;
    const { services } = this.#options;
    if (message.kind !== 'request') {
      if (message.kind === 'notification') await NOTIFICATIONS.get(name)?.(services, request);
      else if (await this.#answersElsewhere(request)) return undefined;
      else if (!services.clientRequests.take(request)) turn.record.error = 'unknown-question';
      turn.record.outcome = 'ok';
      return turn.answer(202, [], null);
    }
    const method = REQUESTS.get(name);
    if (method === undefined || !method.eras.includes(era)) return turn.refuse('unknown-method-legacy');
    await method.handle(services, request);
  }
}

/** Modern requests, checked before anything is routed. Where something is wrong the turn is over. */
function isModernGood(turn: Turn, message: ScannedRequest): boolean {
  const { headers } = turn.exchange;
  if (message.kind !== 'request') return true;
  const method = REQUESTS.get(message.method ?? '');
  if (method === undefined || !isOf(method.eras, 'modern')) {
    turn.refuse('unknown-method-modern');
    return false;
  }
  const wrong =
    checkModern(message, headers) ?? (method.mirrors === null ? null : checkName(method.mirrors, message, headers));
  if (wrong !== null) turn.refuse(wrong.reason, wrong);
  return wrong === null;
}

const isOf = (eras: readonly Era[], era: Era): boolean => eras.includes(era);

function answerMetadata(turn: Turn, snapshot: Snapshot): void {
  const metadata = protectedResource(snapshot.bundle.policy);
  if (metadata === null) return turn.refuse('no-such-path');
  if (turn.exchange.method !== 'GET') return turn.refuse('http-method', { headers: [['allow', 'GET']] });
  turn.record.outcome = 'ok';
  return turn.answer(200, [['content-type', 'application/json']], Buffer.from(JSON.stringify(metadata)));
}

function refuseStranger(turn: Turn, snapshot: Snapshot, reason: IdentityFailure): void {
  const { status, text } = IDENTITY_FAILURES[reason];
  const challenge = renderChallenge(snapshot.bundle.policy, reason);
  turn.record.deny(reason);
  turn.record.error = reason;
  turn.fail(status, INVALID_REQUEST, text, null, challenge === null ? [] : [['www-authenticate', challenge]]);
}

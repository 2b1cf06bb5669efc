import type { Snapshot } from '../bundle/load.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Identifier } from '../identity/identify.ts';
import type { Identity } from '../identity/identity.ts';
import { goOn } from '../go-on.ts';
import { REQUEST_BODY_BYTES_MAX } from '../limits.ts';
import { answerMetadata, refuseStranger } from './answer-stranger.ts';
import { BATCH_VERSION, BatchAnswer, BatchedExchange, readBatch } from './batch.ts';
import { readCapabilities } from './client-capabilities.ts';
import { openSession, type ClientSession } from './client-session.ts';
import { acceptsStream, checkDoor, checkMediaTypes, type Door } from './door-checks.ts';
import { readEndpoint } from './endpoint.ts';
import { checkLegacyVersion, classifyEra, SESSION_HEADER, VERSION_HEADER } from './era.ts';
import { describeRequest } from './describe-request.ts';
import { contextOf } from './client-context.ts';
import { handOver, needsHome } from './hand-over.ts';
import type { ClientContext, McpRequest, Services } from './mcp-request.ts';
import { REQUESTS } from './methods.ts';
import { checkModernRequest, isServed } from './modern-request.ts';
import { scanRequest, type ScannedRequest } from './scan.ts';
import type { Turn } from './turn.ts';
import { takeUnasked } from './take-unasked.ts';
import { LEGACY_VERSIONS, type Era } from './versions.ts';
import { resumeStream } from './resume-stream.ts';
import { endSession, openSessionStream } from './streams/stream-requests.ts';

/** Somebody who is known, at a gateway, under the policy of one moment. `gateway` null: the path names none. */
interface Visit {
  readonly turn: Turn;
  readonly snapshot: Snapshot;
  readonly identity: Identity;
  readonly gateway: string | null;
}

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

  /** Neither throws nor rejects. What is our own fault ends this request and nothing else. */
  answer(exchange: Exchange, isHandedOver = false): void | Promise<void> {
    const turn = this.#options.turnOf(exchange, isHandedOver);
    return this.#guard(turn, () => this.#answer(turn));
  }

  #guard(turn: Turn, work: () => void | Promise<void>): void | Promise<void> {
    const broken = (problem: unknown): void => {
      this.#options.services.report(problem);
      turn.refuse('internal');
    };
    try {
      const working = work();
      return working instanceof Promise ? working.catch(broken) : undefined;
    } catch (problem) {
      return broken(problem);
    }
  }

  #answer(turn: Turn): void | Promise<void> {
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
    const { gateway } = endpoint;
    // Under rules that are not known yet nothing is recorded that somebody made up.
    record.gateway = gateway === null || !snapshot.engine.hasGateway(gateway) ? null : gateway;
    const { identifier, clock } = this.#options;
    const authorization = exchange.headers.get('authorization') ?? undefined;
    return goOn(identifier.identify(authorization, snapshot.bundle.policy, clock()), (identified) => {
      if (!identified.ok) return refuseStranger(turn, snapshot, identified.reason);
      record.identify(identified.identity);
      return this.#answerKnown({ turn, snapshot, identity: identified.identity, gateway });
    });
  }

  #answerKnown(visit: Visit): void | Promise<void> {
    const { turn } = visit;
    const { exchange, record } = turn;
    if (exchange.method !== 'POST') return this.#answerSession(visit);
    const unreadable = checkMediaTypes(exchange);
    if (unreadable !== null) return turn.refuse(unreadable);
    return goOn(exchange.readBody(REQUEST_BODY_BYTES_MAX), (body) => {
      record.requestBytes = body.ok ? body.body.length : body.bytes;
      if (!body.ok) return turn.refuse(body.reason);
      return this.#answerBody(visit, body.body);
    });
  }

  #answerBody(visit: Visit, body: Buffer): void | Promise<void> {
    const { turn, identity, gateway } = visit;
    const scanned = scanRequest(body);
    if (!scanned.ok) {
      const isWhole = !(turn.exchange instanceof BatchedExchange);
      if (scanned.reason === 'batch' && isWhole) return this.#answerBatch(visit, body);
      if (scanned.id !== null) turn.id = body.subarray(scanned.id.start, scanned.id.end);
      return turn.refuse(scanned.reason);
    }
    const { message } = scanned;
    const { record, exchange } = turn;
    if (message.kind === 'request' && message.id !== null) turn.id = body.subarray(message.id.start, message.id.end);
    const era = classifyEra(message, exchange.headers);
    record.era = era;
    record.method = isServed(message.method) ? message.method : null;
    // A session is opened by a message of its own (2025-03-26 basic/lifecycle, Initialization).
    if (message.method === 'initialize' && exchange instanceof BatchedExchange) return turn.refuse('batch');

    if (era === 'modern') {
      const wrong = checkModernRequest(message, exchange.headers);
      if (wrong !== null) {
        this.#contextOf(visit, era, null, body, message);
        return turn.refuse(wrong.reason, wrong);
      }
    }
    const endpoint = gateway ?? '';
    const session = era === 'legacy' ? this.#legacySession(turn, message, identity, endpoint) : null;
    if (turn.over) return undefined;

    const isElsewhere =
      session !== null && needsHome(message) && !(exchange instanceof BatchedExchange)
        ? handOver(this.#options.services, turn, session.process, body)
        : false;
    return goOn(isElsewhere, (handedOver) =>
      handedOver ? undefined : this.#answerHere(visit, era, session, body, message),
    );
  }

  #answerHere(
    visit: Visit,
    era: Era,
    session: ClientSession | null,
    body: Buffer,
    message: ScannedRequest,
  ): void | Promise<void> {
    const context = this.#contextOf(visit, era, session, body, message);
    return this.#dispatch({ ...context, body, message }, message.method ?? '');
  }

  /** Who sends a message, and what may be recorded and repeated of it. */
  #contextOf(
    visit: Visit,
    era: Era,
    session: ClientSession | null,
    body: Buffer,
    message: ScannedRequest,
  ): ClientContext {
    const { record } = visit.turn;
    const nowMs = this.#options.clock();
    record.client = (session === null ? message.clientInfo : session.client) ?? record.client;
    const capabilities = session?.capabilities ?? readCapabilities(body, message.clientCapabilities);
    const clientName = record.client.name;
    const context = contextOf({ ...visit, era, session, capabilities, clientName, nowMs }, body, message);
    describeRequest(context, message.method);
    return context;
  }

  /** Several messages in one body: each decided, answered and recorded by itself. */
  async #answerBatch(visit: Visit, body: Buffer): Promise<void> {
    const { turn, snapshot, identity, gateway } = visit;
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
    const answers = messages.map(async (message) => {
      const one = this.#options.turnOf(new BatchedExchange(turn.exchange, answer, message), turn.isHandedOver);
      one.record.pin(snapshot.bundle);
      one.record.identify(identity);
      one.record.requestBytes = message.length;
      await this.#guard(one, () => this.#answerBody({ ...visit, turn: one }, message));
    });
    await Promise.all(answers);
  }

  /** GET opens a legacy session's stream or goes on with a lost one, DELETE ends the session; nothing else is served. */
  async #answerSession(visit: Visit): Promise<void> {
    const { turn, identity, gateway } = visit;
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
    const context = contextOf(
      { ...visit, era: 'legacy', session, capabilities, clientName, nowMs: clock() },
      null,
      null,
    );
    describeRequest(context, exchange.method);
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

  #dispatch(request: McpRequest, name: string): void | Promise<void> {
    const { turn, message, era } = request;
    const { services } = this.#options;
    if (message.kind !== 'request') return takeUnasked(services, request);
    const method = REQUESTS.get(name);
    if (method === undefined || !method.eras.includes(era)) return turn.refuse('unknown-method-legacy');
    return method.handle(services, request);
  }
}

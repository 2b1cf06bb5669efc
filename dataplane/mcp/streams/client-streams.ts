import type { Assignment } from '../../../schemas/types/policy.ts';
import { decideResource, exposeUri, resourceVisible } from '../../decide/index.ts';
import { goOn } from '../../go-on.ts';
import {
  LISTEN_SETTLE_MS_MAX,
  CLIENT_STREAMS_MAX,
  CLIENT_STREAMS_PER_PRINCIPAL_MAX,
  STREAM_RECHECK_MS,
} from '../../limits.ts';
import type { Channel } from '../../upstream/channel.ts';
import type { ClientSession } from '../client-session.ts';
import { contentRules } from '../content-rules.ts';
import { LOG_LEVELS } from '../log-level.ts';
import type { ClientContext } from '../mcp-request.ts';
import { redactScanned } from '../redact-scanned.ts';
import type { ScannedResponse } from '../scan-response.ts';
import { readAnnouncement, type Announcement, type ListKind } from './announcement.ts';
import type { EventStream } from './event-stream.ts';
import type { ServerQuestion } from './server-question.ts';
import { SessionStates, type SessionState } from './session-state.ts';
import { UpstreamListening, type Hearer } from './upstream-listening.ts';
import { seesAny, wantedOf } from './wanted-servers.ts';

/** Decides again who a client is and what it may; null = it may no longer listen. */
export type Renew = (context: ClientContext) => Promise<ClientContext | null>;

/** Told that the resources of an assignment changed, as its server lists them for this client. */
export type ForgetResources = (context: ClientContext, assignment: Assignment) => void;

/** Opens the channel of an assignment on behalf of a client; null = it cannot be opened now. */
export type OpenChannel = (context: ClientContext, assignment: Assignment) => Promise<Channel | null>;

/**
 * What clients hear outside of any request of theirs, and what they set for it. Everybody who listens is decided again on
 * every change of policy, and now and then since tokens and grants expire.
 */
export class ClientStreams {
  readonly sessions = new SessionStates();
  readonly #streams = new Map<EventStream, Map<string, UpstreamListening>>();
  readonly #byPrincipal = new Map<string, number>();
  readonly #renew: Renew;
  readonly #open: OpenChannel;
  readonly #forget: ForgetResources;
  readonly #question: ServerQuestion;
  readonly #report: (problem: unknown) => void;
  readonly #timer: NodeJS.Timeout;

  constructor(options: {
    readonly renew: Renew;
    readonly open: OpenChannel;
    readonly forgetResources: ForgetResources;
    readonly question: ServerQuestion;
    readonly report: (problem: unknown) => void;
  }) {
    this.#renew = options.renew;
    this.#open = options.open;
    this.#forget = options.forgetResources;
    this.#question = options.question;
    this.#report = options.report;
    this.#timer = setInterval(() => this.recheck(), STREAM_RECHECK_MS).unref();
  }

  get size(): number {
    return this.#streams.size;
  }

  /** The severity from which a legacy session wants log messages; null = it has not said. */
  logLevel(session: ClientSession): string | null {
    return this.sessions.find(session.id)?.logLevel ?? null;
  }

  /** Whether one stream more may be opened for a principal. */
  hasRoom(principal: string): boolean {
    const own = this.#byPrincipal.get(principal) ?? 0;
    return this.#streams.size < CLIENT_STREAMS_MAX && own < CLIENT_STREAMS_PER_PRINCIPAL_MAX;
  }

  /** Serves a stream until its client goes or may no longer listen. */
  add(stream: EventStream): void {
    const principal = stream.context.identity.key;
    this.#streams.set(stream, new Map());
    this.#byPrincipal.set(principal, (this.#byPrincipal.get(principal) ?? 0) + 1);
    stream.context.turn.exchange.onClose(() => this.#remove(stream, principal));
    this.listen(stream);
  }

  /** Hears the servers that a stream is about, and no longer those that it is not about any more. */
  listen(stream: EventStream): void {
    const listening = this.#listen(stream).catch(this.#report);
    stream.settled = Promise.race([listening, elapsed(LISTEN_SETTLE_MS_MAX)]);
  }

  /**
   * Waits until a legacy session that has a stream hears its servers: one that asks in the middle of a call on a stream of
   * its own, which is not there yet, asks nobody.
   */
  settled(session: ClientSession): Promise<void> | null {
    return this.sessions.find(session.id)?.stream?.settled ?? null;
  }

  /** A server said that one of its lists changed, to one of our identities. */
  serverChanged(server: string, identity: string, list: ListKind): void {
    for (const stream of this.#streams.keys()) {
      const { context } = stream;
      const of = context.choice.view?.gateway.gateway.assignments.find((assignment) => {
        const named = context.snapshot.bundle.policy.servers[assignment.server];
        return named?.name === server && named.identities[assignment.identity]?.name === identity;
      });
      if (of === undefined) continue;
      if (list === 'resources') this.#forget(context, of);
      if (seesAny(context, of, list)) stream.listChanged(list);
    }
  }

  /**
   * Takes an announcement that came on the stream of a call; false = it belongs to the call after all. Legacy servers may
   * send them there; whoever listens hears them as if they came on the server's own stream.
   */
  announced(asked: ClientContext, assignment: Assignment, data: Buffer, scanned: ScannedResponse): boolean {
    const announcement = readAnnouncement(scanned);
    if (announcement.kind !== 'list' && announcement.kind !== 'resource') return false;
    if (announcement.kind === 'list' && announcement.list === 'resources') this.#forget(asked, assignment);
    for (const stream of this.#streams.keys()) {
      const { context } = stream;
      if (context.choice.view?.gateway !== asked.choice.view?.gateway) continue;
      const isOwn =
        asked.session === null
          ? context.session === null && asked.identity.key === context.identity.key
          : asked.session.id === context.session?.id;
      if (isOwn) this.#tell(stream, assignment, data, scanned, announcement);
    }
    return true;
  }

  /** Decides again about everybody who listens. */
  recheck(): void {
    for (const stream of this.#streams.keys()) this.#recheck(stream).catch(this.#report);
  }

  /** Ends a legacy session: what is left is the channels to close. */
  endSession(session: ClientSession): SessionState | null {
    const state = this.sessions.end(session.id);
    state?.stream?.end();
    return state;
  }

  /** Ends all, in good order. */
  close(): void {
    clearInterval(this.#timer);
    for (const stream of this.#streams.keys()) stream.end();
  }

  async #recheck(stream: EventStream): Promise<void> {
    if (stream.over) return;
    const context = await this.#renew(stream.context);
    if (stream.over) return;
    if (context === null) {
      stream.end();
      return;
    }
    stream.renew(context);
    const { view } = stream.context.choice;
    const open = stream.wants.uris.filter(
      (uri) => view !== null && decideResource(view, uri, stream.context.call).decision.allow,
    );
    if (open.length < stream.wants.uris.length) stream.wants = { ...stream.wants, uris: open };
    await this.#listen(stream);
  }

  async #listen(stream: EventStream): Promise<void> {
    const listening = this.#streams.get(stream);
    if (listening === undefined) return;
    const wanted = wantedOf(stream);
    const lost = new Set<string>();
    for (const [owner, one] of listening) {
      if (wanted.has(owner) && !one.isGone) continue;
      one.stop();
      listening.delete(owner);
      if (one.isGone) lost.add(owner);
    }
    const opened = [...wanted].map(async ([owner, { assignment, uris }]) => {
      const known = listening.get(owner);
      const wants = { lists: stream.wants.lists, uris };
      if (known !== undefined) {
        known.want(wants);
        return;
      }
      const channel = await this.#open(stream.context, assignment);
      if (channel === null || stream.over || listening.has(owner) || this.#streams.get(stream) !== listening) return;
      const hearer = this.#hearerOf(stream, assignment.name, channel);
      listening.set(owner, new UpstreamListening(channel, wants, hearer));
      if (lost.has(owner)) hearer.missed();
      await channel.listening();
    });
    await Promise.all(opened);
  }

  /** The assignment is looked up each time: another bundle has another one of that name. */
  #hearerOf(stream: EventStream, name: string, channel: Channel): Hearer {
    const now = (): Assignment | undefined =>
      stream.context.choice.view?.gateway.gateway.assignments.find((assignment) => assignment.name === name);
    return {
      heard: (data, scanned) => {
        const assignment = now();
        if (assignment !== undefined) this.#tell(stream, assignment, data, scanned, readAnnouncement(scanned));
      },
      asked: (data, scanned) => {
        const assignment = now();
        if (assignment === undefined) return;
        stream.inOrder(() => this.#question(stream, assignment, channel, data, scanned), data.length);
      },
      missed: () => {
        const assignment = now();
        if (assignment !== undefined) this.#forget(stream.context, assignment);
        stream.listChanged('resources');
      },
      gone: () => this.listen(stream),
    };
  }

  /** One announcement to one client, as far as it concerns what this client sees. */
  #tell(
    stream: EventStream,
    assignment: Assignment,
    data: Buffer,
    scanned: ScannedResponse,
    announcement: Announcement,
  ): void {
    const { context } = stream;
    const { view } = context.choice;
    if (view === null) return;
    switch (announcement.kind) {
      case 'list':
        if (announcement.list === 'resources') this.#forget(context, assignment);
        if (seesAny(context, assignment, announcement.list)) stream.listChanged(announcement.list);
        return;
      case 'resource': {
        // The subscription may be to a resource of which this one is a part.
        if (!resourceVisible(view, assignment, announcement.uri, context.call)) return;
        stream.resourceUpdated(exposeUri(view.gateway, assignment, announcement.uri));
        return;
      }
      case 'log': {
        const level = context.session === null ? null : this.logLevel(context.session);
        const severity = LOG_LEVELS.indexOf(announcement.level ?? '');
        if (context.era === 'modern' || severity < 0 || severity < LOG_LEVELS.indexOf(level ?? '')) return;
        this.#pass(stream, assignment, data, scanned);
        return;
      }
      case 'elicitation':
        if (context.era === 'legacy') this.#pass(stream, assignment, data, scanned);
        return;
      case 'other':
    }
  }

  #pass(stream: EventStream, assignment: Assignment, data: Buffer, scanned: ScannedResponse): void {
    const { snapshot, call, choice, turn } = stream.context;
    const about = { server: assignment.server, definition: -1 };
    const rules = contentRules(snapshot, call.caller, choice, about, 'to-client');
    const redact = (): Promise<void> | void =>
      goOn(redactScanned(rules, data, scanned, stream), (redacted) => {
        turn.record.addFindings('to-client', redacted.findings);
        if (redacted.kind === 'passed') stream.pass(redacted.bytes, redacted.scanned);
      });
    stream.inOrder(redact, data.length);
  }

  #remove(stream: EventStream, principal: string): void {
    const listening = this.#streams.get(stream);
    if (listening === undefined) return;
    this.#streams.delete(stream);
    stream.close();
    for (const one of listening.values()) one.stop();
    const left = (this.#byPrincipal.get(principal) ?? 1) - 1;
    if (left > 0) this.#byPrincipal.set(principal, left);
    else this.#byPrincipal.delete(principal);
    const { session } = stream.context;
    const state = session === null ? null : this.sessions.find(session.id);
    if (state?.stream === stream) state.stream = null;
    const { turn } = stream.context;
    if (!turn.over) turn.cancel(true);
  }
}

const elapsed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

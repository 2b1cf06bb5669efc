import { request as begin, type IncomingMessage } from 'node:http';
import type { Era } from '../../../dataplane/mcp/versions.ts';
import type { AuditRecord } from '../../../schemas/types/audit.ts';
import { Rig } from '../../fixtures/rig.ts';
import { whole, RawUpstream, type RawAnswer } from '../../fixtures/upstreams/raw-upstream.ts';
import { legacyScript, modernScript, result, type Question } from '../../hostile/scripts.ts';
import { Detectors, finder } from '../../fixtures/detectors.ts';
import { ENVIRONMENT, leakPolicy, MODES, OWN, type Mode } from './leak-policy.ts';
import { NUMBER, OTHER, TEXT, WORD } from './markers.ts';

/** One client in front of one server, behind the rules of one gateway. */
export interface Scene {
  readonly client: Era;
  readonly server: Era;
  readonly mode: Mode;
}

/** What a client sends besides the method and the parameters. */
export interface Sent {
  /** JSON text. */
  readonly id?: string;
  /** Further members of `_meta`, JSON text. */
  readonly meta?: string;
  /** Members beside the parameters, JSON text with a comma in front. */
  readonly beside?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a legacy client; absent = the one that stays open. */
  readonly session?: string;
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** An answer while it arrives. */
export interface Hearing {
  readonly messages: () => readonly Message[];
  readonly ended: Promise<void>;
  readonly isOver: () => boolean;
  readonly session: () => string;
  /** 0: nothing has arrived yet. */
  readonly status: () => number;
  hangUp(): void;
}

/** Everything that left the proxy since a moment, by who can read it. */
export interface Traffic {
  readonly toServers: readonly string[];
  readonly toClients: readonly string[];
  readonly records: readonly AuditRecord[];
  readonly logs: readonly string[];
  /** What analyzers and webhooks were asked. */
  readonly asked: readonly string[];
}

const q = JSON.stringify;
/** What a client declares that can be asked anything. */
const CAPABILITIES = '{"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{}}';

/** The entries that both servers list: what a list may hold, in each of its members. */
const listed = (name: string): string =>
  [
    ['name', q(TEXT.text)],
    ['title', q(TEXT.text)],
    ['description', q(TEXT.text)],
    ['mimeType', q(WORD.text)],
    ['size', '4111111111111111'],
    ['annotations', `{"audience":[${q(TEXT.text)}]}`],
    ['icons', `[{"src":${q(TEXT.text)}}]`],
    ['_meta', `{"x":${q(TEXT.text)},${q(WORD.text)}:1}`],
  ]
    .map(([key, value], at) =>
      `{"uri":"doc://${name}/${at}","name":"n",${q(key)}:${value}}`.replace('"name":"n","name"', '"name"'),
    )
    .concat(`{"uri":${q(`doc://${name}/${WORD.text}`)},"name":"n"}`)
    .join();

/** A proxy with every kind of rule, servers of both eras that say what a test tells them to, and clients of both. */
export class World {
  readonly rig = new Rig();
  readonly #servers: Readonly<Record<Era, RawUpstream>>;
  readonly #detectors: Detectors;
  readonly #sessions = new Map<Mode, string>();
  #heard: string[] = [];
  /** What clients sent so far: each request ends in one record. */
  #sent = 0;
  #marks = { legacy: 0, modern: 0, records: 0, logs: 0 };

  private constructor(servers: Readonly<Record<Era, RawUpstream>>, detectors: Detectors) {
    this.#servers = servers;
    this.#detectors = detectors;
  }

  static async open(modes: readonly Mode[] = MODES): Promise<World> {
    const servers = { legacy: await RawUpstream.open(() => null), modern: await RawUpstream.open(() => null) };
    const world = new World(servers, await Detectors.open());
    world.behave();
    const analyzer = world.#detectors.url;
    world.#detectors.analyzer = finder([...TEXT.markers, ...NUMBER.markers, ...OTHER.markers].map(({ text }) => text));
    world.rig.offer(leakPolicy({ old: servers.legacy.url, now: servers.modern.url, analyzer }));
    await world.rig.start(OWN, ENVIRONMENT);
    for (const mode of modes) world.#sessions.set(mode, await world.openSession(mode));
    return world;
  }

  async close(): Promise<void> {
    await this.rig.stop();
    await this.#servers.legacy.close();
    await this.#servers.modern.close();
    await this.#detectors.close();
  }

  behave(): void {
    this.serve('legacy');
    this.serve('modern');
  }

  /** From now on a server answers a method like that; everything else, and its lists, as always. */
  serve(era: Era, method: string | null = null, answer: (question: Question) => RawAnswer = () => null): void {
    const base = era === 'legacy' ? legacyScript(method, answer) : modernScript(method, answer);
    const more = era === 'legacy' ? '' : '"resultType":"complete",';
    const list = `${more}"resources":[${listed(era === 'legacy' ? 'old' : 'now')}]`;
    this.#servers[era].answerWith((request) => {
      const text = request.body.toString();
      if (method === 'resources/list' || !text.includes('"resources/list"')) return base(request);
      const { id } = JSON.parse(text) as { readonly id: unknown };
      return whole(result(q(id), list));
    });
  }

  /** Answers with a script that knows more than one method. */
  script(era: Era, answer: (request: Parameters<ReturnType<typeof legacyScript>>[0]) => RawAnswer): void {
    this.#servers[era].answerWith(answer);
  }

  /** What a server was sent in this scene. */
  reached(era: Era): readonly string[] {
    return this.#servers[era].requests.slice(this.#marks[era]).map(({ body }) => body.toString());
  }

  /** Opens a session of a legacy client that wants all log messages; `params` is JSON text. */
  async openSession(
    mode: Mode,
    info = '{"name":"test","version":"1"}',
    more = '',
    version = '2025-11-25',
  ): Promise<string> {
    const params = `"protocolVersion":"${version}","capabilities":${CAPABILITIES},"clientInfo":${info}${more}`;
    const hearing = this.send({ client: 'legacy', server: 'legacy', mode }, 'initialize', params, { session: '' });
    await hearing.ended;
    const session = hearing.session();
    const level = this.send({ client: 'legacy', server: 'legacy', mode }, 'logging/setLevel', '"level":"debug"', {
      session,
    });
    await level.ended;
    return session;
  }

  /** Sends a request of a client and reads the answer to its end. `params` are members, JSON text. */
  async ask(scene: Scene, method: string, params: string, sent: Sent = {}): Promise<readonly Message[]> {
    const hearing = this.send(scene, method, params, sent);
    await hearing.ended;
    return hearing.messages();
  }

  /** The same, and goes on while the answer arrives. */
  send(
    scene: Scene,
    method: string,
    params: string,
    { id = '7', meta = '', beside = '', headers = {}, session }: Sent = {},
  ): Hearing {
    const { client, mode } = scene;
    const claim =
      `"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":${CAPABILITIES}` +
      (meta.includes('/logLevel') ? '' : ',"io.modelcontextprotocol/logLevel":"debug"');
    const members = client === 'modern' ? [claim, meta] : [meta];
    const inMeta = members.filter((text) => text !== '').join();
    const all = [params, inMeta === '' ? '' : `"_meta":{${inMeta}}`].filter((text) => text !== '').join();
    const head = id === '' ? '' : `"id":${id},`;
    const body = `{"jsonrpc":"2.0",${head}"method":${q(method)},"params":{${all}}${beside}}`;
    const mirrored = /"(?:name|uri)":("(?:[^"\\]|\\.)*")/.exec(params)?.[1];
    const modern: Record<string, string> = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method };
    if (mirrored !== undefined) modern['mcp-name'] = JSON.parse(mirrored) as string;
    const own = session ?? this.#sessions.get(mode) ?? '';
    const usual = client === 'modern' ? modern : own === '' ? {} : { 'mcp-session-id': own };
    return this.#begin(mode, 'POST', { ...usual, ...headers }, body);
  }

  /** Posts what is no request: a response or a notification. `body` is JSON text. */
  async post(scene: Scene, body: string, session?: string): Promise<void> {
    const own = session ?? this.#sessions.get(scene.mode) ?? '';
    await this.#begin(scene.mode, 'POST', { 'mcp-session-id': own }, body).ended;
  }

  /** Posts messages in one body, in a session of the revision that has that. Each is recorded by itself, and so is the whole. */
  async postBatch(scene: Scene, session: string, messages: readonly string[]): Promise<void> {
    this.#sent += messages.length;
    await this.post(scene, `[${messages.join(',')}]`, session);
  }

  /** Opens the stream of a legacy session. */
  watch({ mode }: Scene, session: string): Hearing {
    return this.#begin(mode, 'GET', { 'mcp-session-id': session, accept: 'text/event-stream' }, undefined);
  }

  /** Forgets what was sent so far. */
  begin(): void {
    this.#marks = {
      legacy: this.#servers.legacy.requests.length,
      modern: this.#servers.modern.requests.length,
      records: this.#sent,
      logs: this.rig.logs.length,
    };
    this.#heard = [];
    this.#detectors.asked.length = 0;
  }

  /** What was sent since then, everything recorded. */
  async traffic(): Promise<Traffic> {
    const records = (await this.rig.records(this.#sent)).slice(this.#marks.records);
    const sent = (['legacy', 'modern'] as const).flatMap((era) => this.#servers[era].requests.slice(this.#marks[era]));
    return {
      toServers: sent.map(
        ({ method, path, headers, body }) => `${method} ${path}\n${q([...headers])}\n${body.toString()}`,
      ),
      toClients: this.#heard,
      records,
      logs: this.rig.logs.slice(this.#marks.logs),
      asked: this.#detectors.asked.map(({ body }) => body),
    };
  }

  /** What operators can ask for. */
  async status(): Promise<string> {
    return (await fetch(`${this.rig.adminOrigin}/status`)).text();
  }

  #begin(mode: Mode, method: string, headers: Readonly<Record<string, string>>, body: string | undefined): Hearing {
    this.#sent++;
    const at = this.#heard.push('') - 1;
    const heard = this.#heard;
    let response: IncomingMessage | null = null;
    let over = false;
    const all = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${this.rig.keys.bot}`,
      ...headers,
    };
    const sent = begin(`${this.rig.origin}/mcp/${mode}`, { method, headers: all, agent: false });
    const ended = new Promise<void>((resolve) => {
      const finish = (): void => {
        over = true;
        resolve();
      };
      sent.on('error', finish);
      sent.on('response', (answer) => {
        response = answer;
        heard[at] += `${q(answer.rawHeaders)}\n`;
        answer.setEncoding('utf8').on('data', (piece: string) => (heard[at] += piece));
        answer.on('error', () => undefined).on('close', finish);
      });
    });
    sent.end(body);
    return {
      ended,
      isOver: () => over,
      status: () => response?.statusCode ?? 0,
      session: () => String(response?.headers['mcp-session-id'] ?? ''),
      messages: () => messagesOf(heard[at] ?? ''),
      hangUp: () => void sent.destroy(),
    };
  }
}

/** The messages in the body of an answer, be it JSON or events. */
function messagesOf(answer: string): readonly Message[] {
  const lines = answer.split('\n').slice(1);
  return lines
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Message);
}

/** Waits for what another side does in its own time; false: it never did. */
export async function until(holds: () => boolean, waitMs = 5_000): Promise<boolean> {
  for (const startedMs = performance.now(); performance.now() - startedMs < waitMs;) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return false;
}

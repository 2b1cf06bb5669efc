import { randomBytes } from 'node:crypto';
import { request as begin, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { robotIdentity } from '../../dataplane/identity/identity.ts';
import { buildKeyRing, type KeyRing } from '../../dataplane/mcp/seal.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import { modernCall, post, type Answer } from '../fixtures/mcp-http.ts';
import { Detectors } from '../fixtures/detectors.ts';
import { Rig } from '../fixtures/rig.ts';
import { RawUpstream } from '../fixtures/upstreams/raw-upstream.ts';
import type { RigOptions } from '../fixtures/rig-policy.ts';
import type { Request, Robot } from './attack.ts';
import { legacyScript, modernScript } from './scripts.ts';
import { stagePolicy } from './stage-policy.ts';

/** Where nobody listens: a port that only the system may open. */
const NOBODY = 'http://127.0.0.1:9';

const PROGRAM = fileURLToPath(new URL('../fixtures/programs/fake-stdio.mjs', import.meta.url));

/** What tokens of the robot `bot` are bound to. */
export const BOT_KEY = robotIdentity({ subjects: [{ name: 'bot' }], issuers: [] } as unknown as Policy, 0, null, 0).key;

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** What a client was told. */
export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly messages: readonly Message[];
  /** Of the last message. */
  readonly error: NonNullable<Message['error']> | null;
  readonly result: NonNullable<Message['result']> | null;
}

/** An answer that is read while it arrives. */
export interface Watched {
  readonly response: Promise<IncomingMessage>;
  readonly text: () => string;
  readonly messages: () => readonly Message[];
  /** Resolves with the first message that is looked for. */
  readonly message: (isIt: (message: Message) => boolean) => Promise<Message>;
  readonly ended: () => boolean;
  hangUp(): void;
}

/** A proxy, servers behind it that do as they are told, and clients in front of it. */
export class Stage {
  readonly rig = new Rig();
  /** What the proxy seals with, and what it does not. */
  readonly ring: KeyRing;
  readonly strangeRing: KeyRing;
  readonly modern: RawUpstream;
  readonly legacy: RawUpstream;
  /** Where nothing may ever arrive. */
  readonly trap: RawUpstream;
  /** What the rules of some gateways ask. */
  readonly detectors: Detectors;
  /** Legacy sessions that stay open, by principal and gateway. */
  standing = { bot: '', other: '', sandbox: '' };

  private constructor(
    key: Buffer,
    [modern, legacy, trap]: readonly [RawUpstream, RawUpstream, RawUpstream],
    detectors: Detectors,
  ) {
    this.ring = ringOf(key);
    this.strangeRing = ringOf(randomBytes(32));
    this.modern = modern;
    this.legacy = legacy;
    this.trap = trap;
    this.detectors = detectors;
  }

  static async open(): Promise<Stage> {
    const key = randomBytes(32);
    const upstream = (): Promise<RawUpstream> => RawUpstream.open(() => null);
    const servers = [await upstream(), await upstream(), await upstream()] as const;
    const stage = new Stage(key, servers, await Detectors.open());
    stage.behave();
    stage.rig.offer(stage.policy());
    await stage.rig.start(
      {
        seal: { keys: ['env:SEAL_KEY'] },
        secrets: {
          token: { from: 'env:UPSTREAM_TOKEN', to: ['127.0.0.1'] },
          hook: { from: 'env:HOOK_SECRET', to: ['127.0.0.1'] },
        },
        stdio: { fake: { run: [process.execPath, PROGRAM], env: { LANG: 'C' } } },
      },
      {
        SEAL_KEY: key.toString('base64'),
        UPSTREAM_TOKEN: 'the-proxys-own-token',
        HOOK_SECRET: 'the-secret-of-the-webhook',
      },
    );
    stage.standing = {
      bot: await stage.session(),
      other: await stage.session('other'),
      sandbox: await stage.session('bot', '/mcp/sandbox'),
    };
    return stage;
  }

  policy(): RigOptions {
    const { modern, legacy, detectors } = this;
    return stagePolicy({ modern: modern.url, legacy: legacy.url, detectors: detectors.url, away: NOBODY });
  }

  async close(): Promise<void> {
    await this.rig.stop();
    await this.detectors.close();
    for (const upstream of [this.modern, this.legacy, this.trap]) await upstream.close();
  }

  /** Servers do nothing wrong from now on. */
  behave(): void {
    this.modern.answerWith(modernScript());
    this.legacy.answerWith(legacyScript());
    this.detectors.behave();
  }

  /** How many requests reached servers so far. */
  get reached(): number {
    return this.modern.requests.length + this.legacy.requests.length + this.trap.requests.length;
  }

  /** What is under way, but for questions to clients that may still answer them. */
  get underWay(): number {
    const { underWay } = this.rig.proxy.status() as { readonly underWay: Readonly<Record<string, number>> };
    return ['requests', 'streams', 'parked', 'cancellable'].reduce((sum, kind) => sum + (underWay[kind] ?? NaN), 0);
  }

  /** What an honest client gets of each server. */
  async serves(): Promise<readonly string[]> {
    const told = [await this.send(modernCall('docs_read')), await this.send(modernCall('old_echo'))];
    return told.map(({ result, body }) => (result === null ? body : 'served'));
  }

  async send({ path = '/mcp/work', as = 'bot', ...sent }: Request): Promise<Told> {
    const key = as === null ? {} : { key: this.rig.keys[as] };
    const answer = await post({ url: `${this.rig.origin}${path}`, ...key, ...sent });
    const messages = messagesOf(answer);
    const last = messages.at(-1);
    return { ...answer, messages, error: last?.error ?? null, result: last?.result ?? null };
  }

  /** Opens a legacy session; `capabilities` is JSON text. */
  async session(as: Robot = 'bot', path = '/mcp/work', capabilities = '{}', version = '2025-11-25'): Promise<string> {
    const info = '"clientInfo":{"name":"test","version":"1"}';
    const params = `{"protocolVersion":"${version}","capabilities":${capabilities},${info}}`;
    const body = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":${params}}`;
    const { headers } = await this.send({ path, as, body });
    return String(headers['mcp-session-id']);
  }

  /** Sends a request and goes on while it is answered. */
  watch({ path = '/mcp/work', as = 'bot', method = 'POST', headers, body }: Request): Watched {
    const pieces: string[] = [];
    let ended = false;
    const usual = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      accept: body === undefined ? 'text/event-stream' : 'application/json, text/event-stream',
      ...(as === null ? {} : { authorization: `Bearer ${this.rig.keys[as]}` }),
    };
    const sent = begin(`${this.rig.origin}${path}`, { method, headers: { ...usual, ...headers }, agent: false });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', (answer) => {
        answer.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
        answer.on('error', () => undefined).on('close', () => (ended = true));
        resolve(answer);
      });
    });
    response.catch(() => undefined);
    sent.end(body);
    const text = (): string => pieces.join('');
    const messages = (): readonly Message[] =>
      text()
        .split('\n')
        .filter((line) => line.startsWith('data: {') || line.startsWith('{'))
        .map((line) => JSON.parse(line.replace(/^data: /, '')) as Message);
    const message = async (isIt: (message: Message) => boolean): Promise<Message> => {
      for (;;) {
        const found = messages().find(isIt);
        if (found !== undefined) return found;
        if (ended) throw new Error(`the stream ended without the message: ${text()}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    return { response, text, messages, message, ended: () => ended, hangUp: () => void sent.destroy() };
  }
}

/** The messages of an answer, be they events of many lines. */
function messagesOf({ headers, body }: Answer): readonly Message[] {
  const isStream = String(headers['content-type']).startsWith('text/event-stream');
  const texts = isStream ? body.split('\n\n').map(dataOf) : [body];
  return texts.filter((text) => text !== '').map((text) => JSON.parse(text) as Message);
}

const dataOf = (event: string): string =>
  event
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice('data: '.length))
    .join('\n');

/** Waits for what another side does in its own time. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function ringOf(key: Uint8Array): KeyRing {
  const built = buildKeyRing([key]);
  if (!built.ok) throw new Error(built.reason);
  return built.ring;
}

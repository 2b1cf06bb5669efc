import { modernBody, modernHeaders } from '../../fixtures/mcp-http.ts';
import { open, seal, type KeyRing, type SealContext } from '../../../dataplane/mcp/seal.ts';
import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import type { Attack, Recorded } from '../attack.ts';
import { askInCall, finish, responseTo } from '../asking.ts';
import { legacyScript, result } from '../scripts.ts';
import { BOT_KEY, type Stage } from '../stage.ts';
import { cursorOf } from './cursors.ts';
import { eventIdOf, resume } from './streams.ts';

/** What a forger who has the key, or one like it, makes of a token that was given out. */
const FORGERIES: readonly [name: string, forge: (stage: Stage, context: SealContext, payload: string) => string][] = [
  ['sealed with another key', ({ strangeRing }, context, payload) => sealed(strangeRing, context, payload)],
  ['past its time', ({ ring }, context, payload) => sealed(ring, context, payload, -1)],
  [
    'sealed for another purpose',
    ({ ring }, context, payload) => sealed(ring, { ...context, purpose: 'other' }, payload),
  ],
  [
    'sealed for another principal',
    ({ ring }, context, payload) => sealed(ring, { ...context, binding: ['x', ...context.binding.slice(1)] }, payload),
  ],
  [
    'with the fields of its binding joined',
    ({ ring }, context, payload) => sealed(ring, { ...context, binding: [context.binding.join(',')] }, payload),
  ],
];

function sealed(ring: KeyRing, context: SealContext, payload: string, lifeMs = 60_000): string {
  const made = seal(ring, context, payload, Date.now() + lifeMs);
  if (!made.ok) throw new Error(made.reason);
  return made.token;
}

function opened(ring: KeyRing, context: SealContext, token: string): string {
  const read = open(ring, context, token, Date.now());
  if (!read.ok) throw new Error(`the test knows no such token: ${read.reason}`);
  return read.payload;
}

/** What is inside of a session. */
const sessionIdOf = ({ ring }: Stage, session: string): string =>
  (JSON.parse(opened(ring, { purpose: 'session', binding: [BOT_KEY, 'work'] }, session)) as [string])[0];

/** A kind of token: how it is come by, and whether one like it is taken. */
interface Kind {
  readonly name: string;
  /** Gets a token, and what it is bound to; `isTaken` presents another one in its place. */
  readonly obtain: (stage: Stage) => Promise<{
    readonly token: string;
    readonly context: SealContext;
    readonly isTaken: (token: string) => Promise<boolean>;
    readonly end: () => Promise<void>;
  }>;
  readonly recorded: readonly Recorded[];
}

const nothing = (): Promise<void> => Promise.resolve();

const KINDS: readonly Kind[] = [
  {
    name: 'a session',
    obtain: async (stage) => ({
      token: await stage.session(),
      context: { purpose: 'session', binding: [BOT_KEY, 'work'] },
      isTaken: async (token) => {
        const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
        return (await stage.send({ headers: { 'mcp-session-id': token }, body })).status === 200;
      },
      end: nothing,
    }),
    recorded: [{ method: 'initialize' }, { error: 'session-unknown' }, { method: 'ping', error: null }],
  },
  {
    name: 'a cursor',
    obtain: async (stage) => ({
      token: await cursorOf(stage),
      context: { purpose: 'cursor', binding: [BOT_KEY, 'work', 'resources/list'] },
      isTaken: async (token) => {
        const body = modernBody('resources/list', `,"cursor":"${token}"`);
        return (await stage.send({ headers: modernHeaders('resources/list'), body })).result !== null;
      },
      end: nothing,
    }),
    recorded: [{ error: null }, { error: 'unknown-cursor' }, { error: null }],
  },
  {
    name: 'the place of an event',
    obtain: async (stage) => {
      const session = await stage.session();
      const token = await eventIdOf(stage, session);
      stage.legacy.answerWith(
        legacyScript('GET', () => whole(`data: ${result('5', '"content":[]')}\n\n`, 'text/event-stream')),
      );
      return {
        token,
        context: { purpose: 'event-id', binding: [BOT_KEY, 'work', sessionIdOf(stage, session)] },
        isTaken: async (forgery) => (await stage.send(resume(session, forgery))).result !== null,
        end: nothing,
      };
    },
    recorded: [{ method: 'initialize' }, { method: 'tools/call' }, { error: 'unknown-event' }, { error: null }],
  },
  {
    name: 'the id of a question',
    obtain: async (stage) => {
      const asked = await askInCall(stage);
      const { session, id, answers } = asked;
      return {
        token: String(JSON.parse(id)),
        context: { purpose: 'server-request', binding: [BOT_KEY, 'work', sessionIdOf(stage, session)] },
        isTaken: async (forgery) => {
          await stage.send(responseTo(JSON.stringify(forgery), session));
          // What is taken goes to the server in its own time.
          return (await stage.rig.records()).at(-1)?.error === null && answers().length > 0;
        },
        end: () => finish(stage, asked),
      };
    },
    recorded: [{ method: 'initialize' }, { error: 'unknown-question' }, { error: null }, { method: 'tools/call' }],
  },
];

/** Sealed tokens, made by others than the proxy, or by the proxy for something else. */
export const FORGERIES_OF_TOKENS: readonly Attack[] = KINDS.flatMap(({ name, obtain, recorded }) =>
  FORGERIES.map(([how, forge]) => ({
    name: `${name}, ${how}`,
    attempt: async (stage: Stage): Promise<unknown> => {
      const { token, context, isTaken, end } = await obtain(stage);
      const payload = opened(stage.ring, context, token);
      const forgery = await isTaken(forge(stage, context, payload));
      // The forger is as good as the proxy, or the rest of this would show nothing.
      const likeness = await isTaken(sealed(stage.ring, context, payload));
      await end();
      return { forgery, likeness };
    },
    comesTo: { forgery: false, likeness: true },
    recorded,
    reaches: true as const,
  })),
);

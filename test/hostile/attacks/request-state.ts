import { createHash } from 'node:crypto';
import { seal, type KeyRing } from '../../../dataplane/mcp/seal.ts';
import { modernBody, modernHeaders } from '../../fixtures/mcp-http.ts';
import { refusal, served, type Attack, type Request } from '../attack.ts';
import { askableCall, askingLegacy, askingModern, comingBack, stateFor } from '../asking.ts';
import { BOT_KEY, type Stage } from '../stage.ts';

/** A state that was given out, presented where it does not belong. */
function misused(name: string, present: (state: string, stage: Stage) => Request, method = 'tools/call'): Attack {
  return {
    name,
    attempt: async (stage) => {
      const state = await stateFor(stage, '{"a":1}');
      const reached = stage.reached;
      const told = await stage.send(present(state, stage));
      return [told.error?.code, stage.reached - reached];
    },
    comesTo: [-32602, 0],
    recorded: [{ method: 'tools/call', outcome: 'input-required' }, refusal(method, 'unknown-state')],
    reaches: true,
  };
}

/** The call that the state belongs to. */
const again = (state: string): Request => askableCall('docs_ask', comingBack(state), '{"a":1}');

/** A state as the proxy would seal it for this very call, but for what is given. */
function sealed(ring: KeyRing, lifeMs: number, purpose = 'request-state'): string {
  const digest = createHash('sha256').update('{"a":1}').digest('base64url');
  const binding = [BOT_KEY, 'work', 'docs', 'tools/call', 'docs_ask', digest];
  const made = seal(ring, { purpose, binding }, '["server","forged"]', Date.now() + lifeMs);
  if (!made.ok) throw new Error(made.reason);
  return made.token;
}

/** States made by whoever holds a key: only the proxy's own, for this purpose, in time, counts. */
function forged(name: string, make: (stage: Stage) => string): Attack {
  return {
    name,
    attempt: async (stage) => {
      stage.modern.answerWith(askingModern());
      // The forger is as good as the proxy, or the rest of this would show nothing.
      const good = await stage.send(again(sealed(stage.ring, 60_000)));
      const bad = await stage.send(again(make(stage)));
      return [good.error?.code ?? 'served', bad.error?.code ?? 'served'];
    },
    comesTo: ['served', -32602],
    recorded: [{ method: 'tools/call', outcome: 'ok' }, refusal('tools/call', 'unknown-state')],
    reaches: true,
  };
}

/** State that modern clients carry from one round of a request to the next. */
export const REQUEST_STATE: readonly Attack[] = [
  misused('the state of another principal', (state) => ({ as: 'other', ...again(state) })),
  misused('a state in another gateway', (state) => ({
    path: '/mcp/sandbox',
    ...askableCall('ask', comingBack(state), '{"a":1}'),
  })),
  misused('a state with another tool', (state) => askableCall('docs_read', comingBack(state), '{"a":1}')),
  misused('a state with a tool of another server', (state) => askableCall('old_echo', comingBack(state), '{"a":1}')),
  misused('a state with other arguments', (state) => askableCall('docs_ask', comingBack(state), '{"a":2}')),
  misused('a state with one argument more', (state) => askableCall('docs_ask', comingBack(state), '{"a":1,"b":1}')),
  misused('a state without the arguments', (state) => askableCall('docs_ask', comingBack(state))),
  misused(
    'a state with another method',
    (state) => ({
      headers: modernHeaders('prompts/get', 'docs_greet'),
      body: modernBody('prompts/get', `,"name":"docs_greet","arguments":{"a":1}${comingBack(state)}`),
    }),
    'prompts/get',
  ),
  misused('a state cut short', (state) => again(state.slice(0, -1))),
  misused('a state with one letter changed', (state) =>
    again(`${state.slice(0, 30)}${state[30] === 'A' ? 'B' : 'A'}${state.slice(31)}`),
  ),
  misused('a state with padding behind', (state) => again(`${state}=`)),
  misused('a state of another key', (state) => again(state.replace(/^v1\.[^.]+/, 'v1.00000000'))),
  misused('a state of another version', (state) => again(state.replace(/^v1/, 'v0'))),
  misused('the state as its server wrote it', () => again('of-the-server')),
  misused('an empty state', () => again('')),
  misused('a session in the place of a state', (_state, { standing }) => again(standing.bot)),
  forged('a state sealed with another key', ({ strangeRing }) => sealed(strangeRing, 60_000)),
  forged('a state past its time', ({ ring }) => sealed(ring, -1)),
  forged('a state sealed for another purpose', ({ ring }) => sealed(ring, 60_000, 'session')),
  {
    name: 'a call held open for somebody else, answered by another principal, with other arguments, and twice',
    attempt: async (stage) => {
      stage.legacy.answerWith(askingLegacy());
      const asked = await stage.send(askableCall('old_echo', '', '{"a":1}'));
      const answers = ',"inputResponses":{"form-1":{"action":"accept","content":{}}}';
      const back = `${answers},"requestState":${JSON.stringify(asked.result?.['requestState'])}`;
      const told = [];
      for (const request of [
        { as: 'other', ...askableCall('old_echo', back, '{"a":1}') } as const,
        askableCall('old_echo', back, '{"a":2}'),
        askableCall('docs_ask', back, '{"a":1}'),
        askableCall('old_echo', back, '{"a":1}'),
        askableCall('old_echo', back, '{"a":1}'),
      ]) {
        const { error, result } = await stage.send(request);
        told.push(error?.code ?? result?.['resultType']);
      }
      return told;
    },
    comesTo: [-32602, -32602, -32602, 'complete', -32602],
    recorded: [
      { outcome: 'input-required' },
      refusal('tools/call', 'unknown-state'),
      refusal('tools/call', 'unknown-state'),
      refusal('tools/call', 'unknown-state'),
      served('tools/call'),
      refusal('tools/call', 'unknown-state'),
    ],
    reaches: true,
  },
  {
    name: 'a state in the place of a session',
    attempt: async (stage) => {
      const state = await stateFor(stage);
      const headers = { 'mcp-session-id': state };
      return (await stage.send({ headers, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' })).status;
    },
    comesTo: 404,
    recorded: [{ outcome: 'input-required' }, refusal('tools/list', 'session-unknown')],
    reaches: true,
  },
  {
    name: 'a state that is opened up for what its server wrote in it',
    attempt: async (stage) => {
      const state = await stateFor(stage);
      const parts = state.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
      return [state, ...parts].some((part) => part.includes('of-the-server'));
    },
    comesTo: false,
    recorded: [{ outcome: 'input-required' }],
    reaches: true,
  },
];

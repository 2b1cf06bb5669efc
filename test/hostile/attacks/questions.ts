import { refusal, served, type Attack, type Request, type Robot } from '../attack.ts';
import { askInCall, finish, responseTo, type AskedInCall } from '../asking.ts';
import { until, type Stage } from '../stage.ts';

/** Posts something in answer to a question that was put to `bot`; says whether the server heard it. */
function answered(
  name: string,
  present: (asked: AskedInCall, stage: Stage) => Promise<Request> | Request,
  comesTo: number,
  recorded: readonly Attack['recorded'][number][],
): Attack {
  return {
    name,
    attempt: async (stage) => {
      const asked = await askInCall(stage);
      const told = await stage.send(await present(asked, stage));
      const heard = asked.answers().length;
      await finish(stage, asked);
      return [told.status, heard];
    },
    comesTo: [comesTo, 0],
    // The question stays open, and its own client can still answer it.
    recorded: [served('initialize'), ...recorded, served(null), served('tools/call')],
    reaches: true,
  };
}

const DROPPED = { method: null, outcome: 'ok', error: 'unknown-question' } as const;

const cancel = (session: string, id: string, as: Robot = 'bot'): Request => ({
  as,
  headers: { 'mcp-session-id': session },
  body: `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`,
});

/** Questions of servers to clients, answered by somebody else, in another form, or twice; calls cancelled by others. */
export const QUESTIONS: readonly Attack[] = [
  answered(
    "an answer to another principal's question, in a session of one's own",
    ({ id }, { standing }) => responseTo(id, standing.other, 'other'),
    202,
    [DROPPED],
  ),
  answered("an answer in another session of one's own", ({ id }, { standing }) => responseTo(id, standing.bot), 202, [
    DROPPED,
  ]),
  answered(
    'an answer in the session of another principal',
    ({ id, session }) => responseTo(id, session, 'other'),
    404,
    [refusal(null, 'session-unknown')],
  ),
  answered("an answer under the server's own id", ({ session }) => responseTo('"q"', session), 202, [DROPPED]),
  answered('an answer under a number that could come next', ({ session }) => responseTo('1', session), 202, [DROPPED]),
  answered(
    'an answer under an id with one letter changed',
    ({ id, session }) => responseTo(`${id.slice(0, 20)}${id[20] === 'A' ? 'B' : 'A'}${id.slice(21)}`, session),
    202,
    [DROPPED],
  ),
  answered('a session in the place of an id', ({ session }) => responseTo(JSON.stringify(session), session), 202, [
    DROPPED,
  ]),
  answered(
    'an answer in another gateway',
    ({ id }, { standing }) => ({ path: '/mcp/sandbox', ...responseTo(id, standing.sandbox) }),
    202,
    [DROPPED],
  ),
  answered(
    'an answer by a modern request',
    ({ id }) => ({
      headers: { 'mcp-protocol-version': '2026-07-28' },
      body: responseTo(id, '').body ?? '',
    }),
    400,
    [refusal(null, 'session-required')],
  ),
  {
    name: 'a question answered twice, and once more with an error',
    attempt: async (stage) => {
      const asked = await askInCall(stage);
      const { id, session, call, answers } = asked;
      await stage.send(responseTo(id, session));
      await until(call.ended);
      await stage.send(responseTo(id, session));
      const error = `{"jsonrpc":"2.0","id":${id},"error":{"code":-1,"message":"no"}}`;
      await stage.send({ headers: { 'mcp-session-id': session }, body: error });
      return answers().length;
    },
    comesTo: 1,
    recorded: [served('initialize'), served(null), served('tools/call'), DROPPED, DROPPED],
    reaches: true,
  },
  {
    name: 'an answer with text that a rule blocks',
    attempt: async (stage) => {
      const asked = await askInCall(stage);
      const body = `{"jsonrpc":"2.0","id":${asked.id},"result":{"action":"accept","content":{"name":"acme_live_x"}}}`;
      await stage.send({ headers: { 'mcp-session-id': asked.session }, body });
      await until(asked.call.ended);
      return asked.answers();
    },
    comesTo: ['{"jsonrpc":"2.0","id":"q","error":{"code":-32601,"message":"method not found"}}'],
    recorded: [served('initialize'), { method: null, decision: 'deny', reason: 'content' }, served('tools/call')],
    reaches: true,
  },
  {
    name: "somebody else's call, cancelled in every way there is",
    attempt: async (stage) => {
      const asked = await askInCall(stage);
      const { standing } = stage;
      const ways = [
        cancel(standing.other, '5', 'other'),
        cancel(standing.bot, '5'),
        cancel(asked.session, '"5"'),
        cancel(asked.session, '5', 'other'),
        cancel(asked.session, asked.id),
      ];
      const statuses = [];
      for (const way of ways) statuses.push((await stage.send(way)).status);
      const over = asked.call.ended();
      await finish(stage, asked);
      return [statuses, over];
    },
    comesTo: [[202, 202, 202, 404, 202], false],
    recorded: [
      served('initialize'),
      served('notifications/cancelled'),
      served('notifications/cancelled'),
      served('notifications/cancelled'),
      refusal('notifications/cancelled', 'session-unknown'),
      served('notifications/cancelled'),
      served(null),
      served('tools/call'),
    ],
    reaches: true,
  },
];

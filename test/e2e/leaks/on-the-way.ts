import { event, openStream, result } from '../../hostile/scripts.ts';
import { ALL, prefixOf, USUAL, type Row } from './row.ts';

type Plant = (text: string, token: string) => string;

/** What a server says on the way to its answer. */
function onTheWay(method: string, name: string, plants: keyof typeof ALL, params: Plant, more: Partial<Row> = {}): Row {
  return {
    name,
    method,
    plants: ALL[plants],
    reaches: 'client',
    ...more,
    run: async (world, scene, planted, token) => {
      world.serve(scene.server, 'tools/call', ({ id, params: asked }) => (socket) => {
        const meta = asked['_meta'] as Readonly<Record<string, unknown>> | undefined;
        const own = params(planted, token).replace('TOKEN', JSON.stringify(meta?.['progressToken'] ?? 0));
        openStream(`{"jsonrpc":"2.0","method":"${method}","params":{${own}}}`)(socket);
        const type = scene.server === 'modern' ? '"resultType":"complete",' : '';
        socket.write(`${event(result(id, `${type}"content":[]`))}0\r\n\r\n`);
      });
      await world.ask(scene, 'tools/call', USUAL['tools/call']?.(prefixOf(scene)) ?? '', {
        meta: '"progressToken":"p1"',
      });
    },
  };
}

const PROGRESS = 'notifications/progress';
const LOG = 'notifications/message';

/** Everything that a server may say while it is asked. */
export const ON_THE_WAY: readonly Row[] = [
  onTheWay(
    PROGRESS,
    'the message of progress',
    'text',
    (_text, token) => `"progressToken":TOKEN,"progress":1,"message":${token}`,
  ),
  onTheWay(
    PROGRESS,
    '_meta of progress',
    'text',
    (_text, token) => `"progressToken":TOKEN,"progress":1,"_meta":{"x":${token}}`,
  ),
  onTheWay(
    PROGRESS,
    'the total of progress',
    'number',
    (planted) => `"progressToken":TOKEN,"progress":1,"total":${planted}`,
  ),
  onTheWay(PROGRESS, 'progress of something else', 'word', (_text, token) => `"progressToken":${token},"progress":1`, {
    reaches: 'nobody',
    counted: null,
  }),
  onTheWay(
    LOG,
    'a member beside a log message',
    'text',
    (_text, token) => `"level":"error","data":1},"more":{"x":${token}`,
  ),
  onTheWay(LOG, 'the data of a log message', 'text', (_text, token) => `"level":"error","data":{"a":[${token}]}`),
  onTheWay(LOG, 'a name in the data of a log message', 'word', (_text, token) => `"level":"error","data":{${token}:1}`),
  onTheWay(LOG, 'the logger of a log message', 'text', (_text, token) => `"level":"error","logger":${token},"data":1`),
  onTheWay(LOG, '_meta of a log message', 'text', (_text, token) => `"level":"error","data":1,"_meta":{"x":${token}}`),
  onTheWay(LOG, 'a level that is none', 'word', (_text, token) => `"level":${token},"data":1`, {
    reaches: 'nobody',
    counted: null,
  }),
  ...['progressToken', 'requestId', 'taskId', 'requestState', 'elicitationId'].map((member) =>
    onTheWay(
      LOG,
      `${member} of a log message`,
      'name',
      (_text, token) => `"level":"error","data":1,${JSON.stringify(member)}:${token}`,
    ),
  ),
  ...[
    'notifications/tools/list_changed',
    'notifications/prompts/list_changed',
    'notifications/resources/list_changed',
    'notifications/cancelled',
    'notifications/tasks',
    'notifications/unheard-of',
  ].map((method) =>
    onTheWay(
      method,
      `parameters of ${method} within a call`,
      'text',
      (_text, token) => `"requestId":"x","reason":${token},"_meta":{"x":${token}}`,
      { reaches: 'nobody', counted: null },
    ),
  ),
  onTheWay(
    'notifications/elicitation/complete',
    'the id of a page that was visited',
    'word',
    (_text, token) => `"elicitationId":${token}`,
    { of: { client: 'legacy' } },
  ),
];

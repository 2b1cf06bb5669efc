import { modernBody, modernHeaders } from '../../fixtures/mcp-http.ts';
import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { refusal, refused, served, type Attack, type Request } from '../attack.ts';
import { modernScript, result } from '../scripts.ts';
import type { Stage } from '../stage.ts';

const METHODS = ['tools/list', 'prompts/list', 'resources/templates/list'] as const;

const list = (method: string, cursor: string, path = '/mcp/work'): Request => ({
  path,
  headers: modernHeaders(method),
  body: modernBody(method, `,"cursor":${JSON.stringify(cursor)}`),
});

/** Makes the modern server list more than fits into a page, and returns the cursor of the next. */
export async function cursorOf(stage: Stage, changed = ''): Promise<string> {
  const entries = Array.from({ length: 1_001 }, (_, at) => `{"uri":"doc://pub/${at}${changed}","name":"n"}`);
  stage.modern.answerWith(
    modernScript('resources/list', ({ id }) =>
      whole(result(id, `"resultType":"complete","ttlMs":0,"resources":[${entries.join(',')}]`)),
    ),
  );
  const told = await stage.send({ headers: modernHeaders('resources/list'), body: modernBody('resources/list') });
  return String(told.result?.['nextCursor']);
}

function misused(name: string, present: (cursor: string, stage: Stage) => Request, method = 'resources/list'): Attack {
  return {
    name,
    attempt: async (stage) => {
      const cursor = await cursorOf(stage);
      return (await stage.send(present(cursor, stage))).error?.code;
    },
    comesTo: -32602,
    recorded: [served('resources/list'), refusal(method, 'unknown-cursor')],
    reaches: true,
  };
}

/** Places in lists. */
export const CURSORS: readonly Attack[] = [
  ...refused(
    METHODS.map((method) => [
      `a cursor for ${method}, which gives none`,
      list(method, 'x'),
      200,
      -32602,
      'unknown-cursor',
    ]),
  ),
  ...refused([
    ['an invented cursor', list('resources/list', 'x'), 200, -32602, 'unknown-cursor'],
    ['an empty cursor', list('resources/list', ''), 200, -32602, 'unknown-cursor'],
    ['a cursor without end', list('resources/list', 'v1.'.padEnd(100_000, 'a')), 200, -32602, 'unknown-cursor'],
    [
      'a session in the place of a cursor',
      ({ standing }) => list('resources/list', standing.bot),
      200,
      -32602,
      'unknown-cursor',
    ],
  ]),
  misused('the cursor of another principal', (cursor) => ({ as: 'other', ...list('resources/list', cursor) })),
  misused('a cursor in another gateway', (cursor) => list('resources/list', cursor, '/mcp/twins')),
  misused('a cursor for another list', (cursor) => list('tools/list', cursor), 'tools/list'),
  misused('a cursor cut short', (cursor) => list('resources/list', cursor.slice(0, -2))),
  {
    name: 'a cursor in a list that is another one by now',
    attempt: async (stage) => {
      const cursor = await cursorOf(stage);
      await cursorOf(stage, 'x');
      return (await stage.send(list('resources/list', cursor))).error?.message;
    },
    comesTo: 'the list has changed: begin again without a cursor',
    recorded: [served('resources/list'), served('resources/list'), refusal('resources/list', 'list-changed')],
    reaches: true,
  },
];

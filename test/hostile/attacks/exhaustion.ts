import { connect, type Socket } from 'node:net';
import { modernBody, modernCall, modernHeaders } from '../../fixtures/mcp-http.ts';
import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { failure, served, type Attack } from '../attack.ts';
import { askableCall, FORM } from '../asking.ts';
import { ask, event, legacyScript, modernScript, openStream, result } from '../scripts.ts';
import { until, type Stage } from '../stage.ts';

/** Connections that send something and then nothing more, until `end`. */
async function hold(stage: Stage, count: number, bytes: string): Promise<{ readonly end: () => Promise<void> }> {
  const { port } = new URL(stage.rig.origin);
  const sockets = await Promise.all(
    Array.from({ length: count }, () => {
      return new Promise<Socket>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes, () => resolve(socket)));
        socket.on('error', () => undefined);
      });
    }),
  );
  const end = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await until(() => sockets.every(({ closed }) => closed));
  };
  return { end };
}

const HEAD = (key: string): string =>
  `POST /mcp/work HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n`;

const times = <Value>(count: number, value: Value): readonly Value[] => Array.from({ length: count }, () => value);

/** Writes the same again and again, as fast as the other end takes it. */
function pour(socket: Socket, text: string): void {
  // Not at once: writes that succeed would leave the process no time for anything else.
  const more = (): void => void setImmediate(() => pour(socket, text));
  if (!socket.destroyed) socket.write(text, more);
}

/** Whoever asks for all there is gets its own share, and everybody else is served meanwhile. */
export const EXHAUSTION: readonly Attack[] = [
  {
    name: 'hundreds of clients that never end the head of a request',
    attempt: async (stage) => {
      const held = await hold(stage, 300, 'POST /mcp/work HTTP/1.1\r\nHost: 127');
      const meanwhile = await stage.serves();
      await held.end();
      return meanwhile;
    },
    comesTo: ['served', 'served'],
    recorded: [served('tools/call'), served('tools/call')],
    reaches: true,
  },
  {
    name: 'clients that announce a body and never send it',
    attempt: async (stage) => {
      const held = await hold(stage, 50, `${HEAD(stage.rig.keys.bot)}Content-Length: 4000000\r\n\r\n{`);
      const meanwhile = await stage.serves();
      await held.end();
      return meanwhile;
    },
    comesTo: ['served', 'served'],
    recorded: [
      served('tools/call'),
      served('tools/call'),
      ...times(50, { error: 'body-incomplete', decision: 'deny' as const }),
    ],
    reaches: true,
  },
  {
    name: 'a principal that has more questions open than it may',
    attempt: async (stage) => {
      const held: (() => void)[] = [];
      stage.legacy.answerWith((request) => {
        if (request.body.toString().startsWith('{"jsonrpc":"2.0","id":"q"'))
          for (const answer of held.splice(0)) answer();
        return legacyScript('tools/call', ({ id }) => (socket) => {
          openStream(ask('"q"', 'elicitation/create', FORM))(socket);
          held.push(() => void socket.write(`${event(result(id, '"content":[]'))}0\r\n\r\n`));
        })(request);
      });
      const told = await Promise.all(Array.from({ length: 16 }, () => stage.send(askableCall('old_echo'))));
      const more = await stage.send(askableCall('old_echo'));
      const other = await stage.send({ as: 'other', ...askableCall('old_echo') });
      const back = [...told.map((one) => ['bot', one] as const), ['other', other] as const].map(
        ([as, { result: asked }]) => {
          const answers = ',"inputResponses":{"form-1":{"action":"cancel"}}';
          const state = JSON.stringify(asked?.['requestState']);
          return stage.send({ as, ...askableCall('old_echo', `${answers},"requestState":${state}`) });
        },
      );
      const ends = await Promise.all(back);
      return [
        told.every(({ result: asked }) => asked?.['resultType'] === 'input_required'),
        more.error?.message,
        other.result?.['resultType'],
        ends.filter(({ result: ended }) => ended?.['resultType'] === 'complete').length,
      ];
    },
    comesTo: [true, 'server old asks for input that is not to be had here', 'input_required', 17],
    recorded: [
      ...times(16, { method: 'tools/call', outcome: 'input-required' as const }),
      failure('tools/call', 'upstream-input'),
      { method: 'tools/call', outcome: 'input-required' },
      ...times(17, served('tools/call')),
    ],
    reaches: true,
  },
  {
    name: 'a server that never stops talking',
    attempt: async (stage) => {
      const message = 'x'.repeat(1_000_000);
      const log = `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"${message}"}}`;
      stage.modern.answerWith(
        modernScript('tools/call', () => (socket) => {
          openStream()(socket);
          pour(socket, event(log));
        }),
      );
      return (await stage.send(modernCall('docs_read'))).error?.message;
    },
    comesTo: 'server docs sent an answer that is too large',
    recorded: [failure('tools/call', 'upstream-too-large')],
    reaches: true,
  },
  {
    name: 'a server that sends comments without end',
    attempt: async (stage) => {
      stage.modern.answerWith(
        modernScript('tools/call', () => (socket) => {
          openStream()(socket);
          const comment = `: ${'x'.repeat(1_000_000)}\n`;
          pour(socket, `${comment.length.toString(16)}\r\n${comment}\r\n`);
        }),
      );
      return (await stage.send(modernCall('docs_read'))).error?.message;
    },
    comesTo: 'server docs sent an answer that is too large',
    recorded: [failure('tools/call', 'upstream-too-large')],
    reaches: true,
  },
  {
    name: 'a server whose answer begins with headers without end',
    attempt: async (stage) => {
      stage.modern.answerWith(
        modernScript('tools/call', () => (socket) => {
          socket.write('HTTP/1.1 200 OK\r\n');
          pour(socket, `X-${'a'.repeat(1_000)}: b\r\n`);
        }),
      );
      return (await stage.send(modernCall('docs_read'))).error?.message;
    },
    comesTo: 'server docs sent an answer that is not MCP',
    recorded: [failure('tools/call', 'upstream-malformed')],
    reaches: true,
  },
  {
    name: 'a server that says it will go on for ever (1xx)',
    attempt: async (stage) => {
      stage.modern.answerWith(
        modernScript('tools/call', () => (socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000))),
      );
      return (await stage.send(modernCall('docs_read'))).error?.message;
    },
    comesTo: 'server docs sent an answer that is not MCP',
    recorded: [failure('tools/call', 'upstream-malformed')],
    reaches: true,
  },
  {
    name: 'a server whose answer would unpack to more than anybody can hold',
    attempt: async (stage) => {
      stage.modern.answerWith(
        modernScript('tools/call', ({ id }) =>
          whole(
            result(id, '"resultType":"complete"'),
            'application/json',
            '200 OK',
            'Content-Encoding: gzip, gzip, br\r\n',
          ),
        ),
      );
      const call = await stage.send(modernCall('docs_read'));
      const asked = stage.modern.requests.at(-1)?.headers.get('accept-encoding') ?? null;
      return [call.error?.message, asked];
    },
    comesTo: ['server docs sent an answer that is not MCP', null],
    recorded: [failure('tools/call', 'upstream-malformed')],
    reaches: true,
  },
  {
    name: 'a server that announces changes without end to one who listens',
    attempt: async (stage) => {
      const changed = '{"jsonrpc":"2.0","method":"notifications/resources/list_changed","params":{}}';
      stage.modern.answerWith(modernScript('subscriptions/listen', () => openStream(...times(5_000, changed))));
      const stream = stage.watch({
        headers: modernHeaders('subscriptions/listen'),
        body: modernBody('subscriptions/listen', ',"notifications":{"resourcesListChanged":true}'),
      });
      await stream.message(({ method }) => method === 'notifications/resources/list_changed');
      const meanwhile = await stage.serves();
      const heard = stream.messages().length;
      stream.hangUp();
      return [meanwhile, heard < 10];
    },
    comesTo: [['served', 'served'], true],
    recorded: [served('tools/call'), served('tools/call'), { method: 'subscriptions/listen', outcome: 'cancelled' }],
    reaches: true,
  },
];

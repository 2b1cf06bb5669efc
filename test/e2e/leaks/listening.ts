import type { Socket } from 'node:net';
import { ask, event, legacyScript, modernScript, openStream } from '../../hostile/scripts.ts';
import { ALL, prefixOf, type Row } from './row.ts';
import { until, type Hearing, type Scene, type World } from './world.ts';

const ACK = '{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{}}';

/** A client that listens, and its server: `say` sends a message on the server's own stream, when that is open. */
async function listen(
  world: World,
  scene: Scene,
  uri: string,
  during: (say: (message: string) => void, hearing: Hearing, session: string) => Promise<unknown>,
): Promise<void> {
  const streams: Socket[] = [];
  const keep = (socket: Socket, ...first: readonly string[]): void => {
    openStream(...first)(socket);
    streams.push(socket);
  };
  if (scene.server === 'legacy')
    world.script(
      'legacy',
      legacyScript('GET', () => (socket) => keep(socket)),
    );
  else
    world.script(
      'modern',
      modernScript('subscriptions/listen', () => (socket) => keep(socket, ACK)),
    );
  let session = '';
  let hearing: Hearing;
  if (scene.client === 'legacy') {
    session = await world.openSession(scene.mode);
    await world.ask(scene, 'resources/subscribe', `"uri":${JSON.stringify(uri)}`, { session });
    hearing = world.watch(scene, session);
  } else {
    const wants = `"notifications":{"resourcesListChanged":true,"resourceSubscriptions":[${JSON.stringify(uri)}]}`;
    hearing = world.send(scene, 'subscriptions/listen', wants);
  }
  await until(() => streams.length > 0, 1_000);
  await during((message) => void streams.at(-1)?.write(event(message)), hearing, session);
  hearing.hangUp();
  await hearing.ended;
}

const told = (method: string, params: string): string => `{"jsonrpc":"2.0","method":"${method}","params":{${params}}}`;
/** What is heard last: that the resource changed which the client subscribed to. */
const last = (prefix: string): string => told('notifications/resources/updated', `"uri":"doc://${prefix}/a"`);

/** A server says something to whoever listens, and then something else, which is heard behind it. */
function says(
  method: string,
  name: string,
  plants: keyof typeof ALL,
  params: (token: string, prefix: string, text: string) => string,
  more: Partial<Row> = {},
): Row {
  return {
    name,
    method,
    plants: ALL[plants],
    reaches: 'client',
    ...more,
    run: (world, scene, text, token) =>
      listen(world, scene, `doc://${prefixOf(scene)}/a`, async (say, hearing) => {
        say(told(method, params(token, prefixOf(scene), text)));
        say(last(prefixOf(scene)));
        await until(() => hearing.messages().some(({ method: heard }) => heard === 'notifications/resources/updated'));
      }),
  };
}

const LEGACY = { client: 'legacy', server: 'legacy' } as const;
const NOBODY = { reaches: 'nobody', counted: null } as const;

/** What is heard outside of any call. */
export const LISTENING: readonly Row[] = [
  says(
    'notifications/resources/updated',
    'the address of a resource that changed',
    'word',
    (_token, prefix, text) => `"uri":"doc://${prefix}/${text}"`,
    // Nobody hears of it but who subscribed to it, and so knows it.
    NOBODY,
  ),
  says(
    'notifications/resources/updated',
    'what is said of a resource that changed',
    'text',
    (token, prefix) => `"uri":"doc://${prefix}/a","title":${token},"_meta":{"x":${token}}`,
    NOBODY,
  ),
  says(
    'notifications/message',
    'a log message outside of any call',
    'text',
    (token) => `"level":"error","logger":${token},"data":${token}`,
    { of: LEGACY },
  ),
  says(
    'notifications/elicitation/complete',
    'a page that was visited, outside of any call',
    'word',
    (token) => `"elicitationId":${token}`,
    { of: LEGACY },
  ),
  ...[
    'notifications/tools/list_changed',
    'notifications/prompts/list_changed',
    'notifications/progress',
    'notifications/cancelled',
    'notifications/unheard-of',
  ].map((method) =>
    says(
      method,
      `parameters of ${method} outside of any call`,
      'text',
      (token) => `"requestId":"x","progressToken":"x","progress":1,"message":${token},"_meta":{"x":${token}}`,
      NOBODY,
    ),
  ),
  {
    name: 'a resource to listen to',
    method: 'subscriptions/listen',
    plants: ALL.word,
    of: { client: 'modern' },
    reaches: 'server',
    run: (world, scene, text) =>
      listen(world, scene, `doc://${prefixOf(scene)}/${text}`, () =>
        until(
          () => world.reached(scene.server).some((body) => body.includes(text)),
          scene.mode === 'alert' ? 5_000 : 50,
        ),
      ),
  },
  {
    name: 'a resource to hear of, once somebody listens',
    method: 'resources/subscribe',
    plants: ALL.word,
    of: { client: 'legacy' },
    reaches: 'server',
    run: (world, scene, text) =>
      listen(world, scene, `doc://${prefixOf(scene)}/${text}`, () =>
        until(
          () => world.reached(scene.server).some((body) => body.includes(text)),
          scene.mode === 'alert' ? 5_000 : 50,
        ),
      ),
  },
  {
    name: 'the message of a form, outside of any call',
    method: 'elicitation/create',
    plants: ALL.text,
    of: LEGACY,
    reaches: 'client',
    run: (world, scene, _text, token) =>
      listen(world, scene, 'doc://old/a', async (say, hearing, session) => {
        say(
          ask(
            '"q"',
            'elicitation/create',
            `{"mode":"form","message":${token},"requestedSchema":{"type":"object","properties":{}}}`,
          ),
        );
        await answer(world, scene, hearing, session, '{"action":"cancel"}');
      }),
  },
  {
    name: 'what was filled in, outside of any call',
    method: 'elicitation/create',
    plants: ALL.text,
    of: LEGACY,
    reaches: 'server',
    run: (world, scene, _text, token) =>
      listen(world, scene, 'doc://old/a', async (say, hearing, session) => {
        say(
          ask(
            '"q"',
            'elicitation/create',
            '{"mode":"form","message":"a","requestedSchema":{"type":"object","properties":{}}}',
          ),
        );
        await answer(world, scene, hearing, session, `{"action":"accept","content":{"note":${token}}}`);
      }),
  },
];

/** Answers the question that is heard, and waits until the server was told. */
async function answer(world: World, scene: Scene, hearing: Hearing, session: string, result: string): Promise<void> {
  const isTold = (): boolean => world.reached('legacy').some((body) => body.startsWith('{"jsonrpc":"2.0","id":"q"'));
  const question = () => hearing.messages().find(({ method }) => method === 'elicitation/create');
  await until(() => question() !== undefined || isTold());
  const asked = question();
  if (asked !== undefined)
    await world.post(scene, `{"jsonrpc":"2.0","id":${JSON.stringify(asked.id)},"result":${result}}`, session);
  await until(isTold);
}

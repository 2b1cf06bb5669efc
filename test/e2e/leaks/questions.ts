import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { ask, event, legacyScript, openStream, result } from '../../hostile/scripts.ts';
import { ALL, prefixOf, type Row } from './row.ts';
import { until, type Scene, type World } from './world.ts';

/** A question of a server, and its answer. Parameters and answer are JSON text. */
interface Asked {
  readonly method: string;
  readonly params: string;
  readonly answer: string;
}

const ANSWERED = '"content":[{"type":"text","text":"answered"}]';

/** A tool is called; its server asks, is answered, and answers. */
async function askWithin(world: World, scene: Scene, asked: Asked, answer = `"result":${asked.answer}`): Promise<void> {
  serveAsking(world, scene, asked);
  const params = `"name":"${prefixOf(scene)}_read","arguments":{}`;
  if (scene.client === 'modern') await answerModern(world, scene, params, asked);
  else await answerLegacy(world, scene, params, asked, answer);
}

function serveAsking(world: World, scene: Scene, { method, params }: Asked): void {
  if (scene.server === 'modern') {
    world.serve('modern', 'tools/call', ({ id, params: given }) =>
      whole(
        'inputResponses' in given
          ? result(id, `"resultType":"complete",${ANSWERED}`)
          : result(
              id,
              `"resultType":"input_required","inputRequests":{"who":{"method":"${method}","params":${params}}},"requestState":"s"`,
            ),
      ),
    );
    return;
  }
  let finish = (): void => undefined;
  const script = legacyScript('tools/call', ({ id }) => (socket) => {
    openStream(ask('"q"', method, params))(socket);
    finish = () => void socket.write(`${event(result(id, ANSWERED))}0\r\n\r\n`);
  });
  world.script('legacy', (request) => {
    if (request.body.toString().startsWith('{"jsonrpc":"2.0","id":"q"')) finish();
    return script(request);
  });
}

async function answerModern(world: World, scene: Scene, params: string, { answer }: Asked): Promise<void> {
  const [message] = await world.ask(scene, 'tools/call', params);
  if (message?.result?.['resultType'] !== 'input_required') return;
  const keys = Object.keys(message.result['inputRequests'] as object);
  const responses = keys.map((key) => `${JSON.stringify(key)}:${answer}`).join();
  const state = JSON.stringify(message.result['requestState']);
  await world.ask(scene, 'tools/call', `${params},"inputResponses":{${responses}},"requestState":${state}`, {
    id: '8',
  });
}

async function answerLegacy(
  world: World,
  scene: Scene,
  params: string,
  { method }: Asked,
  answer: string,
): Promise<void> {
  const hearing = world.send(scene, 'tools/call', params);
  const question = () => hearing.messages().find((message) => message.method === method);
  await until(() => hearing.isOver() || question() !== undefined);
  const asked = question();
  if (asked !== undefined) await world.post(scene, `{"jsonrpc":"2.0","id":${JSON.stringify(asked.id)},${answer}}`);
  await hearing.ended;
}

const FORM = (message: string, field = '"type":"string"'): string =>
  `{"mode":"form","message":${message},"requestedSchema":{"type":"object","properties":{"note":{${field}}}}}`;
const NO_ANSWER = '{"action":"cancel"}';
const SAMPLED = (text: string): string => `{"role":"assistant","content":{"type":"text","text":${text}},"model":"m"}`;
const SAMPLING = (members: string): string => `{"maxTokens":5,${members}}`;

const asks = (
  method: string,
  name: string,
  plants: keyof typeof ALL,
  params: (token: string, text: string) => string,
  answer: string,
  more: Partial<Row> = {},
): Row => ({
  name,
  method,
  plants: ALL[plants],
  reaches: 'client',
  ...more,
  run: (world, scene, text, token) => askWithin(world, scene, { method, params: params(token, text), answer }),
});

const answers = (
  method: string,
  name: string,
  plants: keyof typeof ALL,
  params: string,
  answer: (token: string, text: string) => string,
): Row => ({
  name,
  method,
  plants: ALL[plants],
  reaches: 'server',
  run: (world, scene, text, token) => askWithin(world, scene, { method, params, answer: answer(token, text) }),
});

/** What no modern question has is left out of a legacy server's. */
const OF_LEGACY: Partial<Row> = {
  reaches: ({ client, server }) => (client === 'modern' && server === 'legacy' ? 'nobody' : 'client'),
  counted: 'to-client',
};

const ELICIT = 'elicitation/create';
const SAMPLE = 'sampling/createMessage';
const ROOTS = 'roots/list';
const MESSAGES = '"messages":[{"role":"user","content":{"type":"text","text":"a"}}]';

/** What servers ask in the middle of a call, and what clients answer. */
export const QUESTIONS: readonly Row[] = [
  asks(ELICIT, 'the message of a form', 'text', (token) => FORM(token), NO_ANSWER),
  ...['title', 'description', 'default'].map((member) =>
    asks(
      ELICIT,
      `the ${member} of a field`,
      'word',
      (token) => FORM('"a"', `"type":"string",${JSON.stringify(member)}:${token}`),
      NO_ANSWER,
    ),
  ),
  asks(
    ELICIT,
    'a choice of a field',
    'word',
    (token) => FORM('"a"', `"type":"string","enum":["a",${token}]`),
    NO_ANSWER,
  ),
  asks(
    ELICIT,
    'a number of a field',
    'number',
    (_token, text) => FORM('"a"', `"type":"integer","default":${text}`),
    NO_ANSWER,
  ),
  asks(
    ELICIT,
    '_meta of a form',
    'text',
    (token) => FORM('"a"').replace('{', `{"_meta":{"x":${token}},`),
    NO_ANSWER,
    OF_LEGACY,
  ),
  asks(
    ELICIT,
    'the address of a page',
    'path',
    (_token, text) => `{"mode":"url","message":"a","elicitationId":"e","url":"https://login.acme.dev/${text}"}`,
    NO_ANSWER,
  ),
  asks(
    ELICIT,
    'the id of a page',
    'word',
    (token) => `{"mode":"url","message":"a","elicitationId":${token},"url":"https://login.acme.dev/a"}`,
    NO_ANSWER,
    OF_LEGACY,
  ),
  asks(
    SAMPLE,
    'a message for the model',
    'text',
    (token) => SAMPLING(`"messages":[{"role":"user","content":{"type":"text","text":${token}}}]`),
    SAMPLED('"a"'),
  ),
  asks(
    SAMPLE,
    'the prompt of the system',
    'text',
    (token) => SAMPLING(`${MESSAGES},"systemPrompt":${token}`),
    SAMPLED('"a"'),
  ),
  asks(
    SAMPLE,
    'metadata of a completion',
    'text',
    (token) => SAMPLING(`${MESSAGES},"metadata":{"x":${token}}`),
    SAMPLED('"a"'),
  ),
  asks(
    SAMPLE,
    'an image for the model that is text',
    'text',
    (_token, text) =>
      SAMPLING(
        `"messages":[{"role":"user","content":{"type":"image","mimeType":"image/png","data":"${Buffer.from(text).toString('base64')}"}}]`,
      ),
    SAMPLED('"a"'),
  ),
  asks(
    ROOTS,
    '_meta of a question for roots',
    'text',
    (token) => `{"_meta":{"x":${token}}}`,
    '{"roots":[]}',
    OF_LEGACY,
  ),
  answers(
    ELICIT,
    'what was filled in',
    'text',
    FORM('"a"'),
    (token) => `{"action":"accept","content":{"note":${token}}}`,
  ),
  answers(
    ELICIT,
    'the name of what was filled in',
    'word',
    FORM('"a"'),
    (token) => `{"action":"accept","content":{${token}:"a"}}`,
  ),
  answers(
    ELICIT,
    'a number that was filled in',
    'number',
    FORM('"a"'),
    (_token, text) => `{"action":"accept","content":{"note":${text}}}`,
  ),
  answers(ELICIT, 'what was chosen', 'word', FORM('"a"'), (token) => `{"action":${token}}`),
  answers(SAMPLE, 'what the model said', 'text', SAMPLING(MESSAGES), SAMPLED),
  answers(SAMPLE, 'which model said it', 'word', SAMPLING(MESSAGES), (token) => SAMPLED('"a"').replace('"m"', token)),
  answers(ROOTS, 'folders of the user', 'word', '{}', (_token, text) => `{"roots":[{"uri":"file:///home/${text}"}]}`),
  answers(ROOTS, 'names of folders', 'text', '{}', (token) => `{"roots":[{"uri":"file:///a","name":${token}}]}`),
  {
    name: 'why a client does not answer',
    method: ELICIT,
    plants: ALL.text,
    of: { client: 'legacy', server: 'legacy' },
    reaches: 'server',
    run: (world, scene, _text, token) =>
      askWithin(
        world,
        scene,
        { method: ELICIT, params: FORM('"a"'), answer: '' },
        `"error":{"code":-1,"message":${token},"data":[${token}]}`,
      ),
  },
];

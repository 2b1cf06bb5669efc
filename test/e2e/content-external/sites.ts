import type { Socket } from 'node:net';
import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { ASKABLE } from '../../hostile/asking.ts';
import { ask, event, legacyScript, modernScript, openStream, result } from '../../hostile/scripts.ts';
import { until, type Stage, type Watched } from '../../hostile/stage.ts';
import { block, complete, legacy, logged, modern, NAMES, progress } from './messages.ts';

/** A place where messages pass, with a text planted in them that a rule finds by asking an analyzer. */
export interface Site {
  readonly name: string;
  /** How often the servers and the clients get the text. */
  readonly toServers: number;
  readonly toClients: number;
  /** Lets messages pass; returns what clients were sent. `text`: JSON text. */
  readonly run: (stage: Stage, text: string) => Promise<string>;
}

type Prefix = 'docs' | 'old';

interface Parts {
  /** Members of the parameters, JSON text; `name`: what the header repeats. */
  readonly asks: (text: string, prefix: Prefix) => { readonly name?: string; readonly params: string };
  /** Members of the result, JSON text. */
  readonly answers: (text: string) => string;
}

/** A client asks and is answered, in each era. */
function exchange(name: string, [toServers, toClients]: readonly number[], method: string, parts: Parts): Site[] {
  const site = (era: string, run: Site['run']): Site => {
    return { name: `${name}, ${era}`, toServers: toServers ?? 0, toClients: toClients ?? 0, run };
  };
  return [
    site('modern', async (stage, text) => {
      const { params, name: named } = parts.asks(text, 'docs');
      const members = complete(parts.answers(text));
      stage.modern.answerWith(modernScript(method, ({ id }) => whole(result(id, members))));
      return (await stage.send(modern(method, params, named))).body;
    }),
    site('legacy', async (stage, text) => {
      stage.legacy.answerWith(legacyScript(method, ({ id }) => whole(result(id, parts.answers(text)))));
      const session = await stage.session('bot', NAMES);
      return (await stage.send(legacy(session, method, parts.asks(text, 'old').params))).body;
    }),
  ];
}

const toolOf = (prefix: Prefix): string => (prefix === 'docs' ? 'docs_read' : 'old_echo');
const call = (text: string, prefix: Prefix): { readonly name: string; readonly params: string } => ({
  name: toolOf(prefix),
  params: `"name":"${toolOf(prefix)}","arguments":{"to":${text},"deep":[{"a":${text}}]}`,
});
const uriOf = (prefix: Prefix): string => (prefix === 'docs' ? 'doc://pub/a' : 'old://a');

const EXCHANGES: readonly Site[] = [
  ...exchange('arguments and the result of a tool', [2, 1], 'tools/call', { asks: call, answers: block }),
  ...exchange('structured content and the text that repeats it', [2, 2], 'tools/call', {
    asks: call,
    answers: (text) => `${block(JSON.stringify(`{"who":${text}}`))},"structuredContent":{"who":${text}}`,
  }),
  ...exchange('a prompt and its arguments', [1, 1], 'prompts/get', {
    asks: (text, prefix) => {
      const name = `${prefix}_greet`;
      return { name, params: `"name":"${name}","arguments":{"who":${text}}` };
    },
    answers: (text) => `"messages":[{"role":"user","content":{"type":"text","text":${text}}}]`,
  }),
  ...exchange('the contents of a resource', [0, 1], 'resources/read', {
    asks: (_text, prefix) => ({ name: uriOf(prefix), params: `"uri":"${uriOf(prefix)}"` }),
    answers: (text) => `"contents":[{"uri":"doc://pub/a","text":${text}}]`,
  }),
  ...exchange('what is completed, and completions', [2, 1], 'completion/complete', {
    asks: (text, prefix) => ({
      params:
        `"ref":{"type":"ref/prompt","name":"${prefix}_greet"},"argument":{"name":"who","value":${text}},` +
        `"context":{"arguments":{"other":${text}}}`,
    }),
    answers: (text) => `"completion":{"values":[${text}]}`,
  }),
];

const DONE = (text: string): string => block(text);

/** What a server says before it answers, in order. */
const STREAMED: Site = {
  name: 'progress and log messages before a result, modern',
  toServers: 0,
  toClients: 3,
  run: async (stage, text) => {
    stage.modern.answerWith(
      modernScript('tools/call', ({ id }) => (socket) => {
        openStream(progress('"t"', text), logged(text))(socket);
        socket.end(`${event(result(id, complete(DONE(text))))}0\r\n\r\n`);
      }),
    );
    const meta = ',"io.modelcontextprotocol/logLevel":"debug","progressToken":"t"';
    const params = '"name":"docs_read","arguments":{}';
    return (await stage.send(modern('tools/call', params, 'docs_read', { meta }))).body;
  },
};

const STREAMED_LEGACY: Site = {
  name: 'progress and log messages before a result, legacy',
  toServers: 0,
  toClients: 3,
  run: async (stage, text) => {
    stage.legacy.answerWith(
      legacyScript('tools/call', ({ id, params }) => (socket) => {
        const meta = params['_meta'] as { readonly progressToken: unknown };
        openStream(progress(JSON.stringify(meta.progressToken), text), logged(text))(socket);
        socket.end(`${event(result(id, DONE(text)))}0\r\n\r\n`);
      }),
    );
    const session = await stage.session('bot', NAMES);
    await stage.send(legacy(session, 'logging/setLevel', '"level":"debug"'));
    const params = '"name":"old_echo","arguments":{},"_meta":{"progressToken":"t"}';
    return (await stage.send(legacy(session, 'tools/call', params))).body;
  },
};

const form = (message: string): string =>
  `{"mode":"form","message":${message},"requestedSchema":{"type":"object","properties":{"who":{"type":"string"}}}}`;
const filledIn = (text: string): string => `{"action":"accept","content":{"who":${text}}}`;
const responseTo = (session: string, id: unknown, text: string) => ({
  path: NAMES,
  headers: { 'mcp-session-id': session },
  body: `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${filledIn(text)}}`,
});

/** The legacy server asks within a call, and answers the call when it was answered. */
function askWithin(stage: Stage, text: string): void {
  let finish: () => void = () => undefined;
  const script = legacyScript('tools/call', ({ id }) => (socket) => {
    openStream(ask('"q"', 'elicitation/create', form(text)))(socket);
    finish = () => void socket.end(`${event(result(id, block('"done"')))}0\r\n\r\n`);
  });
  stage.legacy.answerWith((request) => {
    if (request.body.toString().startsWith('{"jsonrpc":"2.0","id":"q"')) finish();
    return script(request);
  });
}

/** The modern server asks before it answers. */
function askBefore(stage: Stage, text: string): void {
  const requests = `"inputRequests":{"who":{"method":"elicitation/create","params":${form(text)}}}`;
  stage.modern.answerWith(
    modernScript('tools/call', ({ id, params }) =>
      'inputResponses' in params
        ? whole(result(id, complete(block('"done"'))))
        : whole(result(id, `"resultType":"input_required",${requests},"requestState":"s"`)),
    ),
  );
}

/** A legacy client calls, and answers what it is asked. */
async function answerLegacy(stage: Stage, tool: string, text: string): Promise<string> {
  const session = await stage.session('bot', NAMES, ASKABLE);
  const watched = stage.watch(legacy(session, 'tools/call', `"name":"${tool}","arguments":{}`));
  const { id } = await watched.message(({ method }) => method === 'elicitation/create');
  await stage.send(responseTo(session, id, text));
  await until(watched.ended);
  return watched.text();
}

/** A modern client calls, is asked, and comes back. */
async function answerModern(stage: Stage, tool: string, text: string): Promise<string> {
  const params = `"name":"${tool}","arguments":{}`;
  const asked = await stage.send(modern('tools/call', params, tool));
  const keys = Object.keys(asked.result?.['inputRequests'] ?? {});
  const answers = keys.map((key) => `${JSON.stringify(key)}:${filledIn(text)}`).join();
  const state = JSON.stringify(asked.result?.['requestState']);
  const back = `${params},"inputResponses":{${answers}},"requestState":${state}`;
  return asked.body + (await stage.send(modern('tools/call', back, tool))).body;
}

const QUESTIONS: readonly Site[] = (
  [
    ['a legacy client and a legacy server', askWithin, answerLegacy, 'old_echo'],
    ['a legacy client and a modern server', askBefore, answerLegacy, 'docs_ask'],
    ['a modern client and a legacy server', askWithin, answerModern, 'old_echo'],
    ['a modern client and a modern server', askBefore, answerModern, 'docs_ask'],
  ] as const
).map(([name, asks, answers, tool]) => ({
  name: `a question within a call and its answer, ${name}`,
  toServers: 1,
  toClients: 1,
  run: (stage, text) => {
    asks(stage, text);
    return answers(stage, tool, text);
  },
}));

/** A legacy client listens; the server says something on its own stream. */
async function hear(
  stage: Stage,
  told: string,
  during: (stream: Watched, session: string) => Promise<unknown>,
): Promise<string> {
  const streams: Socket[] = [];
  stage.legacy.answerWith(
    legacyScript('GET', () => (socket) => {
      openStream()(socket);
      streams.push(socket);
    }),
  );
  const session = await stage.session('bot', NAMES, ASKABLE);
  await stage.send(legacy(session, 'logging/setLevel', '"level":"debug"'));
  const stream = stage.watch({ path: NAMES, method: 'GET', headers: { 'mcp-session-id': session } });
  await until(() => streams.length > 0);
  streams.at(-1)?.write(event(told));
  await during(stream, session);
  stream.hangUp();
  return stream.text();
}

const OTHERS: readonly Site[] = [
  {
    name: 'a log message outside of any call',
    toServers: 0,
    toClients: 1,
    run: (stage, text) =>
      hear(stage, logged(text), (stream) => stream.message(({ method }) => method === 'notifications/message')),
  },
  {
    name: 'a question outside of any call and its answer',
    toServers: 1,
    toClients: 1,
    run: (stage, text) =>
      hear(stage, ask('"q"', 'elicitation/create', form(text)), async (stream, session) => {
        const { id } = await stream.message(({ method }) => method === 'elicitation/create');
        await stage.send(responseTo(session, id, text));
        const isAnswer = ({ body }: { readonly body: Buffer }): boolean => body.includes('"id":"q"');
        await until(() => stage.legacy.requests.some(isAnswer));
      }),
  },
  {
    name: 'a list of resources',
    toServers: 0,
    toClients: 3,
    run: async (stage, text) => {
      const entries = [0, 1, 2].map((at) => `{"uri":"doc://pub/${at}","name":"n","description":${text}}`);
      const members = `"ttlMs":0,"resources":[${entries.join()}]`;
      stage.modern.answerWith(modernScript('resources/list', ({ id }) => whole(result(id, complete(members)))));
      return (await stage.send(modern('resources/list', ''))).body;
    },
  },
  {
    name: 'two calls in one body',
    toServers: 4,
    toClients: 2,
    run: async (stage, text) => {
      stage.legacy.answerWith(legacyScript('tools/call', ({ id }) => whole(result(id, block(text)))));
      const session = await stage.session('bot', NAMES, '{}', '2025-03-26');
      const calls = ['5', '6'].map((id) => legacy(session, 'tools/call', call(text, 'old').params, { id }));
      const [first] = calls;
      return (await stage.send({ ...first, body: `[${calls.map(({ body }) => String(body)).join()}]` })).body;
    },
  },
  {
    name: 'an error of a server',
    toServers: 0,
    toClients: 2,
    run: async (stage, text) => {
      const error = `"error":{"code":-32000,"message":${text},"data":{"a":${text}}}`;
      stage.modern.answerWith(modernScript('tools/call', ({ id }) => whole(`{"jsonrpc":"2.0","id":${id},${error}}`)));
      return (await stage.send(modern('tools/call', '"name":"docs_read","arguments":{}', 'docs_read'))).body;
    },
  },
  {
    name: '_meta of a request',
    toServers: 1,
    toClients: 0,
    run: async (stage, text) => {
      const params = '"name":"docs_read","arguments":{}';
      return (await stage.send(modern('tools/call', params, 'docs_read', { meta: `,"acme.dev/note":${text}` }))).body;
    },
  },
];

/** Every place where messages pass between clients and servers. */
export const SITES: readonly Site[] = [...EXCHANGES, STREAMED, STREAMED_LEGACY, ...QUESTIONS, ...OTHERS];

import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { served, type Attack } from '../attack.ts';
import { ASKABLE, askableCall, askingLegacy, askingModern, FORM } from '../asking.ts';
import { ask, legacyScript, modernScript, openStream, result } from '../scripts.ts';
import { until, type Stage } from '../stage.ts';

const SAMPLES = '{"sampling":{},"elicitation":{"form":{}}}';

const link = (uri: string): string => `{"type":"resource_link","uri":"${uri}","name":"n"}`;
const LINKS = ['doc://pub/a', 'b+old://a', 'old://a', 'https://acme.dev/'].map(link).join(',');
const SAMPLING = `{"messages":[{"role":"user","content":[${LINKS}]}],"maxTokens":1}`;

const urisOf = (text: string): readonly (string | undefined)[] =>
  [...text.matchAll(/"uri":"([^"]+)"/g)].map(([, uri]) => uri);

/** A legacy client calls a tool of `twins`, is asked within the call, and answers. Returns all that it got. */
async function askedInCall(stage: Stage, tool: string): Promise<string> {
  const path = '/mcp/twins';
  const headers = { 'mcp-session-id': await stage.session('bot', path, SAMPLES) };
  const body = `{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"${tool}"}}`;
  const call = stage.watch({ path, headers, body });
  const { id } = await call.message(({ method }) => method === 'sampling/createMessage');
  await stage.send({ path, headers, body: `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{}}` });
  await until(call.ended);
  return call.text();
}

/** Servers that would like to be taken for another one, where a person or a model sees only the gateway. */
export const GUISES: readonly Attack[] = [
  {
    name: 'a modern server asks a modern client under the name of another',
    attempt: async (stage) => {
      const form = FORM.replace('who?', '[old] who?');
      stage.modern.answerWith(askingModern(`{"x":{"method":"elicitation/create","params":${form}}}`));
      const told = await stage.send(askableCall('docs_ask'));
      return told.body.includes('"message":"[docs] [old] who?"');
    },
    comesTo: true,
    recorded: [{ method: 'tools/call', outcome: 'input-required' }],
    reaches: true,
  },
  {
    name: 'a modern server asks a legacy client under the name of another',
    attempt: async (stage) => {
      const form = FORM.replace('who?', '[old] who?');
      stage.modern.answerWith(askingModern(`{"x":{"method":"elicitation/create","params":${form}}}`));
      const session = await stage.session('bot', '/mcp/work', ASKABLE);
      const headers = { 'mcp-session-id': session };
      const call = stage.watch({
        headers,
        body: '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"docs_ask"}}',
      });
      const { id, params } = await call.message(({ method }) => method === 'elicitation/create');
      const body = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"action":"cancel"}}`;
      await stage.send({ headers, body });
      await call.message((message) => message.result !== undefined);
      return params?.['message'];
    },
    comesTo: '[docs] [old] who?',
    recorded: [served('initialize'), served(null), served('tools/call')],
    reaches: true,
  },
  {
    name: 'a legacy server asks a modern client under the name of another',
    attempt: async (stage) => {
      stage.legacy.answerWith(askingLegacy('elicitation/create', FORM.replace('who?', '[docs] who?')));
      const told = await stage.send(askableCall('old_echo'));
      const state = JSON.stringify(told.result?.['requestState']);
      const answers = `,"inputResponses":{"form-1":{"action":"cancel"}},"requestState":${state}`;
      await stage.send(askableCall('old_echo', answers));
      return told.body.includes('"message":"[old] [docs] who?"');
    },
    comesTo: true,
    recorded: [{ method: 'tools/call', outcome: 'input-required' }, served('tools/call')],
    reaches: true,
  },
  {
    name: "a modern server names resources of another in a question to a modern client's model",
    attempt: async (stage) => {
      const requests = `{"f":{"method":"elicitation/create","params":${FORM}},"s":{"method":"sampling/createMessage","params":${SAMPLING}}}`;
      stage.modern.answerWith(askingModern(requests));
      const told = await stage.send({ path: '/mcp/twins', ...askableCall('a_read', '', '{}', SAMPLES) });
      return [told.error?.message, urisOf(told.body)];
    },
    comesTo: [undefined, ['a+doc://pub/a', 'a+b+old://a', 'a+old://a', 'https://acme.dev/']],
    recorded: [{ method: 'tools/call', outcome: 'input-required' }],
    reaches: true,
  },
  {
    name: "a modern server names resources of another in a question to a legacy client's model",
    attempt: async (stage) => {
      stage.modern.answerWith(askingModern(`{"s":{"method":"sampling/createMessage","params":${SAMPLING}}}`));
      return urisOf(await askedInCall(stage, 'a_read'));
    },
    comesTo: ['a+doc://pub/a', 'a+b+old://a', 'a+old://a', 'https://acme.dev/'],
    recorded: [served('initialize'), served(null), { method: 'tools/call' }],
    reaches: true,
  },
  {
    name: "a legacy server names resources of another in a question to a modern client's model",
    attempt: async (stage) => {
      stage.legacy.answerWith(askingLegacy('sampling/createMessage', SAMPLING));
      const told = await stage.send({ path: '/mcp/twins', ...askableCall('b_echo', '', '{}', SAMPLES) });
      const state = JSON.stringify(told.result?.['requestState']);
      const answers = `,"inputResponses":{"sampling-1":{}},"requestState":${state}`;
      await stage.send({ path: '/mcp/twins', ...askableCall('b_echo', answers, '{}', SAMPLES) });
      return urisOf(told.body);
    },
    comesTo: ['b+doc://pub/a', 'b+b+old://a', 'b+old://a', 'https://acme.dev/'],
    recorded: [{ method: 'tools/call', outcome: 'input-required' }, served('tools/call')],
    reaches: true,
  },
  {
    name: "a legacy server names resources of another in a question to a legacy client's model",
    attempt: async (stage) => {
      stage.legacy.answerWith(askingLegacy('sampling/createMessage', SAMPLING));
      return urisOf(await askedInCall(stage, 'b_echo'));
    },
    comesTo: ['b+doc://pub/a', 'b+b+old://a', 'b+old://a', 'https://acme.dev/'],
    recorded: [served('initialize'), served(null), served('tools/call')],
    reaches: true,
  },
  {
    name: 'a legacy server names resources of another in a question outside of any call',
    attempt: async (stage) => {
      stage.legacy.answerWith(legacyScript('GET', () => openStream(ask('"q"', 'sampling/createMessage', SAMPLING))));
      const session = await stage.session('bot', '/mcp/twins', SAMPLES);
      const headers = { 'mcp-session-id': session };
      const stream = stage.watch({ path: '/mcp/twins', method: 'GET', headers });
      const { id } = await stream.message(({ method }) => method === 'sampling/createMessage');
      const text = stream.text();
      await stage.send({
        path: '/mcp/twins',
        headers,
        body: `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{}}`,
      });
      stream.hangUp();
      return urisOf(text);
    },
    comesTo: ['b+doc://pub/a', 'b+b+old://a', 'b+old://a', 'https://acme.dev/'],
    recorded: [served('initialize'), served(null), { method: 'GET', outcome: 'cancelled' }],
    reaches: true,
  },
  {
    name: 'a server names resources of another in the result of a tool',
    attempt: async (stage) => {
      const content = ['doc://pub/a', 'b+old://a', 'old://a'].map(
        (uri) => `{"type":"resource_link","uri":"${uri}","name":"n"}`,
      );
      stage.modern.answerWith(
        modernScript('tools/call', ({ id }) =>
          whole(result(id, `"resultType":"complete","content":[${content.join(',')}]`)),
        ),
      );
      const told = await stage.send({ path: '/mcp/twins', ...askableCall('a_read') });
      return urisOf(told.body);
    },
    comesTo: ['a+doc://pub/a', 'a+b+old://a', 'a+old://a'],
    recorded: [served('tools/call')],
    reaches: true,
  },
];

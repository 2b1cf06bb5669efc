import { whole } from '../../fixtures/upstreams/raw-upstream.ts';
import { served, type Attack } from '../attack.ts';
import { ASKABLE, askableCall, askingLegacy, askingModern, FORM } from '../asking.ts';
import { modernScript, result } from '../scripts.ts';

const SAMPLES = '{"sampling":{},"elicitation":{"form":{}}}';

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
    name: "a server names resources of another in a question to the client's model",
    attempt: async (stage) => {
      const link = (uri: string): string => `{"type":"resource_link","uri":"${uri}","name":"n"}`;
      const content = ['doc://pub/a', 'b+old://a', 'old://a', 'https://acme.dev/'].map(link).join(',');
      const sampling = `{"messages":[{"role":"user","content":[${content}]}],"maxTokens":1}`;
      const requests = `{"f":{"method":"elicitation/create","params":${FORM}},"s":{"method":"sampling/createMessage","params":${sampling}}}`;
      stage.modern.answerWith(askingModern(requests));
      const told = await stage.send({ path: '/mcp/twins', ...askableCall('a_read', '', '{}', SAMPLES) });
      return [told.error?.message, [...told.body.matchAll(/"uri":"([^"]+)"/g)].map(([, uri]) => uri)];
    },
    comesTo: [undefined, ['a+doc://pub/a', 'a+b+old://a', 'a+old://a', 'https://acme.dev/']],
    recorded: [{ method: 'tools/call', outcome: 'input-required' }],
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
      return [...told.body.matchAll(/"uri":"([^"]+)"/g)].map(([, uri]) => uri);
    },
    comesTo: ['a+doc://pub/a', 'a+b+old://a', 'a+old://a'],
    recorded: [served('tools/call')],
    reaches: true,
  },
];

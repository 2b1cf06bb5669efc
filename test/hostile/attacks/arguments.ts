import { modernBody, modernCall, modernHeaders } from '../../fixtures/mcp-http.ts';
import { refused, served, type Attack, type Request } from '../attack.ts';

const call = (args: string): Request => modernCall('docs_read', args);
const pay = (args: string): Request => modernCall('docs_pay', args);

/** Arguments that get around what decides on them, and text that must not leave. */
export const ARGUMENTS: readonly Attack[] = [
  ...refused([
    ['arguments that a condition does not admit', pay('{"amount":100}'), 200, null, 'denied'],
    ['arguments that a guard does not admit', pay('{"amount":13}'), 200, null, 'denied'],
    ['the same number with an exponent', pay('{"amount":1.3e1}'), 200, null, 'denied'],
    ['the same number with a fraction of nothing', pay('{"amount":13.0}'), 200, null, 'denied'],
    ['the same argument, its key escaped', pay('{"am\\u006funt":13}'), 200, -32602, 'invalid-arguments'],
    ['no arguments where a guard reads them', pay('{}'), 200, null, 'denied'],
    ['an argument of another type', pay('{"amount":"1"}'), 200, -32602, 'invalid-arguments'],
    ['an argument in a list', pay('{"amount":[1]}'), 200, -32602, 'invalid-arguments'],
    ['an argument that is null', pay('{"amount":null}'), 200, -32602, 'invalid-arguments'],
    ['an integer that would wrap around', pay('{"amount":18446744073709551617}'), 200, -32602, 'invalid-arguments'],
    ['an integer that rounds to another', pay('{"amount":12.9999999999999999999}'), 200, -32602, 'invalid-arguments'],
    ['an argument that nobody declared', pay('{"amount":1,"x":1}'), 200, -32602, 'invalid-arguments'],
    ['an argument of the prototype', pay('{"amount":1,"__proto__":{"amount":13}}'), 200, -32602, 'invalid-arguments'],
    ['an argument that looks like a declared one', pay('{"amount":1,"Amount":1}'), 200, -32602, 'invalid-arguments'],
    ['text that a rule blocks', call('{"x":"acme_live_abc"}'), 200, null, 'request-blocked'],
    ['text that a rule blocks, escaped', call('{"x":"acme_\\u006cive_abc"}'), 200, null, 'request-blocked'],
    [
      'text that a rule blocks, in JSON within a text',
      call(JSON.stringify({ x: '{"y":["acme_\\u006cive_abc"]}' })),
      200,
      null,
      'request-blocked',
    ],
    [
      'text that a rule blocks, outside the arguments',
      {
        headers: modernHeaders('tools/call', 'docs_read'),
        body: modernBody('tools/call', ',"name":"docs_read","note":"acme_live_abc"'),
      },
      200,
      null,
      'request-blocked',
    ],
    [
      'text that a rule blocks, in what the client says of itself',
      {
        headers: modernHeaders('tools/call', 'docs_read'),
        body: modernBody('tools/call', ',"name":"docs_read"').replace(
          '"_meta":{',
          '"_meta":{"io.modelcontextprotocol/clientInfo":{"name":"acme_live_abc","version":"1"},',
        ),
      },
      200,
      null,
      'request-blocked',
    ],
    [
      'text that a rule blocks, as an answer to a question',
      {
        headers: modernHeaders('tools/call', 'docs_read'),
        body: modernBody('tools/call', ',"name":"docs_read","inputResponses":{"k":{"content":{"x":"acme_live_abc"}}}'),
      },
      200,
      null,
      'request-blocked',
    ],
    [
      'text that a rule blocks, in the trace of a request',
      {
        headers: modernHeaders('tools/call', 'docs_read'),
        body: modernBody('tools/call', ',"name":"docs_read"').replace(
          '"_meta":{',
          '"_meta":{"traceparent":"acme_live_abc",',
        ),
      },
      200,
      null,
      'request-blocked',
    ],
    [
      'text that a rule blocks, as the level of a log',
      {
        headers: modernHeaders('tools/call', 'docs_read'),
        body: modernBody('tools/call', ',"name":"docs_read"').replace(
          '"_meta":{',
          '"_meta":{"io.modelcontextprotocol/logLevel":"acme_live_abc",',
        ),
      },
      200,
      null,
      'request-blocked',
    ],
    [
      'text that a rule blocks, in a name that nobody reads',
      {
        headers: modernHeaders('resources/read', 'doc://pub/a'),
        body: modernBody('resources/read', ',"uri":"doc://pub/a","name":"acme_live_abc"'),
      },
      200,
      -32602,
      'request-blocked',
    ],
  ]),
  {
    name: 'text in what the client says that it can do',
    attempt: async (stage) => {
      const capabilities = '"io.modelcontextprotocol/clientCapabilities":';
      const body = modernBody('tools/call', ',"name":"docs_read"').replace(
        `${capabilities}{}`,
        `${capabilities}{"elicitation":{"form":{"acme_live_abc":{}}}}`,
      );
      await stage.send({ headers: modernHeaders('tools/call', 'docs_read'), body });
      const [asked] = stage.modern.requests.slice(-1);
      return asked?.body.toString().includes(`${capabilities}{"elicitation":{"form":{}}}`);
    },
    comesTo: true,
    recorded: [served('tools/call')],
    reaches: true,
  },
];

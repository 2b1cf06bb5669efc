import { modernBody, modernCall, modernHeaders } from '../../fixtures/mcp-http.ts';
import { refused, type Request } from '../attack.ts';

const call = (args: string): Request => modernCall('docs_read', args);

/** Bodies that two readers would read as two messages. */
export const TWO_READERS = refused([
  // Two readers, two messages.
  [
    'two methods',
    { body: '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}' },
    400,
    -32600,
    'duplicate-key',
  ],
  [
    'two methods, one escaped',
    { body: '{"jsonrpc":"2.0","id":1,"method":"ping","meth\\u006fd":"tools/call"}' },
    400,
    -32600,
    'duplicate-key',
  ],
  [
    'a method in capitals beside the method',
    { body: '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}' },
    400,
    -32600,
    'look-alike-key',
  ],
  [
    'a name in other letters',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","Name":"docs_remove"'),
    },
    400,
    -32600,
    'look-alike-key',
  ],
  [
    'a name with an invisible character',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","na\\u200bme":"docs_remove"'),
    },
    400,
    -32600,
    'look-alike-key',
  ],
  [
    'an escaped name beside the name',
    {
      headers: modernHeaders('tools/call', 'docs_read'),
      body: modernBody('tools/call', ',"name":"docs_read","\\u006eame":"docs_remove"'),
    },
    400,
    -32600,
    'duplicate-key',
  ],
  [
    'a version in other letters',
    {
      headers: modernHeaders('tools/list'),
      body: modernBody('tools/list').replace('{"io.', '{"IO.modelcontextprotocol/protocolversion":"2025-11-25","io.'),
    },
    400,
    -32600,
    'look-alike-key',
  ],
  ['an argument twice', call('{"page":"a","page":"b"}'), 400, -32600, 'duplicate-key'],
  ['an argument twice, one escaped', call('{"page":"a","p\\u0061ge":"b"}'), 400, -32600, 'duplicate-key'],
  ['an argument twice, far below', call('{"x":[{"y":{"a":1,"a":2}}]}'), 400, -32600, 'duplicate-key'],
  ['an argument in other letters', call('{"Page":"a"}'), 200, -32602, 'look-alike-argument'],
  ['an argument with a control character', call('{"pa\\u0001ge":"a"}'), 200, -32602, 'look-alike-argument'],
  ['a nested argument in other letters', call('{"at":{"LINE":1}}'), 200, -32602, 'look-alike-argument'],
  [
    'a name that is a number',
    { headers: modernHeaders('tools/call', '7'), body: modernBody('tools/call', ',"name":7') },
    400,
    -32602,
    'bad-params',
  ],
  ['arguments that are text', call('"page"'), 400, -32602, 'bad-params'],
]);

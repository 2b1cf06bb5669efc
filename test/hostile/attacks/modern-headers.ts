import { modernBody, modernCall, modernHeaders } from '../../fixtures/mcp-http.ts';
import { refused, type Request } from '../attack.ts';

const LEGACY_LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const call = (args: string): Request => modernCall('docs_read', args);

/** Modern requests that say one thing in their headers and another in their bodies, or not enough. */
export const MODERN_HEADERS = refused([
  // Modern requests: the body decides, and headers must agree.
  [
    'a removed method',
    { headers: modernHeaders('initialize'), body: modernBody('initialize') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'ping, which modern requests have no more',
    { headers: modernHeaders('ping'), body: modernBody('ping') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'a method of a later issue of the protocol',
    { headers: modernHeaders('tasks/get'), body: modernBody('tasks/get') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'a method in other letters',
    { headers: modernHeaders('Tools/Call'), body: modernBody('Tools/Call', ',"name":"docs_read"') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'a method of the prototype',
    { headers: modernHeaders('constructor'), body: modernBody('constructor') },
    404,
    -32601,
    'unknown-method-modern',
  ],
  [
    'a modern header without a claim',
    { headers: modernHeaders('tools/list'), body: LEGACY_LIST },
    400,
    -32602,
    'missing-meta',
  ],
  [
    'a claim without capabilities',
    {
      headers: modernHeaders('tools/list'),
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}',
    },
    400,
    -32602,
    'missing-meta',
  ],
  [
    'a version to come',
    {
      headers: { ...modernHeaders('tools/list'), 'mcp-protocol-version': '2030-01-01' },
      body: modernBody('tools/list').replace('2026-07-28', '2030-01-01'),
    },
    400,
    -32022,
    'unsupported-version',
  ],
  [
    'a legacy version in a modern claim',
    {
      headers: { ...modernHeaders('tools/list'), 'mcp-protocol-version': '2025-11-25' },
      body: modernBody('tools/list').replace('2026-07-28', '2025-11-25'),
    },
    400,
    -32022,
    'unsupported-version',
  ],
  [
    'a method header of another method',
    { headers: modernHeaders('tools/list'), body: modernCall('docs_read').body ?? '' },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'no method header',
    { headers: { 'mcp-protocol-version': '2026-07-28' }, body: modernBody('tools/list') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'a version header of another version',
    {
      headers: { ...modernHeaders('tools/list'), 'mcp-protocol-version': '2025-11-25' },
      body: modernBody('tools/list'),
    },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'no version header',
    { headers: { 'mcp-method': 'tools/list' }, body: modernBody('tools/list') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'a name header of another tool',
    { ...modernCall('docs_read'), headers: modernHeaders('tools/call', 'docs_remove') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'no name header',
    { ...modernCall('docs_read'), headers: modernHeaders('tools/call') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'a name header in bad Base64',
    { ...modernCall('docs_read'), headers: modernHeaders('tools/call', '=?base64?ZG9jc19yZWFk?') },
    400,
    -32020,
    'header-mismatch',
  ],
  [
    'a parameter header that differs',
    { ...call('{"page":"a"}'), headers: { ...modernHeaders('tools/call', 'docs_read'), 'mcp-param-page': 'b' } },
    400,
    -32020,
    'header-mismatch',
  ],
  ['a parameter header that is missing', call('{"page":"a"}'), 400, -32020, 'header-mismatch'],
  [
    'a parameter header for nothing',
    { ...call('{}'), headers: { ...modernHeaders('tools/call', 'docs_read'), 'mcp-param-page': 'b' } },
    400,
    -32020,
    'header-mismatch',
  ],
]);

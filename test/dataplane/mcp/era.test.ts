import { strict as assert } from 'node:assert';
import { expect, test } from 'vitest';
import { RequestHeaders } from '../../../dataplane/http/request-headers.ts';
import { checkLegacyVersion, checkModern, checkName, classifyEra } from '../../../dataplane/mcp/era.ts';
import type { Refusal } from '../../../dataplane/mcp/refusals.ts';
import { scanRequest, type ScannedRequest } from '../../../dataplane/mcp/scan.ts';
import type { Era } from '../../../dataplane/mcp/versions.ts';

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const CLAIM = { [VERSION]: '2026-07-28', [CAPABILITIES]: {} };
const HEADERS = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/list' };

function scan(message: object): ScannedRequest {
  const scanned = scanRequest(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));
  assert(scanned.ok);
  return scanned.message;
}

function headersOf(entries: Record<string, string>): RequestHeaders {
  return new RequestHeaders(Object.entries(entries).flatMap(([name, value]) => [name.toLowerCase(), value]));
}

const ERAS: readonly [name: string, message: object, headers: Record<string, string>, era: Era][] = [
  ['a version in _meta', { id: 1, method: 'tools/list', params: { _meta: CLAIM } }, {}, 'modern'],
  [
    'a version in _meta, whatever the header says',
    { id: 1, method: 'tools/list', params: { _meta: CLAIM } },
    { 'MCP-Protocol-Version': '2025-06-18' },
    'modern',
  ],
  ['initialize with a version in _meta', { id: 1, method: 'initialize', params: { _meta: CLAIM } }, {}, 'modern'],
  ['initialize', { id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } }, {}, 'legacy'],
  [
    'initialize under a modern header',
    { id: 1, method: 'initialize', params: {} },
    { 'MCP-Protocol-Version': '2026-07-28' },
    'legacy',
  ],
  ['nothing that says so', { id: 1, method: 'tools/list' }, {}, 'legacy'],
  ['a modern header alone', { id: 1, method: 'tools/list' }, HEADERS, 'modern'],
  ['a modern header in a session', { id: 1, method: 'tools/list' }, { ...HEADERS, 'Mcp-Session-Id': 'abc' }, 'legacy'],
  ['a response', { id: 1, result: {} }, HEADERS, 'legacy'],
];

test.each(ERAS)('%s', (_name, message, headers, era) => {
  expect(classifyEra(scan(message), headersOf(headers))).toBe(era);
});

const CHECKS: readonly [name: string, params: object, headers: Record<string, string>, reason: Refusal | null][] = [
  ['all that is needed', { _meta: CLAIM }, HEADERS, null],
  ['no version', { _meta: { [CAPABILITIES]: {} } }, HEADERS, 'missing-meta'],
  ['no capabilities', { _meta: { [VERSION]: '2026-07-28' } }, HEADERS, 'missing-meta'],
  ['capabilities in another place', { capabilities: {}, _meta: { [VERSION]: '2026-07-28' } }, HEADERS, 'missing-meta'],
  [
    'a version of the other era',
    { _meta: { ...CLAIM, [VERSION]: '2025-11-25' } },
    { ...HEADERS, 'MCP-Protocol-Version': '2025-11-25' },
    'unsupported-version',
  ],
  ['a version to come', { _meta: { ...CLAIM, [VERSION]: '2030-01-01' } }, {}, 'unsupported-version'],
  [
    'a version to come under another header',
    { _meta: { ...CLAIM, [VERSION]: '2030-01-01' } },
    HEADERS,
    'header-mismatch',
  ],
  ['no version header', { _meta: CLAIM }, { 'Mcp-Method': 'tools/list' }, 'header-mismatch'],
  ['another version header', { _meta: CLAIM }, { ...HEADERS, 'MCP-Protocol-Version': '2025-11-25' }, 'header-mismatch'],
  ['no method header', { _meta: CLAIM }, { 'MCP-Protocol-Version': '2026-07-28' }, 'header-mismatch'],
  ['a method header in other letters', { _meta: CLAIM }, { ...HEADERS, 'Mcp-Method': 'Tools/List' }, 'header-mismatch'],
];

test.each(CHECKS)('a modern request with %s', (_name, params, headers, reason) => {
  const checked = checkModern(scan({ id: 1, method: 'tools/list', params }), headersOf(headers));
  expect(checked?.reason ?? null).toBe(reason);
});

const NAMES: readonly [name: string, header: string | null, reason: Refusal | null][] = [
  ['that is equal', 'café', 'header-mismatch'],
  ['that is equal once decoded', '=?base64?Y2Fmw6k=?=', null],
  ['that is absent', null, 'header-mismatch'],
  ['of another tool', 'other', 'header-mismatch'],
];

test.each(NAMES)('a name header %s', (_name, header, reason) => {
  const message = scan({ id: 1, method: 'tools/call', params: { name: 'café', _meta: CLAIM } });
  const headers = headersOf(header === null ? {} : { 'Mcp-Name': header });
  expect(checkName('name', message, headers)?.reason ?? null).toBe(reason);
});

const LEGACY: readonly [method: string, version: string | null, reason: Refusal | null][] = [
  ['tools/list', null, null],
  ['tools/list', '2025-03-26', null],
  ['tools/list', '2026-07-28', null],
  ['tools/list', '2024-11-05', 'legacy-version'],
  ['tools/list', 'nonsense', 'legacy-version'],
  ['initialize', 'nonsense', null],
];

test.each(LEGACY)('legacy %s under version header %s', (method, version, reason) => {
  const headers = headersOf(version === null ? {} : { 'MCP-Protocol-Version': version });
  expect(checkLegacyVersion(scan({ id: 1, method }), headers)?.reason ?? null).toBe(reason);
});

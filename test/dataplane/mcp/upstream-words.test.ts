import { strict as assert } from 'node:assert';
import { expect, test } from 'vitest';
import { UPSTREAM_ERROR_CHARS_MAX, UPSTREAM_ERROR_DATA_BYTES_MAX } from '../../../dataplane/limits.ts';
import { NOTHING } from '../../../dataplane/mcp/client-capabilities.ts';
import { buildDownMessage, buildDownNotification } from '../../../dataplane/mcp/down-message.ts';
import { scanResponse } from '../../../dataplane/mcp/scan-response.ts';
import type { Era } from '../../../dataplane/mcp/versions.ts';

/** What a client gets for a response with these members. */
function told(members: string, downEra: Era = 'legacy', upEra: Era = 'legacy'): string {
  const bytes = Buffer.from(`{"jsonrpc":"2.0","id":1,${members}}`);
  const scanned = scanResponse(bytes);
  assert(scanned.ok);
  const id = { up: Buffer.from('1'), down: Buffer.from('1') };
  const built = buildDownMessage({
    bytes,
    scanned: scanned.message,
    id,
    method: 'tools/call',
    downEra,
    upEra,
    mapUri: null,
    capabilities: NOTHING,
    label: null,
    sealState: () => null,
  });
  return built.ok ? built.message.toString() : built.reason;
}

test('the message of an error is cut where it is too long, and not within a character', () => {
  const message = `${'x'.repeat(UPSTREAM_ERROR_CHARS_MAX - 2)}😀😀`;
  const cut = JSON.parse(told(`"error":{"code":1,"message":${JSON.stringify(message)}}`)) as {
    readonly error: { readonly message: string };
  };
  expect(cut.error.message).toBe(`${'x'.repeat(UPSTREAM_ERROR_CHARS_MAX - 2)}\u{fffd}…`);
});

test('of an error that says more than anybody reads the data are left out', () => {
  const data = JSON.stringify('x'.repeat(UPSTREAM_ERROR_DATA_BYTES_MAX));
  expect(told(`"error":{"code":1,"data":${data},"message":"m"}`)).toBe(
    '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}',
  );
  expect(told('"error":{"code":1,"message":"m","data":{"a":1.0}}')).toBe(
    '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","data":{"a":1.0}}}',
  );
});

const states: [name: string, downEra: Era, upEra: Era, result: string, expected: string][] = [
  [
    'of a legacy server that pretends to ask, for a legacy client',
    'legacy',
    'legacy',
    '"resultType":"input_required","requestState":"s","a":1',
    '"resultType":"input_required","a":1',
  ],
  ['of a legacy server that asks nothing', 'legacy', 'legacy', '"requestState":"s","a":1', '"requestState":"s","a":1'],
];

test.each(states)('a state %s', (_name, downEra, upEra, result, expected) => {
  expect(told(`"result":{${result}}`, downEra, upEra)).toBe(`{"jsonrpc":"2.0","id":1,"result":{${expected}}}`);
});

test.each(['"progress":"#"', '"progress":1,"total":"#"'])(
  'progress whose numbers rules took away is none: %s',
  (own) => {
    const bytes = Buffer.from(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,${own}}}`,
    );
    const scanned = scanResponse(bytes);
    assert(scanned.ok);
    const token = { up: Buffer.from('1'), down: Buffer.from('1') };
    expect(buildDownNotification(bytes, scanned.message, token, 'modern')).toBeNull();
  },
);

import { strict as assert } from 'node:assert';
import { expect, test } from 'vitest';
import { redactRequest, screenRequest, type RequestContent } from '../../../dataplane/mcp/request-content.ts';
import { scanRequest, type ScannedRequest } from '../../../dataplane/mcp/scan.ts';
import { splice } from '../../../dataplane/json/splice.ts';
import { MAIL, rulesOf } from '../content/policy-of.ts';
import { judged, NEVER, openStage, rulesAt, saying } from '../content/external/stage.ts';

const TEXT = 'ada@acme.dev';

function scanned(body: Buffer): ScannedRequest {
  const result = scanRequest(body);
  assert(result.ok, 'it is a request');
  return result.message;
}

const after = (body: Buffer, content: RequestContent): string =>
  content.kind === 'blocked' ? 'blocked' : splice(body, content.edits).toString('utf8');

const bodies: [name: string, body: string][] = [
  ['before all others', ` {"note":"TEXT","jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read"}}`],
  ['after all others', `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read"},"note":["TEXT"]}\n`],
  ['on both sides', `{"x":"TEXT","jsonrpc":"2.0","id":1,"method":"tools/call","params":{"a":"TEXT"},"y":{"z":"TEXT"}}`],
  ['where there are no parameters', `{"jsonrpc":"2.0","id":1,"method":"ping","note":"}{ TEXT"}`],
];

test.each(bodies)('a member of a request that nobody foresaw is looked into, %s', (_name, written) => {
  const body = Buffer.from(written.replaceAll('TEXT', TEXT));
  const content = redactRequest(rulesOf([MAIL]), body, scanned(body));
  expect(after(body, content)).toBe(written.replaceAll('TEXT', ''));
});

test('the name of such a member is looked into where a rule asks for names', () => {
  const body = Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"ping","${TEXT}":1}`);
  expect(after(body, redactRequest(rulesOf([MAIL]), body, scanned(body)))).toContain(TEXT);
  const rules = rulesOf([{ ...MAIL, keys: true }]);
  expect(after(body, redactRequest(rules, body, scanned(body)))).toBe('{"jsonrpc":"2.0","id":1,"method":"ping","":1}');
});

test('a webhook is told of all that a request carries, and how it is called, as other rules leave it', async () => {
  const stage = await openStage(saying({ verdict: 'pass' }));
  try {
    const body = Buffer.from(
      `{"jsonrpc":"2.0","id":"call-1","method":"tools/call","params":{"name":"read","more":1,"${TEXT}":2,` +
        `"_meta":{"vendor/x":["${TEXT}"]},"arguments":{"a":1}},"note":"n"}`,
    );
    const rules = rulesAt(stage, [judged(stage), { ...MAIL, keys: true }]);
    await screenRequest(rules, body, scanned(body), NEVER);
    const question: unknown = JSON.parse(stage.server.requests[0]?.body.toString('utf8') ?? '');
    expect(question).toMatchObject({ arguments: { a: 1 } });
    expect(JSON.stringify(question)).not.toContain(TEXT);
    const { values } = question as { readonly values: readonly unknown[] };
    expect(values).toEqual(
      expect.arrayContaining(['call-1', { more: 1 }, { '': 2 }, { 'vendor/x': [''] }, { note: 'n' }]),
    );
  } finally {
    await stage.close();
  }
});

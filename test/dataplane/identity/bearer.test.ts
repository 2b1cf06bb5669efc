import { expect, test } from 'vitest';
import { parseBearer } from '../../../dataplane/identity/bearer.ts';
import { IDENTITY_FAILURES } from '../../../dataplane/identity/failure.ts';

const cases: [name: string, header: string | readonly string[] | undefined, result: string][] = [
  ['no header', undefined, 'no-credentials'],
  ['an empty list of headers', [], 'no-credentials'],
  ['an empty header', '', 'no-credentials'],
  ['another scheme', 'Basic YTpi', 'no-credentials'],
  ['DPoP is another scheme', 'DPoP a.b.c', 'no-credentials'],
  ['a scheme that begins alike', 'Bearers a.b.c', 'no-credentials'],
  ['a token without a scheme', 'a.b.c', 'no-credentials'],
  ['no token', 'Bearer', 'malformed-credentials'],
  ['no token but spaces', 'Bearer   ', 'malformed-credentials'],
  ['two tokens', 'Bearer a.b.c d.e.f', 'malformed-credentials'],
  ['two tokens as a list', 'Bearer a.b.c, Bearer d.e.f', 'malformed-credentials'],
  ['two headers', ['Bearer a.b.c', 'Bearer a.b.c'], 'malformed-credentials'],
  ['a tab after the scheme', 'Bearer\ta.b.c', 'no-credentials'],
  ['a no-break space before the token', 'Bearer \u00a0a.b.c', 'malformed-credentials'],
  ['a token in quotes', 'Bearer "a.b.c"', 'malformed-credentials'],
  ['a line end', 'Bearer a.b.c\n', 'malformed-credentials'],
  ['a huge header', `Bearer ${'a'.repeat(20_000)}`, 'oversized-credentials'],
  ['an opaque token', 'Bearer opaque', 'unrecognised-credentials'],
  ['a token of five parts', 'Bearer a.b.c.d.e', 'unrecognised-credentials'],
  ['a token of three parts', 'Bearer a.b.c', 'jwt a.b.c'],
  ['any case of the scheme', 'bEARER a.b.c', 'jwt a.b.c'],
  ['several spaces', 'Bearer   a.b.c', 'jwt a.b.c'],
  ['one header in a list', ['Bearer a.b.c'], 'jwt a.b.c'],
  ['a robot key', 'Bearer mgw_x', 'robot-key mgw_x'],
  ['a robot key with dots is still no token', 'Bearer mgw_a.b.c', 'robot-key mgw_a.b.c'],
];

test.each(cases)('%s', (_name, header, result) => {
  const parsed = parseBearer(header);
  expect(parsed.ok ? `${parsed.credential.kind} ${parsed.credential.text}` : parsed.reason).toBe(result);
});

test('every reason has a text that fits into a quoted string of a header', () => {
  for (const { text } of Object.values(IDENTITY_FAILURES)) expect(text).toMatch(/^[A-Za-z0-9 ]+$/);
});

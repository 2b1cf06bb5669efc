import { expect, test } from 'vitest';
import { isDate, isTime, isUrl } from '../../../compiler/source/formats.ts';

const cases: readonly [format: (text: string) => boolean, text: string, ok: boolean][] = [
  [isDate, '2027-03-31', true],
  [isDate, '2028-02-29', true],
  [isDate, '2027-02-29', false],
  [isDate, '2100-02-29', false],
  [isDate, '2027-04-31', false],
  [isDate, '2027-13-01', false],
  [isDate, '2027-00-10', false],
  [isDate, '2027-01-00', false],
  [isDate, '0000-01-01', true],
  [isDate, '2027-3-31', false],
  [isDate, ' 2027-03-31', false],
  [isDate, '2027-03-31\n', false],
  [isDate, '12027-03-31', false],
  [isTime, '2026-11-20T10:00:00Z', true],
  [isTime, '2026-11-20T10:00:00.123Z', true],
  [isTime, '2026-11-20T23:59:59Z', true],
  [isTime, '2026-11-20T24:00:00Z', false],
  [isTime, '2026-11-20T10:60:00Z', false],
  [isTime, '2026-11-20T10:00:60Z', false],
  [isTime, '2026-11-20T10:00:00+01:00', false],
  [isTime, '2026-11-20 10:00:00Z', false],
  [isTime, '2026-11-31T10:00:00Z', false],
  [isTime, '2026-11-20', false],
  [isUrl, 'https://mcp.acme.dev/mcp', true],
  [isUrl, 'http://127.0.0.1:8080', true],
  [isUrl, 'https://acme.eu.auth0.com/', true],
  [isUrl, 'https://[::1]:8080/mcp', true],
  [isUrl, 'https://mcp.acme.dev/mcp?key=value', true],
  [isUrl, 'https://mcp.acme.dev/users/@me', true],
  [isUrl, 'mcp.acme.dev', false],
  [isUrl, 'ftp://mcp.acme.dev', false],
  [isUrl, 'https://', false],
  [isUrl, 'https://user:secret@mcp.acme.dev', false],
  [isUrl, 'https://mcp.acme.dev/#part', false],
  [isUrl, 'https://mcp.acme.dev/a b', false],
  [isUrl, 'https://mcp.acme.dev:99999', false],
  [isUrl, 'javascript:alert(1)', false],
];

test.each(cases)('%o of %j is %s', (format, text, ok) => {
  expect(format(text)).toBe(ok);
});

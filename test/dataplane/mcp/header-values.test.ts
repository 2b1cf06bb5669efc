import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHeaderValue, encodeHeaderValue } from '../../../dataplane/mcp/header-values.ts';

/** The table of 2026-07-28 streamable-http, Value Encoding. */
const ENCODED: readonly [text: string, header: string][] = [
  ['us-west1', 'us-west1'],
  ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
  [' padded ', '=?base64?IHBhZGRlZCA=?='],
  ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
  ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ['a b\tc', 'a b\tc'],
  ['', ''],
];

test.each(ENCODED)('%j is carried as %j', (text, header) => {
  expect(encodeHeaderValue(text)).toBe(header);
  expect(decodeHeaderValue(header)).toBe(text);
});

const REFUSED: readonly [name: string, header: string][] = [
  ['a letter that is not ASCII', 'caf\u00e9'],
  ['a control character', 'a\u0001b'],
  ['Base64 without its padding', '=?base64?SGVsbG8?='],
  ['Base64 with bits left over', '=?base64?SGVsbG9=?='],
  ['Base64 with a space', '=?base64?SGVs bG8=?='],
  ['Base64 of what is not UTF-8', '=?base64?/w==?='],
  ['Base64 in the URL alphabet', '=?base64?__8=?='],
];

test.each(REFUSED)('%s is refused', (_name, header) => {
  expect(decodeHeaderValue(header)).toBeNull();
});

test('markers in other letters are plain text', () => {
  expect(decodeHeaderValue('=?BASE64?SGVsbG8=?=')).toBe('=?BASE64?SGVsbG8=?=');
});

test('every text survives, and every header is plain ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const header = encodeHeaderValue(text);
      expect(/^[\x20-\x7e\t]*$/.test(header)).toBe(true);
      expect(decodeHeaderValue(header)).toBe(text.toWellFormed());
    }),
  );
});

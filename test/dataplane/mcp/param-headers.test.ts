import { describe, expect, test } from 'vitest';
import { RequestHeaders } from '../../../dataplane/http/request-headers.ts';
import { checkParams, paramHeaders } from '../../../dataplane/mcp/param-headers.ts';

const DECLARED = [{ path: ['at', 'region'], header: 'Region' }];
const place = (args: string) => ({
  body: Buffer.from(`{"arguments":${args}}`),
  span: { start: 13, end: 13 + Buffer.byteLength(args) },
});

/** Arguments, header that a client sends (null = none), whether they agree, header that goes upstream (null = none). */
const CASES: readonly [name: string, args: string, sent: string | null, agree: boolean, up: string | null][] = [
  ['a text', '{"at":{"region":"eu"}}', 'eu', true, 'eu'],
  ['an escaped text', '{"at":{"region":"\\u0065u"}}', 'eu', true, 'eu'],
  ['a text that needs Base64', '{"at":{"region":"Köln"}}', '=?base64?S8O2bG4=?=', true, '=?base64?S8O2bG4=?='],
  ['a text with spaces around it', '{"at":{"region":" eu "}}', 'eu', false, '=?base64?IGV1IA==?='],
  ['another text', '{"at":{"region":"eu"}}', 'us', false, 'eu'],
  ['text in other letters', '{"at":{"region":"eu"}}', 'EU', false, 'eu'],
  ['a number', '{"at":{"region":42}}', '42', true, '42'],
  ['a number written otherwise', '{"at":{"region":42}}', '42.0', true, '42'],
  ['a number in another notation', '{"at":{"region":42}}', '4.2e1', false, '42'],
  ['a number in quotes', '{"at":{"region":"42"}}', '42.0', false, '42'],
  ['a number beyond what doubles hold', '{"at":{"region":12345678901234567890}}', null, true, null],
  ['true', '{"at":{"region":true}}', 'true', true, 'true'],
  ['null', '{"at":{"region":null}}', null, true, null],
  ['null, with a header', '{"at":{"region":null}}', 'null', false, null],
  ['an object', '{"at":{"region":{}}}', null, true, null],
  ['nothing at that place', '{"at":{}}', null, true, null],
  ['nothing on the way there', '{}', null, true, null],
  ['a text on the way there', '{"at":"region"}', null, true, null],
  ['a header that is missing', '{"at":{"region":"eu"}}', null, false, 'eu'],
  ['a header in bad Base64', '{"at":{"region":"eu"}}', '=?base64?Z?=', false, 'eu'],
];

describe('an argument that is repeated in a header', () => {
  test.each(CASES)('%s', (_name, args, sent, agree, up) => {
    const { body, span } = place(args);
    const headers = new RequestHeaders(sent === null ? [] : ['mcp-param-region', sent]);
    expect(checkParams(DECLARED, body, span, headers) === null).toBe(agree);
    expect(paramHeaders(DECLARED, body, span)).toEqual(up === null ? [] : [['mcp-param-region', up]]);
  });

  test('needs no arguments to be absent', () => {
    expect(checkParams(DECLARED, Buffer.from('{}'), null, new RequestHeaders([]))).toBeNull();
  });
});

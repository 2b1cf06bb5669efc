import { REQUEST_FIELDS_MAX } from '../limits.ts';
import type { Framing } from './body-decoder.ts';
import { hasToken, parseLength, readFields } from './fields.ts';
import { RequestHeaders } from './request-headers.ts';

/** What the first lines of a request say. */
export interface RequestHead {
  readonly ok: true;
  readonly method: string;
  /** As sent: a path, and a query where there is one. */
  readonly target: string;
  readonly headers: RequestHeaders;
  readonly framing: Framing;
  /** Whether the client may send another request on this connection. */
  readonly keepAlive: boolean;
  /** Whether it waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}

/** Answered with that status, and the connection is closed: whatever follows on it could be read in more than one way. */
export interface RefusedHead {
  readonly ok: false;
  readonly status: 400 | 417 | 505;
}

const MALFORMED: RefusedHead = { ok: false, status: 400 };
/** Methods are few, so that the rest of a message that was cut in the wrong place does not look like one. */
const REQUEST_LINE = /^(GET|POST|DELETE|OPTIONS|HEAD|PUT|PATCH) (\/[\x21\x22\x24-\x7e]*) HTTP\/([0-9])\.([0-9])$/;
const HOST = /^(?:[0-9A-Za-z._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/**
 * Reads the head of a request (RFC 9112), which ends before `end`, the offset after its empty line. Stricter than the RFC
 * where readers are known to differ, which is what request smuggling lives on: HTTP/1.1 alone, a path as the target, one
 * `Host`, a length or chunks but never both, nothing said twice.
 */
export function parseRequestHead(bytes: Buffer, end: number): RequestHead | RefusedHead {
  const text = bytes.toString('latin1', 0, end);
  const lineEnd = text.indexOf('\r\n');
  const line = REQUEST_LINE.exec(text.slice(0, lineEnd));
  if (line === null) return MALFORMED;
  const [, method = '', target = '', major, minor] = line;
  if (major !== '1' || minor !== '1') return { ok: false, status: 505 };
  const raw: string[] = [];
  if (!readFields(bytes, text, lineEnd + 2, end - 2, REQUEST_FIELDS_MAX, raw)) return MALFORMED;
  return checkFields(method, target, raw);
}

/** The fields that say how the message itself is to be read (RFC 9112 sections 3.2, 6 and 9; RFC 9110 section 10.1.1). */
function checkFields(method: string, target: string, raw: readonly string[]): RequestHead | RefusedHead {
  let host: string | null = null;
  let length: string | null = null;
  let coding: string | null = null;
  let expectation: string | null = null;
  let keepAlive = true;
  for (let at = 0; at < raw.length; at += 2) {
    const value = raw[at + 1] ?? '';
    switch (raw[at] ?? '') {
      case 'host':
        if (host !== null) return MALFORMED;
        host = value;
        break;
      case 'content-length':
        if (length !== null) return MALFORMED;
        length = value;
        break;
      case 'transfer-encoding':
        if (coding !== null) return MALFORMED;
        coding = value;
        break;
      case 'expect':
        if (expectation !== null) return MALFORMED;
        expectation = value.toLowerCase();
        break;
      case 'connection':
        if (hasToken(value, 'close')) keepAlive = false;
        break;
    }
  }
  if (host === null || !HOST.test(host) || (length !== null && coding !== null)) return MALFORMED;
  if (coding !== null && coding.toLowerCase() !== 'chunked') return MALFORMED;
  const framing = coding === null ? (length === null ? 0 : parseLength(length)) : 'chunked';
  if (framing === -1) return MALFORMED;
  if (expectation !== null && expectation !== '100-continue') return { ok: false, status: 417 };
  const expectsContinue = expectation !== null && framing !== 0;
  return { ok: true, method, target, headers: new RequestHeaders(raw), framing, keepAlive, expectsContinue };
}

import { strict as assert } from 'node:assert';
import { STATUS_CODES } from 'node:http';
import { CLIENT_IDLE_MS_MAX } from '../limits.ts';
import type { Header } from './exchange.ts';
import { renderFields } from './fields.ts';

/** How the client knows where the answer ends; `none`: it has no content by its status. */
export type AnswerFraming = number | 'chunked' | 'none';

const GOES_ON = `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(CLIENT_IDLE_MS_MAX / 1_000)}\r\n`;
const ENDS = 'connection: close\r\n';

/** The first lines of an answer, up to and with the empty one. `date`: the field line of that name, with its line end. */
export function renderResponseHead(
  status: number,
  headers: readonly Header[],
  framing: AnswerFraming,
  keepAlive: boolean,
  date: string,
): string {
  const length =
    framing === 'none'
      ? ''
      : framing === 'chunked'
        ? 'transfer-encoding: chunked\r\n'
        : `content-length: ${framing}\r\n`;
  const fields = renderFields(headers);
  assert(fields !== null, 'the fields of an answer are of our own making, or were checked');
  const reason = STATUS_CODES[status] ?? '';
  return `HTTP/1.1 ${status} ${reason}\r\n${fields}${date}${keepAlive ? GOES_ON : ENDS}${length}\r\n`;
}

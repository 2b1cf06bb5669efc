import assert from 'node:assert/strict';
import { CARRIAGE_RETURN, LINE_FEED } from '../json/bytes.ts';
import type { SseEvent } from '../upstream/sse.ts';

const DATA = Buffer.from('data: ');
const BREAK = Buffer.from('\n');

/**
 * The bytes of one event. Line breaks in the data become lines, so data can never end the event or forge a field; they
 * arrive as line feeds, which in a JSON message is only ever white space. `event` and `id` have no line break and no NUL.
 */
export function writeSseEvent(event: SseEvent): Buffer {
  const parts: Buffer[] = [];
  if (event.event !== null) parts.push(Buffer.from(`event: ${oneLine(event.event)}\n`));
  if (event.id !== null) parts.push(Buffer.from(`id: ${oneLine(event.id)}\n`));
  if (event.retry !== null) parts.push(Buffer.from(`retry: ${event.retry}\n`));
  if (event.data !== null) pushLines(parts, event.data);
  parts.push(BREAK);
  return Buffer.concat(parts);
}

function pushLines(parts: Buffer[], data: Buffer): void {
  let start = 0;
  for (let at = 0; at < data.length; at++) {
    const byte = data[at];
    if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) continue;
    parts.push(DATA, data.subarray(start, at), BREAK);
    if (byte === CARRIAGE_RETURN && data[at + 1] === LINE_FEED) at++;
    start = at + 1;
  }
  parts.push(DATA, data.subarray(start), BREAK);
}

function oneLine(text: string): string {
  assert(!['\n', '\r', '\0'].some((character) => text.includes(character)), 'an SSE field is one line');
  return text;
}

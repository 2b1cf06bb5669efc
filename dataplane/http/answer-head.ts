import { UPSTREAM_FIELDS_MAX, UPSTREAM_IDLE_MS_MAX, UPSTREAM_IDLE_TOLD_MS_MAX } from '../limits.ts';
import type { Framing } from './body-decoder.ts';
import { hasToken, parseLength, readFields } from './fields.ts';

/** What the first lines of an upstream's answer say. */
export interface AnswerLines {
  readonly status: number;
  /** Names in lower case and values, in turn. */
  readonly fields: readonly string[];
  readonly framing: Framing;
  /** How long the connection may be idle afterwards; 0 = it must not be used again. */
  readonly idleMs: number;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const KEEP_ALIVE_TIMEOUT = /(?:^|[,;\s])timeout=([0-9]{1,9})/i;
/** The request must arrive before the server closes. */
const MARGIN_MS = 1_000;

/**
 * Reads the head of an answer (RFC 9112 section 4), which ends before `end`, the offset after its empty line. Null where it
 * is not one, or could be read in two ways: the answers of one connection go to different principals, so where one ends and
 * the next begins must be beyond doubt.
 */
export function parseAnswerHead(bytes: Buffer, end: number): AnswerLines | null {
  const text = bytes.toString('latin1', 0, end);
  const lineEnd = text.indexOf('\r\n');
  const line = STATUS_LINE.exec(text.slice(0, lineEnd));
  if (line === null) return null;
  const status = Number(line[2]);
  const isOld = line[1] === '0';
  const fields: string[] = [];
  if (!readFields(bytes, text, lineEnd + 2, end - 2, UPSTREAM_FIELDS_MAX, fields)) return null;
  let length: string | null = null;
  let coding: string | null = null;
  let idleMs = isOld ? 0 : UPSTREAM_IDLE_MS_MAX;
  for (let at = 0; at < fields.length; at += 2) {
    const value = fields[at + 1] ?? '';
    switch (fields[at] ?? '') {
      case 'content-length':
        if (length !== null) return null;
        length = value;
        break;
      case 'transfer-encoding':
        if (coding !== null) return null;
        coding = value;
        break;
      case 'connection':
        if (hasToken(value, 'close')) idleMs = 0;
        break;
      case 'keep-alive':
        if (idleMs > 0) idleMs = toldIdleMs(value);
        break;
    }
  }
  if (coding !== null && (length !== null || isOld || coding.toLowerCase() !== 'chunked')) return null;
  const declared = length === null ? null : parseLength(length);
  if (declared === -1) return null;
  const isEmpty = status < 200 || status === 204 || status === 304;
  const framing = isEmpty ? 0 : coding !== null ? 'chunked' : (declared ?? 'close');
  return { status, fields, framing, idleMs };
}

/** The value of a field; the first where there are several. `name` in lower case. */
export function fieldOf(fields: readonly string[], name: string): string | null {
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] === name) return fields[at + 1] ?? null;
  }
  return null;
}

function toldIdleMs(keepAlive: string): number {
  const seconds = KEEP_ALIVE_TIMEOUT.exec(keepAlive)?.[1];
  if (seconds === undefined) return UPSTREAM_IDLE_MS_MAX;
  return Math.min(Math.max(Number(seconds) * 1_000 - MARGIN_MS, 0), UPSTREAM_IDLE_TOLD_MS_MAX);
}

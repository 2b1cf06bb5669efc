import { membersOf } from '../../json/members.ts';
import type { About } from './detector.ts';

/** What a webhook may put something else in the place of. */
export type Changeable = 'arguments' | 'result';

/** What a webhook is asked about, and where in the bytes that is which it may replace. */
export interface Subject {
  /** JSON texts by the names of their members. */
  readonly values: ReadonlyMap<string, string>;
  readonly changeable: {
    readonly what: Changeable;
    readonly start: number;
    readonly end: number;
  } | null;
}

const LEFT_BRACE = 0x7b;
/** Members of a JSON-RPC message that say something. */
const TELLING: ReadonlySet<string> = new Set(['method', 'params', 'result', 'error']);
/** Those that say nothing. */
const FORMAL: ReadonlySet<string> = new Set(['jsonrpc', 'id']);

/**
 * What is asked about a JSON-RPC message that was looked through before: what nobody foresaw included, since it is passed on.
 * Only a result that is an object may be replaced.
 */
export function subjectOfMessage(message: Buffer): Subject {
  const members = membersOf(message, rootOf(message));
  const telling = members.filter(({ key }) => TELLING.has(key));
  const values = new Map(telling.map(({ key, start, end }) => [key, message.toString('utf8', start, end)]));
  const others = members.filter(({ key }) => !TELLING.has(key) && !FORMAL.has(key));
  const written = others.map(({ keyStart, end }) => `{${message.toString('utf8', keyStart, end)}}`);
  if (written.length > 0) values.set('values', `[${written.join(',')}]`);
  const result = members.find(({ key, start }) => key === 'result' && message[start] === LEFT_BRACE);
  return {
    values,
    changeable: result === undefined ? null : { what: 'result', start: result.start, end: result.end },
  };
}

function rootOf(message: Buffer): { readonly start: number; readonly end: number } {
  return { start: Math.max(0, message.indexOf(LEFT_BRACE)), end: message.length };
}

/** The question as JSON text: its version, what is known of the exchange, and the values. */
export function renderQuestion({ direction, gateway, server, definition }: About, { values }: Subject): Buffer {
  const known = {
    version: 1,
    direction,
    ...(gateway === null ? {} : { gateway }),
    ...(server === null ? {} : { server }),
    ...(definition === null ? {} : { [definition.kind]: definition.name }),
  };
  const members = [...values].map(([key, json]) => `,${JSON.stringify(key)}:${json}`);
  return Buffer.from(`${JSON.stringify(known).slice(0, -1)}${members.join('')}}`, 'utf8');
}

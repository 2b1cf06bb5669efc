import type { ScannedRequest } from './scan.ts';
import { membersOf, type Member } from './splice.ts';

/** Members of a JSON-RPC request that its protocol knows. */
const FORESEEN: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params']);
const ANYTHING = Buffer.from('0');
const LEFT_BRACE = 0x7b;
const RIGHT_BRACE = 0x7d;

/** HOT PATH. Members of a request beside its parameters that nobody foresaw: they are passed on. Parameters are not read again for it. */
export function unforeseenIn(body: Buffer, { params }: Pick<ScannedRequest, 'params'>): readonly Member[] {
  const cut = params ?? { start: body.length, end: body.length };
  const around = Buffer.concat([body.subarray(0, cut.start), ANYTHING, body.subarray(cut.end)]);
  const whole = { start: around.indexOf(LEFT_BRACE), end: around.lastIndexOf(RIGHT_BRACE) + 1 };
  const shift = cut.end - cut.start - ANYTHING.length;
  return membersOf(around, whole)
    .filter(({ key }) => !FORESEEN.has(key))
    .map((member) => (member.keyStart < cut.start ? member : moved(member, shift)));
}

function moved({ key, keyStart, keyEnd, start, end }: Member, by: number): Member {
  return { key, keyStart: keyStart + by, keyEnd: keyEnd + by, start: start + by, end: end + by };
}

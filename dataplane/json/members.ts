import assert from 'node:assert/strict';
import { JsonScanner } from './scanner.ts';
import type { Edit } from './splice.ts';
import { stringText } from './text.ts';

/** A member of a scanned object; offsets are into the body, ends exclusive. */
export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
}

const scanner = new JsonScanner();
const OBJECT_AND_MEMBERS = 2;

/** The members of an object that stands at `start` to `end` in a body that was scanned before. */
export function membersOf(bytes: Buffer, object: { readonly start: number; readonly end: number }): readonly Member[] {
  const failure = scanner.scanWithin(bytes, object.start, object.end, OBJECT_AND_MEMBERS);
  assert(failure === null && bytes[object.start] === 0x7b, 'membersOf wants an object that was scanned before');
  const { tape } = scanner;
  const members: Member[] = [];
  for (let node = 1; node < tape.length; node = tape.next(node)) {
    const keyStart = tape.keyStart(node);
    const keyEnd = tape.keyEnd(node);
    const key = stringText(bytes, keyStart, keyEnd);
    members.push({ key, keyStart, keyEnd, start: tape.start(node), end: tape.end(node) });
  }
  return members;
}

/**
 * The edits that take members out of a scanned object and put others in, in front. What is in `add` as well as in the
 * object is replaced. `json` is JSON text.
 */
export function editMembers(
  bytes: Buffer,
  object: { readonly start: number; readonly end: number },
  change: {
    readonly remove?: readonly string[];
    readonly add?: readonly { readonly key: string; readonly json: string }[];
  },
): readonly Edit[] {
  const add = change.add ?? [];
  const removed = new Set([...(change.remove ?? []), ...add.map((member) => member.key)]);
  const members = membersOf(bytes, object);
  const edits: Edit[] = [];
  const kept = members.filter((member) => !removed.has(member.key)).length;
  if (add.length > 0) {
    const text = add.map((member) => `${JSON.stringify(member.key)}:${member.json}`).join(',');
    const at = object.start + 1;
    edits.push({ start: at, end: at, bytes: kept > 0 ? `${text},` : text });
  }
  // A removed member takes the comma before it along, or the one after it as long as nothing is kept before it.
  let keptEnd = -1;
  for (const [index, member] of members.entries()) {
    if (!removed.has(member.key)) keptEnd = member.end;
    else if (keptEnd >= 0) edits.push({ start: members[index - 1]?.end ?? keptEnd, end: member.end, bytes: '' });
    else edits.push({ start: member.keyStart, end: members[index + 1]?.keyStart ?? member.end, bytes: '' });
  }
  return edits;
}

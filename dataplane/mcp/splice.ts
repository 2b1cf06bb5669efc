import { editMembers } from '../json/members.ts';
import { splice } from '../json/splice.ts';
import type { Span } from './scan-level.ts';

export { splice, spliceWithin, type Edit } from '../json/splice.ts';
export { editMembers, membersOf, type Member } from '../json/members.ts';

/** The message with a member put into its `result`, whose place `scanResponse` told; replaced if it is there already. `json` is JSON text. */
export function addResultMember(message: Buffer, result: Span, key: string, json: string): Buffer {
  return splice(message, editMembers(message, result, { add: [{ key, json }] }));
}

/** The message without a member of its `result`; the same message if it has none. */
export function removeResultMember(message: Buffer, result: Span, key: string): Buffer {
  return splice(message, editMembers(message, result, { remove: [key] }));
}

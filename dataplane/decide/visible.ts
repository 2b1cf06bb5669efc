import type { Call } from './call.ts';
import type { ListedKind } from './decision.ts';
import { conceals, isInForce, mayOpen } from './judge.ts';
import type { Access, View, Visible } from './view.ts';

/**
 * What a list shows now (language.md, rule 5): what is not known yet, arguments and time, counts as allowed. So whatever
 * `decide` allows is visible, and so is a template of which some resource may be read. Kept until the next expiry and
 * until something else is withheld, unless it depends on more than subjects.
 */
export function visible(view: View, call: Call, kind: ListedKind = 'tool'): Visible {
  const { nowMs, listing } = call;
  const list = view.lists[kind];
  const { listed } = list;
  const { epoch } = view.gateway.tables.withheld;
  if (listed !== null && listed.epoch === epoch && listed.from <= nowMs && nowMs < listed.until) return listed.visible;
  const slots = list.accesses.filter((access) => isVisible(view, access, listing)).map(({ slot }) => slot);
  const found = { key: bitset(slots.map((slot) => slot.index)), slots };
  if (list.isPersonal) return found;
  list.listed = { epoch, from: nowMs, until: nextExpiry(view, list.accesses, nowMs), visible: found };
  return found;
}

/** Whether the gateway does without something because the pointer has expired. */
export function isStale({ gateway }: View, { nowMs }: Call): boolean {
  return gateway.gateway.staleMode !== 'serve' && gateway.tables.withheld.isStale(nowMs);
}

/** @param listing A call of which nothing is known but who and when. */
export function isVisible(view: View, access: Access, listing: Call): boolean {
  const { nowMs } = listing;
  if (view.expires !== 0 && view.expires <= nowMs) return false;
  if (view.gateway.tables.withheld.reason(access.slot, nowMs) !== null) return false;
  if (!access.isConditional) return access.candidates.some((candidate) => isInForce(candidate, nowMs));
  const frame = listing.frame(view.gateway.policy);
  return (
    access.candidates.some((candidate) => mayOpen(candidate, frame, nowMs)) &&
    !access.guards.some((guard) => conceals(guard, frame))
  );
}

function nextExpiry(view: View, accesses: readonly Access[], nowMs: number): number {
  let next = view.gateway.tables.withheld.nextTurn(nowMs);
  const consider = (expires: number): void => {
    if (expires > nowMs && expires < next) next = expires;
  };
  consider(view.expires);
  for (const { candidates } of accesses) for (const { expires } of candidates) consider(expires);
  return next;
}

/** Slot indices as a short string, 16 slots to a character. */
function bitset(indices: readonly number[]): string {
  const words = new Uint16Array(((indices.at(-1) ?? -1) >> 4) + 1);
  for (const index of indices) words[index >> 4] = (words[index >> 4] ?? 0) | (1 << (index & 15));
  return Array.from(words, (word) => String.fromCharCode(word)).join('');
}

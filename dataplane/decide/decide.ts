import { denied, UNKNOWN_TOOL, type Decision } from './decision.ts';
import type { Candidate, View, Visible } from './view.ts';

/**
 * HOT PATH: once per call. Allocates nothing when the tool is allowed, cannot throw, and ends in deny: a tool that
 * is not in the table, not granted, or granted only by what has expired is denied.
 */
export function decide(view: View, exposedTool: string, nowMs: number): Decision {
  const slot = view.gateway.slotByName.get(exposedTool);
  if (slot === undefined) return UNKNOWN_TOOL;
  const candidates = view.slots[slot.index];
  if (candidates !== null && candidates !== undefined) {
    if (view.expires !== 0 && view.expires <= nowMs) return denied('expired', slot);
    for (const candidate of candidates) {
      if (holds(candidate, nowMs)) return candidate.decision;
    }
  }
  return view.absent[slot.index] ?? UNKNOWN_TOOL;
}

/**
 * The tools that a list shows now: those that `decide` allows. Kept until the next expiry.
 */
export function visible(view: View, nowMs: number): Visible {
  const { listed } = view;
  if (listed !== null && listed.from <= nowMs && nowMs < listed.until) return listed.visible;
  const slots = view.gateway.slots.filter((slot) => decide(view, slot.exposed, nowMs).allow);
  const found = { key: bitset(slots.map((slot) => slot.index)), slots };
  view.listed = { from: nowMs, until: nextExpiry(view, nowMs), visible: found };
  return found;
}

const holds = (candidate: Candidate, nowMs: number): boolean => candidate.expires === 0 || nowMs < candidate.expires;

function nextExpiry(view: View, nowMs: number): number {
  let next = Number.MAX_SAFE_INTEGER;
  const consider = (expires: number): void => {
    if (expires > nowMs && expires < next) next = expires;
  };
  consider(view.expires);
  for (const candidates of view.slots) for (const candidate of candidates ?? []) consider(candidate.expires);
  return next;
}

/** Slot indices as a short string, 16 slots to a character. */
function bitset(indices: readonly number[]): string {
  const words = new Uint16Array(((indices.at(-1) ?? -1) >> 4) + 1);
  for (const index of indices) words[index >> 4] = (words[index >> 4] ?? 0) | (1 << (index & 15));
  return Array.from(words, (word) => String.fromCharCode(word)).join('');
}

import type { Pointer } from '../../schemas/types/pointer.ts';
import { refuse, type Refusal } from './refusal.ts';

export type Verdict = { readonly ok: true; readonly step: 'load' | 'keep' } | Refusal;

/**
 * What to do about a verified pointer (bundle.md, State machine, 3 and 6): `keep` the active bundle, which it names, or
 * `load` the one it names. `seen` is the verified pointer with the greatest `seq` so far, whether or not its bundle
 * could be loaded: after that, an older one is a replay.
 */
export function judgeOffer(offered: Pointer, seen: Pointer | null, activeBundle: string | null): Verdict {
  if (seen !== null && offered.seq < seen.seq) {
    return refuse('pointer', 'rollback', `seq ${offered.seq} is lower than ${seen.seq}, which was seen before`);
  }
  if (seen !== null && offered.seq === seen.seq && offered.bundle !== seen.bundle) {
    return refuse('pointer', 'equivocation', `seq ${offered.seq} was seen with another bundle`);
  }
  return { ok: true, step: offered.bundle === activeBundle ? 'keep' : 'load' };
}

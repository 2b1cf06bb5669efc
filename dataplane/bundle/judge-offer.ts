import type { Pointer } from '../../schemas/types/pointer.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { VerifiedPointer } from './verify-pointer.ts';

export type Verdict = { readonly ok: true; readonly step: 'load' | 'keep' } | Refusal;

/** What is served when a pointer is judged, and which of the two may be believed at that moment. */
export interface Standing {
  readonly activeBundle: string | null;
  readonly activeIsFresh: boolean;
  readonly offerIsFresh: boolean;
}

/**
 * Whether a verified pointer continues the channel (bundle.md, State machine, 3). `seen` is the verified pointer with the
 * greatest `seq` so far, whether or not its bundle could be loaded: after that, an older one is a replay. Null = it does.
 */
export function judgeOrder(offered: VerifiedPointer, seen: VerifiedPointer | null): Refusal | null {
  if (seen === null) return null;
  const [seq, before] = [offered.pointer.seq, seen.pointer.seq];
  if (seq < before) return refuse('pointer', 'rollback', `seq ${seq} is lower than ${before}, which was seen before`);
  if (seq === before && !offered.payload.equals(seen.payload)) {
    return refuse('pointer', 'equivocation', `seq ${seq} was seen with other contents`);
  }
  return null;
}

/**
 * What to do about a pointer that continues the channel (bundle.md, State machine, 4 to 6): `keep` the active bundle,
 * which it names, or `load` the one it names. One that has expired is loaded only where nothing better would be lost.
 */
export function judgeOffer(offered: Pointer, { activeBundle, activeIsFresh, offerIsFresh }: Standing): Verdict {
  const { bundle, revoked, disabledSeqMin } = offered;
  if (disabledSeqMin > 0) {
    const message = `a disabled list of seq ${disabledSeqMin} is required, and this version reads none`;
    return refuse('pointer', 'disabled-list', message);
  }
  if (revoked.includes(bundle)) return refuse('pointer', 'revoked', `bundle ${bundle} is revoked`);
  if (!offerIsFresh && activeBundle !== null && activeIsFresh) {
    return refuse('pointer', 'expired', `the pointer of seq ${offered.seq} has expired, the active one has not`);
  }
  return { ok: true, step: bundle === activeBundle ? 'keep' : 'load' };
}

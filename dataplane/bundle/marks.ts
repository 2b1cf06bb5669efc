import type { TrustedKeys } from '../format/trust.ts';
import { freshSpan, type FreshSpan } from './freshness.ts';
import type { Persistence } from './persistence.ts';
import { MARKS, type Mark, type StateFolder } from './state.ts';
import { verifyPointer, type ChannelName, type VerifiedPointer } from './verify-pointer.ts';

const BY = { seen: 'seq', issued: 'issued' } as const satisfies Record<Mark, string>;

/**
 * The verified pointers that went furthest, whether or not their bundles could be loaded: the one with the greatest `seq`
 * tells a replay, the one with the latest `issued` a clock that was set back.
 */
export class Marks {
  readonly #persistence: Persistence;
  readonly #furthest = new Map<Mark, VerifiedPointer>();

  constructor(persistence: Persistence) {
    this.#persistence = persistence;
  }

  /** The one with the greatest `seq`; null when none was ever verified. */
  seen(): VerifiedPointer | null {
    return this.#furthest.get('seen') ?? null;
  }

  /** Whether the one with the greatest `seq` revokes a bundle. */
  revokes(bundle: string): boolean {
    return this.seen()?.pointer.revoked.includes(bundle) ?? false;
  }

  /** When a pointer may be believed, given all that was seen. */
  spanOf({ pointer }: VerifiedPointer): FreshSpan {
    return freshSpan(pointer, Math.max(pointer.issued, this.#furthest.get('issued')?.pointer.issued ?? 0));
  }

  note(pointer: VerifiedPointer): void {
    for (const mark of MARKS) if (this.#advance(mark, pointer)) this.#persistence.saveMark(mark, pointer);
  }

  async restore(folder: StateFolder, trust: TrustedKeys): Promise<void> {
    for (const file of MARKS) {
      const found = await folder.readMark(file, trust);
      if (found !== null) for (const mark of MARKS) this.#advance(mark, found);
    }
  }

  /** A floor set by a key that is no longer trusted goes with it, or that key could bar the channel for ever. */
  distrust(trust: TrustedKeys, name: ChannelName): void {
    for (const [mark, { bytes }] of this.#furthest) {
      if (!verifyPointer(bytes, trust, name).ok) this.#furthest.delete(mark);
    }
  }

  #advance(mark: Mark, pointer: VerifiedPointer): boolean {
    const furthest = this.#furthest.get(mark);
    if (furthest !== undefined && pointer.pointer[BY[mark]] <= furthest.pointer[BY[mark]]) return false;
    this.#furthest.set(mark, pointer);
    return true;
  }
}

import type { TrustedKeys } from '../format/trust.ts';
import type { BundleFiles, Mark, StateFolder } from './state.ts';
import type { VerifiedPointer } from './verify-pointer.ts';

interface Unsaved {
  readonly pointer: VerifiedPointer;
  /** Null when the folder has them already. */
  readonly files: BundleFiles | null;
  /** The bundle that was replaced and is no longer needed. */
  readonly replaced: string | null;
}

/**
 * What the state folder still lacks, tried again with every step until it is written. A failure is a line in the
 * status, never an outage (bundle.md, State machine, 11).
 */
export class Persistence {
  readonly #folder: StateFolder | null;
  #active: Unsaved | null = null;
  readonly #marks = new Map<Mark, VerifiedPointer>();
  #problem: string | null = null;

  constructor(folder: StateFolder | null) {
    this.#folder = folder;
  }

  /** Whether all is written; null when there is no folder to write to. */
  persisted(): boolean | null {
    return this.#folder === null ? null : this.#active === null && this.#marks.size === 0;
  }

  /** Why the last attempt failed; null when it did not. */
  problem(): string | null {
    return this.#problem;
  }

  saveMark(mark: Mark, pointer: VerifiedPointer): void {
    if (this.#folder !== null) this.#marks.set(mark, pointer);
  }

  saveActive(pointer: VerifiedPointer, files: BundleFiles, replaced: string | null): void {
    if (this.#folder !== null) this.#active = { pointer, files, replaced };
  }

  /** The same bundle under another pointer. */
  savePointer(pointer: VerifiedPointer): void {
    if (this.#folder === null) return;
    this.#active = { files: null, replaced: null, ...this.#active, pointer };
  }

  /** What was waiting is no longer wanted. */
  drop(): void {
    this.#active = null;
  }

  async flush(trust: TrustedKeys): Promise<void> {
    const folder = this.#folder;
    if (folder === null) return;
    try {
      for (const [mark, pointer] of this.#marks) {
        await folder.writeMark(mark, pointer, trust);
        this.#marks.delete(mark);
      }
      if (this.#active !== null) {
        const { pointer, files, replaced } = this.#active;
        await folder.writeActive(pointer, files, trust);
        if (replaced !== null) await folder.forget(replaced, trust);
      }
      this.#active = null;
      this.#problem = null;
    } catch (problem) {
      this.#problem = problem instanceof Error ? problem.message : String(problem);
    }
  }
}

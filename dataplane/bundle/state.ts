import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleEnvelopePath, bundleTarPath, channelPath } from '../format/store-paths.ts';
import type { TrustedKeys } from '../format/trust.ts';
import { BUNDLE_BYTES_MAX, ENVELOPE_BYTES_MAX } from '../limits.ts';
import { readBounded } from './read-bounded.ts';
import type { Refusal } from './refusal.ts';
import { verifyPointer, type ChannelName, type VerifiedPointer } from './verify-pointer.ts';
import { writeDurably } from './write-durably.ts';

/** A bundle as it came: what is persisted are these bytes, which are verified again when they are read. */
export interface BundleFiles {
  readonly envelope: Buffer;
  readonly tar: Buffer;
}

/** The pointer that went furthest: `seen` by its `seq`, `issued` by that; whether or not its bundle could be loaded. */
export const MARKS = ['seen', 'issued'] as const;
export type Mark = (typeof MARKS)[number];

export interface LastGood {
  readonly ok: true;
  readonly pointer: VerifiedPointer;
  readonly files: BundleFiles;
}

/**
 * The last known good bundle of one channel, in a folder laid out like a store. Beside the pointer of what was active
 * lie the `Mark`s, so that a replay and a clock that was set back are recognised after a restart too. Several workers may
 * share the folder.
 */
export class StateFolder {
  readonly #folder: string;
  readonly #name: ChannelName;

  constructor(folder: string, name: ChannelName) {
    this.#folder = join(folder, name.workspace, name.environment, name.channel);
    this.#name = name;
  }

  /** What was active; null when nothing was ever persisted. */
  async readLastGood(trust: TrustedKeys): Promise<LastGood | Refusal | null> {
    const pointer = await this.#readPointer('active', trust);
    if (pointer === null || !pointer.ok) return pointer;
    const { bundle } = pointer.pointer;
    const envelope = await readBounded('signature', join(this.#folder, bundleEnvelopePath(bundle)), ENVELOPE_BYTES_MAX);
    if (!envelope.ok) return envelope;
    const tar = await readBounded('tar', join(this.#folder, bundleTarPath(bundle)), BUNDLE_BYTES_MAX);
    if (!tar.ok) return tar;
    return { ok: true, pointer, files: { envelope: envelope.bytes, tar: tar.bytes } };
  }

  /** Null when there is none that the trust file believes. */
  async readMark(mark: Mark, trust: TrustedKeys): Promise<VerifiedPointer | null> {
    const found = await this.#readPointer(mark, trust);
    return found?.ok === true ? found : null;
  }

  async writeMark(mark: Mark, pointer: VerifiedPointer, trust: TrustedKeys): Promise<void> {
    await this.#writePointer(mark, pointer, trust);
  }

  /** The pointer is written last: a crash before that leaves the previous bundle in force. */
  async writeActive(pointer: VerifiedPointer, files: BundleFiles | null, trust: TrustedKeys): Promise<void> {
    const { bundle } = pointer.pointer;
    if (files !== null) {
      await writeDurably(join(this.#folder, bundleTarPath(bundle)), files.tar);
      await writeDurably(join(this.#folder, bundleEnvelopePath(bundle)), files.envelope);
    }
    await this.#writePointer('active', pointer, trust);
  }

  /** Removes a bundle that was replaced, unless the pointer here still names it. */
  async forget(bundle: string, trust: TrustedKeys): Promise<void> {
    const active = await this.#readPointer('active', trust);
    if (active?.ok !== true || active.pointer.bundle === bundle) return;
    await rm(join(this.#folder, bundleEnvelopePath(bundle)), { force: true });
    await rm(join(this.#folder, bundleTarPath(bundle)), { force: true });
  }

  /** Another worker may be ahead of us: what it wrote must not go back. */
  async #writePointer(file: 'active' | Mark, written: VerifiedPointer, trust: TrustedKeys): Promise<void> {
    const there = await this.#readPointer(file, trust);
    const by = file === 'issued' ? 'issued' : 'seq';
    if (there?.ok === true && there.pointer[by] > written.pointer[by]) return;
    await writeDurably(join(this.#folder, channelPath(file)), written.bytes);
  }

  async #readPointer(file: 'active' | Mark, trust: TrustedKeys): Promise<VerifiedPointer | Refusal | null> {
    const read = await readBounded('pointer', join(this.#folder, channelPath(file)), ENVELOPE_BYTES_MAX);
    if (!read.ok) return read.code === 'missing' ? null : read;
    return verifyPointer(read.bytes, trust, this.#name);
  }
}

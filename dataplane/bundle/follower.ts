import { join } from 'node:path';
import { ENGINE_FEATURES, ENGINE_VERSION } from '../format/engine-need.ts';
import { bundleEnvelopePath, bundleTarPath, channelPath } from '../format/store-paths.ts';
import type { TrustedKeys } from '../format/trust.ts';
import { BUNDLE_BYTES_MAX, ENVELOPE_BYTES_MAX } from '../limits.ts';
import { activeStatus, isTrusted, otherCommit, stateOf, type Active } from './active.ts';
import { freshnessAt, nextTurnMs, type Freshness } from './freshness.ts';
import { judgeOffer, judgeOrder } from './judge-offer.ts';
import { loadBundle, type ContentSources, type Snapshot } from './load.ts';
import { Marks } from './marks.ts';
import { nackOf, type BundleAt, type Nack } from './nack.ts';
import { Persistence } from './persistence.ts';
import { readBounded } from './read-bounded.ts';
import { isFinal, refuse, type Refusal } from './refusal.ts';
import { StateFolder } from './state.ts';
import type { ChannelStatus, OfferedStatus } from './status.ts';
import { readTrustFile, type TrustFile } from './trust-file.ts';
import { verifyPointer, type ChannelName, type VerifiedPointer } from './verify-pointer.ts';

export interface FollowerConfig extends ChannelName {
  /** The store: a folder with `bundles/` and `channels/`. */
  readonly bundles: string;
  /** Path of `trust.json`. */
  readonly trust: string;
  /** The folder of the last known good bundle; null = none is kept. */
  readonly state: string | null;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Absent = none. */
  readonly content?: ContentSources;
  readonly swapped: (snapshot: Snapshot | null) => void;
  readonly refused: (nack: Nack) => void;
  /** The pointer of what is active begins, or ceases, to be believed. Told after the swap that goes with it. */
  readonly turned: (freshness: Freshness) => void;
}

/**
 * What one channel holds, and the step that brings it up to date (bundle.md, State machine). Steps must not overlap:
 * `channel.ts` sees to it. A step never throws, and whatever it meets, what is active stays until something better is
 * ready or the trust file no longer vouches for it.
 */
export class Follower {
  readonly #config: FollowerConfig;
  readonly #state: StateFolder | null;
  readonly #persistence: Persistence;
  #trust: TrustFile | null = null;
  #active: Active | null = null;
  /** Active, but to be served no longer than this step: replaced or dropped at its end. */
  #doubt: { readonly active: Active; readonly refusal: Refusal } | null = null;
  /** What was said last of the active one. */
  #freshness: Freshness = 'fresh';
  readonly #marks: Marks;
  #offered: OfferedStatus | null = null;
  /** What the pointer of the step under way offers. */
  #offer: BundleAt | null = null;
  #final: { readonly bundle: string; readonly refusal: Refusal } | null = null;
  #refusal: Refusal | null = null;
  #nack: Nack | null = null;

  constructor(config: FollowerConfig) {
    this.#config = config;
    this.#state = config.state === null ? null : new StateFolder(config.state, config);
    this.#persistence = new Persistence(this.#state);
    this.#marks = new Marks(this.#persistence);
  }

  current(): Snapshot | null {
    return this.#active?.snapshot ?? null;
  }

  /** How often in a row the same went wrong and may go right when tried again; 0 when there is nothing to retry. */
  attempts(): number {
    return this.#refusal === null || isFinal(this.#refusal) ? 0 : (this.#nack?.attempts ?? 0);
  }

  status(): ChannelStatus {
    const { workspace, environment, channel } = this.#config;
    const persisted = this.#persistence.persisted();
    return {
      workspace,
      environment,
      channel,
      state: this.#channelState(),
      active: this.#active === null ? null : activeStatus(this.#active),
      offered: this.#offered,
      nack: this.#nack,
      persisted: persisted === null ? null : persisted && this.#active !== null,
      persistProblem: this.#persistence.problem(),
      engine: { version: ENGINE_VERSION, features: ENGINE_FEATURES },
    };
  }

  /** Cold start: loads what the state folder holds, verified anew. Call it once, before the first step. */
  async restore(): Promise<void> {
    await this.#attempt(async () => {
      const trust = await this.#readTrust();
      if (!trust.ok || this.#state === null) return trust.ok ? null : trust;
      await this.#marks.restore(this.#state, trust.keys);
      const last = await this.#state.readLastGood(trust.keys);
      if (last === null || !last.ok) return last;
      this.#offer = last.pointer.pointer;
      const { bundle } = this.#offer;
      if (this.#marks.revokes(bundle)) return refuse('pointer', 'revoked', revokedText(bundle));
      this.#marks.note(last.pointer);
      const { workspace, environment } = this.#config;
      const loaded = loadBundle(
        { ...last.files, trust: trust.keys, workspace, environment, id: bundle },
        this.#config.content,
      );
      if (!loaded.ok) return loaded;
      const differs = otherCommit(last.pointer, loaded.snapshot);
      if (differs !== null) return differs;
      this.#swap(loaded.snapshot, last.pointer, last.files.envelope);
      return null;
    });
    this.checkFreshness();
  }

  /** Reads trust file, pointer and, when it must, bundle; then persists what it can. */
  async step(): Promise<void> {
    await this.#attempt(async () => {
      const trust = await this.#readTrust();
      if (!trust.ok) return trust;
      if (this.#active !== null && !isTrusted(this.#active, trust.keys, this.#config)) {
        const message = 'the trust file no longer vouches for the active bundle';
        this.#doubt = { active: this.#active, refusal: refuse('trust', 'no-longer-trusted', message) };
      }
      try {
        return await this.#follow(trust.keys);
      } finally {
        if (this.#doubt !== null && this.#active === this.#doubt.active) this.#drop(this.#doubt.refusal);
        this.#doubt = null;
      }
    });
    this.#believe();
    this.checkFreshness();
    if (this.#trust !== null) await this.#persistence.flush(this.#trust.keys);
  }

  /** Says so when what is active has ceased to be believed, or is believed again. */
  checkFreshness(): void {
    if (this.#active === null) return;
    const freshness = this.#freshnessOf(this.#active.pointer, this.#config.clock());
    if (freshness === this.#freshness) return;
    this.#freshness = freshness;
    this.#config.turned(freshness);
  }

  /** Milliseconds until time alone changes the freshness of what is active; null when it will not. */
  nextTurnMs(): number | null {
    return this.#active === null ? null : nextTurnMs(this.#marks.spanOf(this.#active.pointer), this.#config.clock());
  }

  async #attempt(work: () => Promise<Refusal | null>): Promise<void> {
    this.#offer = null;
    try {
      const refusal = await work();
      if (refusal === null) this.#refusal = null;
      else this.#note(refusal);
    } catch (problem) {
      this.#note(refuse('internal', 'internal', problem instanceof Error ? problem.message : String(problem)));
    }
  }

  /** While the file cannot be read nothing new is accepted: it may be about to say that a key is out. */
  async #readTrust(): Promise<TrustFile | Refusal> {
    const trust = await readTrustFile(this.#config.trust, this.#config, this.#trust);
    if (!trust.ok || trust === this.#trust) return trust;
    this.#trust = trust;
    this.#final = null;
    this.#marks.distrust(trust.keys, this.#config);
    return trust;
  }

  async #follow(trust: TrustedKeys): Promise<Refusal | null> {
    const { bundles, channel } = this.#config;
    const file = await readBounded('pointer', join(bundles, channelPath(channel)), ENVELOPE_BYTES_MAX);
    if (!file.ok) return file;
    const offered = verifyPointer(file.bytes, trust, this.#config);
    if (!offered.ok) return offered;
    this.#offer = offered.pointer;
    const { bundle, seq } = offered.pointer;
    if (this.#offered?.bundle !== bundle || this.#offered.seq !== seq) {
      this.#offered = { bundle, seq, since: this.#now() };
    }
    const replayed = judgeOrder(offered, this.#marks.seen());
    if (replayed !== null) return replayed;
    this.#marks.note(offered);
    const active = this.#undoubted();
    // One moment for both, so that time cannot pass between two answers.
    const nowMs = this.#config.clock();
    const verdict = judgeOffer(offered.pointer, {
      activeBundle: active?.snapshot.bundle.id ?? null,
      activeIsFresh: active !== null && this.#freshnessOf(active.pointer, nowMs) === 'fresh',
      offerIsFresh: this.#freshnessOf(offered, nowMs) === 'fresh',
    });
    if (!verdict.ok) return verdict;
    if (active === null || verdict.step === 'load') return this.#load(offered, trust);
    const differs = otherCommit(offered, active.snapshot);
    if (differs !== null) return differs;
    if (!active.pointer.bytes.equals(offered.bytes)) {
      this.#active = { ...active, pointer: offered };
      this.#persistence.savePointer(offered);
    }
    return null;
  }

  /** What is active, unless the trust file or the channel has turned against it. */
  #undoubted(): Active | null {
    const active = this.#active;
    const bundle = active?.snapshot.bundle.id;
    if (active !== null && bundle !== undefined && this.#marks.revokes(bundle)) {
      this.#doubt ??= { active, refusal: refuse('pointer', 'active-revoked', revokedText(bundle)) };
    }
    return this.#doubt === null ? active : null;
  }

  async #load(offered: VerifiedPointer, trust: TrustedKeys): Promise<Refusal | null> {
    const { bundles, workspace, environment } = this.#config;
    const id = offered.pointer.bundle;
    if (this.#final?.bundle === id) return this.#final.refusal;
    const envelope = await readBounded('signature', join(bundles, bundleEnvelopePath(id)), ENVELOPE_BYTES_MAX);
    if (!envelope.ok) return envelope;
    const tar = await readBounded('tar', join(bundles, bundleTarPath(id)), BUNDLE_BYTES_MAX);
    if (!tar.ok) return tar;
    const files = { envelope: envelope.bytes, tar: tar.bytes };
    const loaded = loadBundle({ ...files, trust, workspace, environment, id }, this.#config.content);
    if (!loaded.ok) {
      if (isFinal(loaded)) this.#final = { bundle: id, refusal: loaded };
      return loaded;
    }
    const differs = otherCommit(offered, loaded.snapshot);
    if (differs !== null) return differs;
    const replaced = this.#active?.snapshot.bundle.id ?? null;
    this.#persistence.saveActive(offered, files, replaced === id ? null : replaced);
    this.#swap(loaded.snapshot, offered, envelope.bytes);
    return null;
  }

  #swap(snapshot: Snapshot, pointer: VerifiedPointer, envelope: Buffer): void {
    this.#final = null;
    // Before anybody is told: who asks for the status then must not read that this bundle was refused.
    this.#refusal = null;
    this.#active = { snapshot, pointer, envelope, since: this.#now() };
    this.#believe();
    this.#config.swapped(snapshot);
  }

  /** Tells the engine until when the pointer may be believed, which every decision compares with its own time. */
  #believe(): void {
    if (this.#active === null) return;
    const { snapshot, pointer } = this.#active;
    snapshot.engine.withheld.believe(this.#marks.spanOf(pointer));
  }

  /** What is active must not be served any more, and nothing took its place. */
  #drop(refusal: Refusal): void {
    this.#note(refusal);
    this.#active = null;
    this.#persistence.drop();
    this.#config.swapped(null);
  }

  #note(refusal: Refusal): void {
    // A remembered refusal was not tried again, so it is not counted again.
    if (refusal === this.#refusal) return;
    const previous = this.#refusal === null ? null : this.#nack;
    const active = this.#active === null ? null : at(this.#active.pointer.pointer);
    const offer = this.#offer === null ? null : at(this.#offer);
    const nack = nackOf(refusal, previous, offer, active, this.#config.clock());
    this.#refusal = refusal;
    this.#nack = nack;
    if (nack.attempts === 1) this.#config.refused(nack);
  }

  #channelState(): ChannelStatus['state'] {
    if (this.#active === null) return 'empty';
    return stateOf(this.#active, this.#freshnessOf(this.#active.pointer, this.#config.clock()), this.#refusal !== null);
  }

  #freshnessOf(pointer: VerifiedPointer, nowMs: number): Freshness {
    return freshnessAt(this.#marks.spanOf(pointer), nowMs);
  }

  #now(): string {
    return new Date(this.#config.clock()).toISOString();
  }
}

const revokedText = (bundle: string): string => `bundle ${bundle} is revoked`;

const at = ({ bundle, seq }: BundleAt): BundleAt => ({ bundle, seq });

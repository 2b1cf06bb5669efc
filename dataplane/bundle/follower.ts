import { join } from 'node:path';
import { MANIFEST_TYPE, verifyEnvelope } from '../format/dsse.ts';
import { ENGINE_FEATURES, ENGINE_VERSION } from '../format/engine-need.ts';
import { bundleEnvelopePath, bundleTarPath, channelPath } from '../format/store-paths.ts';
import type { TrustedKeys } from '../format/trust.ts';
import { BUNDLE_BYTES_MAX, ENVELOPE_BYTES_MAX } from '../limits.ts';
import { judgeOffer } from './judge-offer.ts';
import { notEnforced } from './not-enforced.ts';
import { loadBundle, type Snapshot } from './load.ts';
import { nackOf, type BundleAt, type Nack } from './nack.ts';
import { Persistence } from './persistence.ts';
import { readBounded } from './read-bounded.ts';
import { isFinal, refuse, type Refusal } from './refusal.ts';
import { StateFolder } from './state.ts';
import type { ActiveStatus, ChannelStatus, OfferedStatus } from './status.ts';
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
  readonly swapped: (snapshot: Snapshot | null) => void;
  readonly refused: (nack: Nack) => void;
}

interface Active {
  readonly snapshot: Snapshot;
  readonly pointer: VerifiedPointer;
  readonly envelope: Buffer;
  readonly since: string;
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
  /** The verified pointer with the greatest `seq`. */
  #seen: VerifiedPointer | null = null;
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
    const active = this.#active === null ? null : activeStatus(this.#active);
    const persisted = this.#persistence.persisted();
    return {
      workspace,
      environment,
      channel,
      state: active === null ? 'empty' : this.#refusal === null ? 'ready' : 'rejecting',
      active,
      offered: this.#offered,
      nack: this.#nack,
      persisted: persisted === null ? null : persisted && active !== null,
      persistProblem: this.#persistence.problem(),
      engine: { version: ENGINE_VERSION, features: ENGINE_FEATURES },
    };
  }

  /** Cold start: loads what the state folder holds, verified anew. Call it once, before the first step. */
  async restore(): Promise<void> {
    await this.#attempt(async () => {
      const trust = await this.#readTrust();
      if (!trust.ok || this.#state === null) return trust.ok ? null : trust;
      this.#seen = await this.#state.readSeen(trust.keys);
      const last = await this.#state.readLastGood(trust.keys);
      if (last === null || !last.ok) return last;
      if (this.#seen === null || last.pointer.pointer.seq > this.#seen.pointer.seq) this.#seen = last.pointer;
      this.#offer = last.pointer.pointer;
      const { workspace, environment } = this.#config;
      const loaded = loadBundle({ ...last.files, trust: trust.keys, workspace, environment, id: this.#offer.bundle });
      if (!loaded.ok) return loaded;
      this.#swap(loaded.snapshot, last.pointer, last.files.envelope);
      return null;
    });
  }

  /** Reads trust file, pointer and, when it must, bundle; then persists what it can. */
  async step(): Promise<void> {
    await this.#attempt(async () => {
      const trust = await this.#readTrust();
      if (!trust.ok) return trust;
      const doubted = this.#active === null || isTrusted(this.#active, trust.keys, this.#config) ? null : this.#active;
      try {
        return await this.#follow(trust.keys, doubted === null ? this.#active : null);
      } finally {
        if (doubted !== null && this.#active === doubted) this.#drop();
      }
    });
    if (this.#trust !== null) await this.#persistence.flush(this.#trust.keys);
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
    // A floor set by a key that is no longer trusted goes with it, or that key could bar the channel for ever.
    if (this.#seen !== null && !verifyPointer(this.#seen.bytes, trust.keys, this.#config).ok) this.#seen = null;
    return trust;
  }

  async #follow(trust: TrustedKeys, active: Active | null): Promise<Refusal | null> {
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
    const verdict = judgeOffer(offered.pointer, this.#seen?.pointer ?? null, active?.snapshot.bundle.id ?? null);
    if (!verdict.ok) return verdict;
    if (this.#seen === null || seq > this.#seen.pointer.seq) {
      this.#seen = offered;
      this.#persistence.saveSeen(offered);
    }
    if (active === null || verdict.step === 'load') return this.#load(offered, trust);
    if (!active.pointer.bytes.equals(offered.bytes)) {
      this.#active = { ...active, pointer: offered };
      this.#persistence.savePointer(offered);
    }
    return null;
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
    const loaded = loadBundle({ ...files, trust, workspace, environment, id });
    if (!loaded.ok) {
      if (isFinal(loaded)) this.#final = { bundle: id, refusal: loaded };
      return loaded;
    }
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
    this.#config.swapped(snapshot);
  }

  /** The trust file stopped vouching for what is active, and nothing took its place. */
  #drop(): void {
    this.#note(refuse('trust', 'no-longer-trusted', 'the trust file no longer vouches for the active bundle'));
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

  #now(): string {
    return new Date(this.#config.clock()).toISOString();
  }
}

function isTrusted({ pointer, envelope }: Active, keys: TrustedKeys, name: ChannelName): boolean {
  return verifyPointer(pointer.bytes, keys, name).ok && verifyEnvelope(envelope, MANIFEST_TYPE, keys.bundle).ok;
}

function activeStatus({ snapshot: { bundle }, pointer, since }: Active): ActiveStatus {
  const { id, policyDigest, manifest } = bundle;
  const { commit } = manifest.source;
  return { bundle: id, seq: pointer.pointer.seq, since, policyDigest, commit, notEnforced: notEnforced(bundle.policy) };
}

const at = ({ bundle, seq }: BundleAt): BundleAt => ({ bundle, seq });

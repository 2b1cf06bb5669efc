import type { Secret } from '../../schemas/types/proxy.ts';
import { HASH_KEY_BYTES_MIN, SECRET_POLL_MS } from '../limits.ts';
import { isHostAllowed, isSecure, parseHostPatterns, type HostPattern } from './egress.ts';
import { readReference, type Environment, type ReferenceFailure } from './reference.ts';

export type SecretFailure =
  'unknown-secret' | 'secret-missing' | 'secret-malformed' | 'secret-not-for-host' | 'secret-over-plain-http';

export type SecretResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: SecretFailure };

export type HashKeyFailure = 'unknown-secret' | 'secret-missing' | 'secret-not-for-hashes';

export type HashKeyResult =
  { readonly ok: true; readonly key: Buffer } | { readonly ok: false; readonly reason: HashKeyFailure };

/** Why a secret has no value. */
type ValueFailure = ReferenceFailure | 'not-printable' | 'too-short';

interface HeldSecret {
  readonly from: string;
  /** Null: it is sent nowhere, and is a key of the action `hash`. */
  readonly to: readonly HostPattern[] | null;
  value: string | null;
  failure: ValueFailure | null;
}

/**
 * The secrets of proxy.yaml: read at start, and those in files again whenever the file changes, so that rotating one needs
 * no restart. Values leave this class for one URL at a time, and only when that URL's host is among the secret's `to`; or
 * as keys of hashes, when proxy.yaml says that they are that and nothing else: what a rule makes with one, everybody sees.
 */
export class Secrets {
  readonly #secrets = new Map<string, HeldSecret>();
  readonly #environment: Environment;
  #timer: NodeJS.Timeout | null = null;

  private constructor(secrets: Readonly<Record<string, Secret>>, environment: Environment) {
    this.#environment = environment;
    for (const [name, secret] of Object.entries(secrets)) {
      const to = 'use' in secret ? null : hostsOf(secret.to);
      this.#secrets.set(name, { from: secret.from, to, value: null, failure: 'unreadable' });
    }
  }

  /** Reads all secrets of a configuration and watches their files until `close`. Never rejects. */
  static async open(secrets: Readonly<Record<string, Secret>>, environment: Environment): Promise<Secrets> {
    const opened = new Secrets(secrets, environment);
    await opened.#read(() => true);
    opened.#schedule();
    return opened;
  }

  /** The value of a secret for a request to `url`, or why that must not be made. */
  valueFor(name: string, url: URL): SecretResult {
    const secret = this.#secrets.get(name);
    if (secret === undefined) return { ok: false, reason: 'unknown-secret' };
    if (!isSecure(url)) return { ok: false, reason: 'secret-over-plain-http' };
    if (secret.to === null || !isHostAllowed(url, secret.to)) return { ok: false, reason: 'secret-not-for-host' };
    if (secret.value !== null) return { ok: true, value: secret.value };
    return { ok: false, reason: secret.failure === 'not-printable' ? 'secret-malformed' : 'secret-missing' };
  }

  /** The key of that name for the action `hash`, or why there is none. */
  hashKey(name: string): HashKeyResult {
    const secret = this.#secrets.get(name);
    if (secret === undefined) return { ok: false, reason: 'unknown-secret' };
    if (secret.to !== null) return { ok: false, reason: 'secret-not-for-hashes' };
    if (secret.value === null) return { ok: false, reason: 'secret-missing' };
    return { ok: true, key: Buffer.from(secret.value, 'utf8') };
  }

  /** Reads the secrets in files again, now. A file that is gone or empty withdraws its secret. */
  async reload(): Promise<void> {
    await this.#read((secret) => secret.from.startsWith('file:'));
  }

  /** Why secrets have no value, by name; those that have one are not in it. */
  status(): ReadonlyMap<string, ValueFailure> {
    const failures = new Map<string, ValueFailure>();
    for (const [name, { failure }] of this.#secrets) if (failure !== null) failures.set(name, failure);
    return failures;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Reading is simpler than watching, and sees what watchers miss: symbolic links swapped by Kubernetes, network mounts. */
  #schedule(): void {
    this.#timer = setTimeout(() => void this.#poll(), SECRET_POLL_MS).unref();
  }

  async #poll(): Promise<void> {
    const timer = this.#timer;
    await this.reload();
    // Closed in the meantime otherwise.
    if (this.#timer === timer && timer !== null) this.#schedule();
  }

  async #read(which: (secret: HeldSecret) => boolean): Promise<void> {
    await Promise.all([...this.#secrets.values()].filter(which).map((secret) => this.#readOne(secret)));
  }

  async #readOne(secret: HeldSecret): Promise<void> {
    const read = await readReference(secret.from, this.#environment);
    secret.failure = read.ok ? failureOf(read.value, secret) : read.reason;
    secret.value = read.ok && secret.failure === null ? read.value : null;
  }
}

/** A `to` that is no list of hosts allows none: the configuration's own check reports it. */
function hostsOf(to: readonly string[]): readonly HostPattern[] {
  const patterns = parseHostPatterns(to);
  return patterns.ok ? patterns.patterns : [];
}

function failureOf(value: string, { to }: HeldSecret): ValueFailure | null {
  if (!isPrintable(value)) return 'not-printable';
  return to === null && value.length < HASH_KEY_BYTES_MIN ? 'too-short' : null;
}

/** Visible ASCII and spaces: what an HTTP field value may hold without doubt (RFC 9110 section 5.5). */
function isPrintable(value: string): boolean {
  return /^[\x20-\x7e]+$/.test(value);
}

import type { Secret } from '../../schemas/types/proxy.ts';
import { SECRET_POLL_MS } from '../limits.ts';
import { isHostAllowed, isSecure, parseHostPatterns, type HostPattern } from './egress.ts';
import { readReference, type Environment, type ReferenceFailure } from './reference.ts';

export type SecretFailure =
  'unknown-secret' | 'secret-missing' | 'secret-malformed' | 'secret-not-for-host' | 'secret-over-plain-http';

export type SecretResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: SecretFailure };

interface HeldSecret {
  readonly from: string;
  readonly to: readonly HostPattern[];
  value: string | null;
  failure: ReferenceFailure | 'not-printable' | null;
}

/**
 * The secrets of proxy.yaml: read at start, and those in files again whenever the file changes, so that rotating one needs
 * no restart. Values leave this class for one URL at a time, and only when that URL's host is among the secret's `to`.
 */
export class Secrets {
  readonly #secrets = new Map<string, HeldSecret>();
  readonly #environment: Environment;
  #timer: NodeJS.Timeout | null = null;

  private constructor(secrets: Readonly<Record<string, Secret>>, environment: Environment) {
    this.#environment = environment;
    for (const [name, { from, to }] of Object.entries(secrets)) {
      const patterns = parseHostPatterns(to);
      // A `to` that is no list of hosts allows none: the configuration's own check reports it.
      this.#secrets.set(name, { from, to: patterns.ok ? patterns.patterns : [], value: null, failure: 'unreadable' });
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
    if (!isHostAllowed(url, secret.to)) return { ok: false, reason: 'secret-not-for-host' };
    if (secret.value !== null) return { ok: true, value: secret.value };
    return { ok: false, reason: secret.failure === 'not-printable' ? 'secret-malformed' : 'secret-missing' };
  }

  /** Reads the secrets in files again, now. A file that is gone or empty withdraws its secret. */
  async reload(): Promise<void> {
    await this.#read((secret) => secret.from.startsWith('file:'));
  }

  /** Why secrets have no value, by name; those that have one are not in it. */
  status(): ReadonlyMap<string, ReferenceFailure | 'not-printable'> {
    const failures = new Map<string, ReferenceFailure | 'not-printable'>();
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
    const printable = read.ok && isPrintable(read.value);
    secret.value = printable ? read.value : null;
    secret.failure = printable ? null : read.ok ? 'not-printable' : read.reason;
  }
}

/** Visible ASCII and spaces: what an HTTP field value may hold without doubt (RFC 9110 section 5.5). */
function isPrintable(value: string): boolean {
  return /^[\x20-\x7e]+$/.test(value);
}

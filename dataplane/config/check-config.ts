import { resolve } from 'node:path';
import type { AuditConfig, AuditSink, Listen, ProxyConfig, Secret } from '../../schemas/types/proxy.ts';
import { isListenedHost, isLoopback, parseAddress, parseNetworks } from './address.ts';
import { absoluteSource, isSource } from './source.ts';
import { readSecrets } from './check-secrets.ts';
import { readStdio } from './check-stdio.ts';
import { parseHostPattern } from '../identity/egress.ts';
import { WORKERS_MAX } from '../limits.ts';
import { FIELDS, nameOf } from './fields.ts';
import { isMapping, type RawConfig, type RawValue } from './raw-config.ts';

export type ConfigResult =
  { readonly ok: true; readonly config: ProxyConfig } | { readonly ok: false; readonly problems: readonly string[] };

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const TOKEN_AGE_SECONDS_MIN = 60;
const DRIFT_SECONDS_MAX = 86_400;

/**
 * Turns what was written into a configuration, with absolute paths. Every problem is one line: what was written where,
 * what is wrong, what to do.
 */
export function checkConfig(raw: RawConfig): ConfigResult {
  const reader = new Reader(raw);
  const config = reader.config();
  return config === null || reader.problems.length > 0
    ? { ok: false, problems: reader.problems }
    : { ok: true, config };
}

class Reader {
  readonly problems: string[] = [];
  readonly #raw: RawConfig;

  constructor(raw: RawConfig) {
    this.#raw = raw;
  }

  config(): ProxyConfig | null {
    this.#requireFields();
    const workspace = this.#name('workspace');
    const environment = this.#name('environment');
    const channel = this.#name('channel');
    const bundles = this.#bundles();
    const trust = this.#path('trust');
    const listen = this.#listen();
    const admin = this.#admin();
    const state = this.#path('state');
    const keys = this.#sealKeys();
    const secrets = this.#secrets();
    const stdio = this.#stdio();
    const egress = this.#egress();
    const jwks = this.#jwks();
    const tokenAgeMaxSeconds = this.#seconds('tokenAgeMaxSeconds', TOKEN_AGE_SECONDS_MIN);
    const driftSeconds = this.#seconds('driftSeconds', 0, DRIFT_SECONDS_MAX);
    const workers = this.#workers();
    const audit = this.#audit();
    if (workspace === null || environment === null || channel === null) return null;
    if (bundles === null || trust === null || listen === null) return null;
    return {
      workspace,
      environment,
      channel,
      bundles,
      trust,
      listen,
      ...(admin === null ? {} : { admin }),
      ...(state === null ? {} : { state }),
      ...(keys === null ? {} : { seal: { keys } }),
      ...(secrets === null ? {} : { secrets }),
      ...(stdio === null ? {} : { stdio }),
      ...(egress === null ? {} : { egress }),
      ...(jwks === null ? {} : { jwks }),
      ...(tokenAgeMaxSeconds === null ? {} : { tokenAgeMaxSeconds }),
      ...(driftSeconds === null ? {} : { driftSeconds }),
      ...(workers === null ? {} : { workers }),
      ...(audit === null ? {} : { audit }),
    };
  }

  #requireFields(): void {
    for (const entry of FIELDS) {
      if (!entry.required || this.#value(nameOf(entry)) !== null) continue;
      this.problems.push(`${nameOf(entry)} is missing: give ${entry.summary}`);
    }
  }

  #bundles(): string | null {
    const found = this.#value('bundles');
    if (found === null || typeof found.value !== 'string') return this.#path('bundles');
    if (!/^[a-z]+:\/\//i.test(found.value)) return this.#path('bundles');
    return this.#wrong(found, `${quote(found.value)} is a URL: name a folder, and bring bundles there`);
  }

  #listen(): Listen | null {
    const found = this.#value('listen.address');
    const address = this.#text('listen.address');
    const cert = this.#path('listen.tls.cert');
    const key = this.#path('listen.tls.key');
    const trustedProxies = this.#networks();
    const origins = this.#origins();
    const hosts = this.#hosts();
    if ((cert === null) !== (key === null)) {
      this.problems.push(`listen.tls.${cert === null ? 'cert' : 'key'} is missing: tls needs both cert and key`);
    }
    if (found === null || address === null) return null;
    const parsed = parseAddress(address);
    if (parsed === null) return this.#wrong(found, `${quote(address)} is not host:port, for example 127.0.0.1:8080`);
    if (!isLoopback(parsed.host) && cert === null && trustedProxies === null) {
      const remedy = 'add listen.tls, or listen.trustedProxies when TLS ends at a proxy in front';
      return this.#wrong(found, `${quote(address)} is reachable from other machines without TLS: ${remedy}`);
    }
    return {
      address,
      ...(cert === null || key === null ? {} : { tls: { cert, key } }),
      ...(trustedProxies === null ? {} : { trustedProxies }),
      ...(origins === null ? {} : { origins }),
      ...(hosts === null ? {} : { hosts }),
    };
  }

  #networks(): readonly string[] | null {
    const found = this.#value('listen.trustedProxies');
    const entries = this.#list('listen.trustedProxies');
    if (found === null || entries === null) return null;
    const parsed = parseNetworks(entries);
    return parsed.ok ? entries : this.#wrong(found, `${quote(parsed.entry)} is not a network, for example 10.0.0.0/8`);
  }

  #origins(): readonly string[] | null {
    const found = this.#value('listen.origins');
    const entries = this.#list('listen.origins');
    if (found === null || entries === null) return null;
    const bad = entries.find((entry) => !URL.canParse(entry) || new URL(entry).origin !== entry);
    return bad === undefined
      ? entries
      : this.#wrong(found, `${quote(bad)} is not an origin, for example https://mcp.acme.dev`);
  }

  #admin(): string | null {
    const found = this.#value('admin');
    const address = this.#text('admin');
    if (found === null || address === null) return null;
    const parsed = parseAddress(address);
    if (parsed !== null && isLoopback(parsed.host)) return address;
    return this.#wrong(found, `${quote(address)} is not host:port on loopback, for example 127.0.0.1:9090`);
  }

  #sealKeys(): readonly string[] | null {
    const found = this.#value('seal.keys');
    const entries = this.#list('seal.keys');
    if (found === null || entries === null) return null;
    if (entries.length === 0) return this.#wrong(found, 'the list is empty: give a key, or remove the field');
    const bad = entries.find((entry) => !isSource(entry));
    if (bad !== undefined) return this.#wrong(found, `${quote(bad)} is neither file:PATH nor env:NAME`);
    return entries.map((entry) => absoluteSource(entry, found.folder));
  }

  #secrets(): Readonly<Record<string, Secret>> | null {
    const found = this.#value('secrets');
    return found === null ? null : readSecrets(found, (at, message) => this.#wrong(at, message));
  }

  #hosts(): readonly string[] | null {
    const found = this.#value('listen.hosts');
    const entries = this.#list('listen.hosts');
    if (found === null || entries === null) return null;
    const bad = entries.find((entry) => !isListenedHost(entry));
    if (bad !== undefined) return this.#wrong(found, `${quote(bad)} is neither host nor host:port`);
    return entries.map((entry) => entry.toLowerCase());
  }

  #stdio(): NonNullable<ProxyConfig['stdio']> | null {
    const found = this.#value('stdio');
    return found === null ? null : readStdio(found, (at, message) => this.#wrong(at, message));
  }

  #egress(): readonly string[] | null {
    const found = this.#value('egress');
    const entries = this.#list('egress');
    if (found === null || entries === null) return null;
    const bad = entries.find((entry) => parseHostPattern(entry) === null);
    return bad === undefined ? entries : this.#wrong(found, `${quote(bad)} is neither host, host:port nor *.domain`);
  }

  #jwks(): Readonly<Record<string, string>> | null {
    const found = this.#value('jwks');
    if (found === null) return null;
    if (!isMapping(found.value)) return this.#wrong(found, 'expected a mapping from issuer to path or URL');
    const entries = Object.entries(found.value);
    const bad = entries.find(([, value]) => typeof value !== 'string' || value === '');
    if (bad !== undefined) return this.#wrong(found, `the value of ${quote(bad[0])} is not a path or URL`);
    return Object.fromEntries(
      entries.map(([issuer, value]) => {
        const text = String(value);
        return [issuer, /^https?:\/\//i.test(text) ? text : resolve(found.folder, text)];
      }),
    );
  }

  #seconds(field: string, least: number, most = Number.MAX_SAFE_INTEGER): number | null {
    const found = this.#value(field);
    if (found === null) return null;
    const { value } = found;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    return this.#wrong(found, `${quote(value)} is not a whole number ${range}`);
  }

  /** In a flag or variable the number is a text. */
  #workers(): 'auto' | number | null {
    const found = this.#value('workers');
    if (found === null) return null;
    const { value } = found;
    if (value === 'auto') return value;
    const count = typeof value === 'string' && /^[0-9]{1,2}$/.test(value) ? Number(value) : value;
    if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= WORKERS_MAX) return count;
    return this.#wrong(found, `${quote(value)} is neither auto nor a whole number from 1 to ${WORKERS_MAX}`);
  }

  #audit(): AuditConfig | null {
    const onFull = this.#onFull();
    const found = this.#value('audit.sinks');
    if (found === null) return onFull === null ? null : { sinks: [{ file: '-' }], onFull };
    if (!Array.isArray(found.value)) return this.#wrong(found, 'expected a list of {file: PATH or -}');
    const sinks: AuditSink[] = [];
    for (const item of found.value) {
      const file: unknown = isMapping(item) && Object.keys(item).length === 1 ? item['file'] : null;
      if (typeof file !== 'string' || file === '') return this.#wrong(found, 'expected a list of {file: PATH or -}');
      sinks.push({ file: file === '-' ? file : resolve(found.folder, file) });
    }
    return { sinks, ...(onFull === null ? {} : { onFull }) };
  }

  #onFull(): 'drop' | 'block' | null {
    const found = this.#value('audit.onFull');
    if (found === null) return null;
    if (found.value === 'drop' || found.value === 'block') return found.value;
    return this.#wrong(found, `${quote(found.value)} is neither drop nor block`);
  }

  #name(name: string): string | null {
    const found = this.#value(name);
    const text = this.#text(name);
    if (found === null || text === null || NAME.test(text)) return text;
    return this.#wrong(found, `${quote(text)} is not a name: small letters, digits and -, at most 40`);
  }

  #path(name: string): string | null {
    const found = this.#value(name);
    const text = this.#text(name);
    return found === null || text === null ? null : resolve(found.folder, text);
  }

  #text(name: string): string | null {
    const found = this.#value(name);
    if (found === null) return null;
    if (typeof found.value === 'string' && found.value !== '') return found.value;
    return this.#wrong(found, `${quote(found.value)} is not text: quote it`);
  }

  #list(name: string): readonly string[] | null {
    const found = this.#value(name);
    if (found === null) return null;
    return isTexts(found.value) ? found.value : this.#wrong(found, 'expected a list of texts');
  }

  #value(name: string): RawValue | null {
    const found = this.#raw.values.get(name);
    return found === undefined || found.value === null ? null : found;
  }

  #wrong(found: RawValue, message: string): null {
    this.problems.push(`${found.origin}: ${message}`);
    return null;
  }
}

const quote = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');

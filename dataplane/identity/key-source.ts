import { readFile } from 'node:fs/promises';
import { parseJsonTree, plainValue } from '../format/json-tree.ts';
import { KEYS_FRESH_MS, KEY_DOCUMENT_BYTES_MAX, KEY_FILE_FRESH_MS } from '../limits.ts';
import type { HostPattern } from './egress.ts';
import { fetchDocument, type FetchFailure } from './fetch-document.ts';

/** Where an issuer's keys come from. */
export type KeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'discovery'; readonly issuer: string };

export type KeySourceFailure = FetchFailure | 'unreadable' | 'not-json' | 'issuer-mismatch' | 'no-key-set';

export type KeyDocumentResult =
  | { readonly ok: true; readonly bytes: Buffer; readonly value: unknown }
  | { readonly ok: false; readonly reason: KeySourceFailure };

/**
 * The source of an issuer's keys: what `jwks` of proxy.yaml says for its name, a path or an http(s) URL, else discovery.
 * The proxy's configuration goes first, so that a bundle cannot point an issuer's name at other keys.
 */
export function keySourceOf(configured: string | undefined, issuer: string): KeySource {
  if (configured === undefined) return { kind: 'discovery', issuer };
  return /^https?:/i.test(configured) ? { kind: 'url', url: configured } : { kind: 'file', path: configured };
}

/** Age in milliseconds at which a source is read again. */
export function freshMs(source: KeySource): number {
  return source.kind === 'file' ? KEY_FILE_FRESH_MS : KEYS_FRESH_MS;
}

/** Reads the JWK Set of a source. Never rejects. */
export async function readKeyDocument(source: KeySource, egress: readonly HostPattern[]): Promise<KeyDocumentResult> {
  switch (source.kind) {
    case 'file':
      return readKeyFile(source.path);
    case 'url':
      return fetchJson(source.url, egress);
    case 'discovery':
      return discover(source.issuer, egress);
  }
}

/**
 * OpenID Connect Discovery 1.0 section 4: the metadata lie below the issuer's URL and must name that very issuer, or one
 * issuer could pass its keys off as another's (section 4.3).
 */
async function discover(issuer: string, egress: readonly HostPattern[]): Promise<KeyDocumentResult> {
  const metadata = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, egress);
  if (!metadata.ok) return metadata;
  if (memberOf(metadata.value, 'issuer') !== issuer) return { ok: false, reason: 'issuer-mismatch' };
  const url = memberOf(metadata.value, 'jwks_uri');
  return typeof url === 'string' ? fetchJson(url, egress) : { ok: false, reason: 'no-key-set' };
}

async function fetchJson(url: string, egress: readonly HostPattern[]): Promise<KeyDocumentResult> {
  const fetched = await fetchDocument(url, egress);
  return fetched.ok ? parseDocument(fetched.bytes) : fetched;
}

async function readKeyFile(path: string): Promise<KeyDocumentResult> {
  try {
    const bytes = await readFile(path);
    return bytes.length > KEY_DOCUMENT_BYTES_MAX ? { ok: false, reason: 'too-large' } : parseDocument(bytes);
  } catch {
    return { ok: false, reason: 'unreadable' };
  }
}

function parseDocument(bytes: Buffer): KeyDocumentResult {
  const parsed = parseJsonTree(bytes.toString('utf8'));
  return parsed.ok ? { ok: true, bytes, value: plainValue(parsed.tree) } : { ok: false, reason: 'not-json' };
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

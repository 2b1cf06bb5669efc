import assert from 'node:assert/strict';
import { sign, verify } from 'node:crypto';
import { ENVELOPE_BYTES_MAX, SIGNATURES_MAX } from '../limits.ts';
import { canonicalJson } from './canonical-json.ts';
import { decodeShape, list, object, text, type Shape } from './shape.ts';
import type { PrivateKey, PublicKey } from './signing-key.ts';

export const MANIFEST_TYPE = 'application/vnd.mcpgw.manifest.v1+json';
export const POINTER_TYPE = 'application/vnd.mcpgw.pointer.v1+json';
/** What an envelope may carry. The type is signed too, so a pointer never passes for a manifest. */
export type PayloadType = typeof MANIFEST_TYPE | typeof POINTER_TYPE;

/** Why an envelope is refused. */
export const ENVELOPE_FAILURES = [
  'too-large',
  'malformed',
  'not-canonical',
  'wrong-type',
  'untrusted-signature',
  'wrong-keyid',
  'threshold',
  'repeated-signature',
] as const;
export type EnvelopeFailure = (typeof ENVELOPE_FAILURES)[number];

/** Who may sign, and how many of them must. */
export interface TrustedRole {
  readonly keys: readonly PublicKey[];
  readonly threshold: number;
}

interface EnvelopeRefusal {
  readonly ok: false;
  readonly reason: EnvelopeFailure;
  readonly message: string;
}

export type VerifiedEnvelope =
  { readonly ok: true; readonly payload: Buffer; readonly signedBy: readonly PublicKey[] } | EnvelopeRefusal;

export type SignedEnvelope = { readonly ok: true; readonly bytes: Buffer } | EnvelopeRefusal;

interface Signature {
  readonly keyid: string;
  readonly sig: string;
}

interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly Signature[];
}

const ENVELOPE: Shape<Envelope> = object<Envelope>({
  payload: text(),
  payloadType: text(),
  signatures: list(object<Signature>({ keyid: text(), sig: text() }), SIGNATURES_MAX),
});

/** DSSE's pre-authentication encoding: what is signed. Lengths are in bytes, so no two pairs encode alike. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** A new envelope, signed by each of the keys. */
export function signEnvelope(payloadType: PayloadType, payload: Uint8Array, keys: readonly PrivateKey[]): Buffer {
  assert(keys.length > 0 && keys.length <= SIGNATURES_MAX, 'an envelope needs a key to sign it');
  const signatures = keys.map((key) => makeSignature(payloadType, payload, key));
  return packEnvelope({ payload: Buffer.from(payload).toString('base64'), payloadType, signatures });
}

/**
 * The same envelope with one more signature; those it has are kept. A key that already signed changes nothing.
 * The signatures there are not verified: whoever signs has looked at the payload, not at who signed before.
 */
export function addSignature(bytes: Uint8Array, payloadType: PayloadType, key: PrivateKey): SignedEnvelope {
  const read = readEnvelope(bytes, payloadType);
  if (!read.ok) return read;
  const { envelope, payload } = read;
  const added = makeSignature(payloadType, payload, key);
  if (envelope.signatures.some((signature) => signature.sig === added.sig)) {
    return { ok: true, bytes: packEnvelope(envelope) };
  }
  if (envelope.signatures.length === SIGNATURES_MAX) {
    return refuse('malformed', `the envelope has ${SIGNATURES_MAX} signatures already`);
  }
  return { ok: true, bytes: packEnvelope({ ...envelope, signatures: [...envelope.signatures, added] }) };
}

/**
 * The payload, when the envelope is the canonical encoding of what it says and at least `threshold` distinct keys of
 * the role signed it. Every signature must be by a key of the role: what nobody vouches for is not carried along.
 * `keyid` chooses no key; it must merely name the key that was found, so that its bits are not without meaning.
 */
export function verifyEnvelope(bytes: Uint8Array, payloadType: PayloadType, role: TrustedRole): VerifiedEnvelope {
  const read = readEnvelope(bytes, payloadType);
  if (!read.ok) return read;
  const { envelope, payload } = read;
  const signed = preAuthEncoding(payloadType, payload);
  const signedBy = new Map<string, PublicKey>();
  for (const { keyid, sig } of envelope.signatures) {
    const signature = Buffer.from(sig, 'base64');
    const key = role.keys.find((candidate) => verify(null, signed, candidate.key, signature));
    if (key === undefined) return refuse('untrusted-signature', 'a signature is by no trusted key');
    if (key.id !== keyid) return refuse('wrong-keyid', `a signature by ${key.id} is labelled as another key's`);
    signedBy.set(key.text, key);
  }
  if (signedBy.size < role.threshold) {
    return refuse('threshold', `${signedBy.size} of ${role.threshold} trusted keys signed`);
  }
  if (signedBy.size < envelope.signatures.length) return refuse('repeated-signature', 'a key signed twice');
  return { ok: true, payload, signedBy: [...signedBy.values()] };
}

type ReadEnvelope = { readonly ok: true; readonly envelope: Envelope; readonly payload: Buffer } | EnvelopeRefusal;

/** Structure and encoding only; says nothing about signatures. */
function readEnvelope(bytes: Uint8Array, payloadType: PayloadType): ReadEnvelope {
  if (bytes.length > ENVELOPE_BYTES_MAX) return refuse('too-large', `more than ${ENVELOPE_BYTES_MAX} bytes`);
  const parsed = parse(bytes);
  if (parsed === undefined) return refuse('malformed', 'the envelope is not JSON');
  const decoded = decodeShape(ENVELOPE, parsed);
  if (!decoded.ok) return refuse('malformed', `${decoded.at === '' ? 'the envelope' : decoded.at}: ${decoded.message}`);
  const envelope = decoded.value;
  const payload = Buffer.from(envelope.payload, 'base64');
  const encoded = [envelope.payload, ...envelope.signatures.map(({ sig }) => sig)];
  if (!encoded.every(isBase64) || !packEnvelope(envelope).equals(bytes)) {
    return refuse('not-canonical', 'the envelope is not the canonical encoding of what it says');
  }
  if (envelope.payloadType !== payloadType) return refuse('wrong-type', `the payload is not ${payloadType}`);
  return { ok: true, envelope, payload };
}

function packEnvelope(envelope: Envelope): Buffer {
  return Buffer.from(canonicalJson({ ...envelope, signatures: [...envelope.signatures].sort(bySigner) }));
}

function bySigner(a: Signature, b: Signature): number {
  if (a.keyid !== b.keyid) return a.keyid < b.keyid ? -1 : 1;
  if (a.sig === b.sig) return 0;
  return a.sig < b.sig ? -1 : 1;
}

function makeSignature(payloadType: PayloadType, payload: Uint8Array, { key, publicKey }: PrivateKey): Signature {
  const sig = sign(null, preAuthEncoding(payloadType, payload), key).toString('base64');
  return { keyid: publicKey.id, sig };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

const isBase64 = (value: string): boolean => Buffer.from(value, 'base64').toString('base64') === value;

function refuse(reason: EnvelopeFailure, message: string): EnvelopeRefusal {
  return { ok: false, reason, message };
}

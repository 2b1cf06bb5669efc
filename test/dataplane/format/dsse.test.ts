import { sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../dataplane/format/canonical-json.ts';
import {
  addSignature,
  ENVELOPE_FAILURES,
  MANIFEST_TYPE,
  POINTER_TYPE,
  preAuthEncoding,
  signEnvelope,
  verifyEnvelope,
  type EnvelopeFailure,
} from '../../../dataplane/format/dsse.ts';
import type { PrivateKey } from '../../../dataplane/format/signing-key.ts';
import { bundleKey, otherBundleKey, strangerKey } from '../../fixtures/test-keys.ts';

const payload = Buffer.from('{"format":1}');
const one = { keys: [bundleKey.publicKey, otherBundleKey.publicKey], threshold: 1 };
const two = { ...one, threshold: 2 };
const good = signEnvelope(MANIFEST_TYPE, payload, [bundleKey]);
const both = signEnvelope(MANIFEST_TYPE, payload, [bundleKey, otherBundleKey]);

interface Envelope {
  payload: string;
  payloadType: string;
  signatures: { keyid: string; sig: string }[];
}
const parsed = (bytes: Buffer): Envelope => JSON.parse(bytes.toString()) as Envelope;
const packed = (envelope: object): Buffer => Buffer.from(canonicalJson(envelope));
const signature = ({ key, publicKey }: PrivateKey, type: string = MANIFEST_TYPE): { keyid: string; sig: string } => ({
  keyid: publicKey.id,
  sig: sign(null, preAuthEncoding(type, payload), key).toString('base64'),
});
const [ours] = parsed(good).signatures;
const envelope = parsed(good);
const sorted = (...signatures: { keyid: string; sig: string }[]): Buffer =>
  packed({ ...envelope, signatures: signatures.sort((x, y) => (x.keyid < y.keyid ? -1 : 1)) });

const cases: readonly (readonly [name: string, bytes: Buffer, role: typeof one, reason: EnvelopeFailure | null])[] = [
  ['a signed payload is accepted', good, one, null],
  ['signatures by two keys make a threshold of two', both, two, null],
  ['one signature does not make a threshold of two', good, two, 'threshold'],
  [
    'two signatures by one key do not make a threshold of two',
    sorted(signature(bundleKey), signature(bundleKey)),
    two,
    'threshold',
  ],
  [
    'a signature twice is refused where one would do',
    sorted(signature(bundleKey), signature(bundleKey)),
    one,
    'repeated-signature',
  ],
  ['no signature is no threshold', packed({ ...envelope, signatures: [] }), one, 'threshold'],
  [
    'a signature by no trusted key is refused',
    signEnvelope(MANIFEST_TYPE, payload, [strangerKey]),
    one,
    'untrusted-signature',
  ],
  [
    'a signature by no trusted key is refused beside a good one',
    signEnvelope(MANIFEST_TYPE, payload, [bundleKey, strangerKey]),
    one,
    'untrusted-signature',
  ],
  [
    'a stranger does not become trusted by the keyid',
    packed({ ...envelope, signatures: [{ ...signature(strangerKey), keyid: bundleKey.publicKey.id }] }),
    one,
    'untrusted-signature',
  ],
  [
    'a good signature under another keyid is refused',
    packed({ ...envelope, signatures: [{ ...ours, keyid: otherBundleKey.publicKey.id }] }),
    one,
    'wrong-keyid',
  ],
  [
    'another payload under the signature is refused',
    packed({ ...envelope, payload: Buffer.from('{"format":2}').toString('base64') }),
    one,
    'untrusted-signature',
  ],
  [
    'a signature without the pre-authentication encoding is refused',
    packed({ ...envelope, signatures: [{ ...ours, sig: sign(null, payload, bundleKey.key).toString('base64') }] }),
    one,
    'untrusted-signature',
  ],
  [
    'a signature for another type is refused',
    packed({ ...envelope, signatures: [signature(bundleKey, POINTER_TYPE)] }),
    one,
    'untrusted-signature',
  ],
  ['a pointer does not pass for a manifest', signEnvelope(POINTER_TYPE, payload, [bundleKey]), one, 'wrong-type'],
  ['an unknown member is refused', packed({ ...envelope, note: 'x' }), one, 'malformed'],
  [
    'an unknown member of a signature is refused',
    packed({ ...envelope, signatures: [{ ...ours, cert: 'x' }] }),
    one,
    'malformed',
  ],
  [
    'a missing member is refused',
    packed({ payload: envelope.payload, signatures: envelope.signatures }),
    one,
    'malformed',
  ],
  ['a list instead of an envelope is refused', Buffer.from('[]'), one, 'malformed'],
  ['text that is not JSON is refused', good.subarray(0, -1), one, 'malformed'],
  [
    'more signatures than anybody needs are refused',
    packed({ ...envelope, signatures: Array.from({ length: 17 }, () => ours) }),
    one,
    'malformed',
  ],
  ['a space is refused', Buffer.from(` ${good.toString()}`), one, 'not-canonical'],
  [
    'members in another order are refused',
    Buffer.from(
      JSON.stringify({ signatures: envelope.signatures, payloadType: MANIFEST_TYPE, payload: envelope.payload }),
    ),
    one,
    'not-canonical',
  ],
  ['a member twice is refused', Buffer.from(good.toString().replace('{', '{"payload":"",')), one, 'not-canonical'],
  [
    'base64 without its padding is refused',
    packed({ ...envelope, signatures: [{ ...ours, sig: ours?.sig.replace('==', '') }] }),
    one,
    'not-canonical',
  ],
  ['base64url is refused', packed({ ...envelope, payload: 'eyJ-_w==' }), one, 'not-canonical'],
  [
    'signatures in another order are refused',
    packed({ ...envelope, signatures: parsed(both).signatures.toReversed() }),
    one,
    'not-canonical',
  ],
  ['an envelope over the size limit is refused', Buffer.alloc(65_537, 0x20), one, 'too-large'],
];

test.each(cases)('%s', (_name, bytes, role, reason) => {
  const result = verifyEnvelope(bytes, MANIFEST_TYPE, role);
  expect(result.ok ? null : result.reason).toBe(reason);
  if (result.ok) expect(result.payload.equals(payload)).toBe(true);
});

test('every reason for refusing an envelope has its case', () => {
  expect(new Set(cases.flatMap(([, , , reason]) => (reason === null ? [] : [reason])))).toEqual(
    new Set(ENVELOPE_FAILURES),
  );
});

test('every single flipped bit is refused', () => {
  for (let bit = 0; bit < both.length * 8; bit++) {
    const flipped = Buffer.from(both);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(verifyEnvelope(flipped, MANIFEST_TYPE, one).ok, `bit ${bit}`).toBe(false);
  }
});

test('another signature keeps the others, in whatever order people sign', () => {
  const there = addSignature(good, MANIFEST_TYPE, otherBundleKey);
  const back = addSignature(signEnvelope(MANIFEST_TYPE, payload, [otherBundleKey]), MANIFEST_TYPE, bundleKey);
  expect(there.ok && there.bytes.equals(both)).toBe(true);
  expect(back.ok && back.bytes.equals(both)).toBe(true);
});

test('signing again changes nothing', () => {
  const again = addSignature(both, MANIFEST_TYPE, bundleKey);
  expect(again.ok && again.bytes.equals(both)).toBe(true);
});

test('an envelope of another type is not signed', () => {
  const result = addSignature(good, POINTER_TYPE, otherBundleKey);
  expect(result.ok ? null : result.reason).toBe('wrong-type');
});

test('an envelope that is full is not signed', () => {
  const keys = Array.from({ length: 16 }, () => strangerKey);
  const result = addSignature(signEnvelope(MANIFEST_TYPE, payload, keys), MANIFEST_TYPE, bundleKey);
  expect(result.ok ? null : result.reason).toBe('malformed');
});

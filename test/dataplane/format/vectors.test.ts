import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bundleId } from '../../../dataplane/format/bundle-id.ts';
import { canonicalJson } from '../../../dataplane/format/canonical-json.ts';
import { definitionDigest } from '../../../dataplane/format/definition-digest.ts';
import { sha256 } from '../../../dataplane/format/digest.ts';
import {
  MANIFEST_TYPE,
  POINTER_TYPE,
  preAuthEncoding,
  signEnvelope,
  verifyEnvelope,
} from '../../../dataplane/format/dsse.ts';
import { canonicalTree, parseJsonTree } from '../../../dataplane/format/json-tree.ts';
import { readManifest } from '../../../dataplane/format/manifest.ts';
import { packPointer } from '../../../dataplane/format/pointer.ts';
import { policyDigest } from '../../../dataplane/format/policy-digest.ts';
import { formatRobotKey, hashRobotKey } from '../../../dataplane/format/robot-key.ts';
import { formatPrivateKey, type PrivateKey } from '../../../dataplane/format/signing-key.ts';
import { packTar } from '../../../dataplane/format/ustar.ts';
import { BUNDLE_SEED, bundleKey, POINTER_SEED, pointerKey } from '../../fixtures/test-keys.ts';
import { tinyBundle } from '../../fixtures/tiny-bundle.ts';

/**
 * The test vectors of `schemas/vectors`, for whoever writes another reader or writer: what is in the file must be what
 * this code makes of the same input. `npm run golden` rewrites the file; a change there is a change of a format.
 */
const path = new URL('../../../schemas/vectors/signed-objects.json', import.meta.url);

const key = (seedHex: string, { publicKey, ...rest }: PrivateKey): object => ({
  seedHex,
  privatePem: formatPrivateKey({ publicKey, ...rest }),
  public: publicKey.text,
  keyid: publicKey.id,
});

function canonicalVector(text: string): object {
  return { text, canonical: canonicalJson(JSON.parse(text)) };
}

function robotKeyVector(id: string, random: Buffer, environment: string): object {
  const key = formatRobotKey(id, random);
  return { id, randomHex: random.toString('hex'), key, environment, sha256: hashRobotKey(environment, key) };
}

function definitionVector(kind: 'tool' | 'prompt' | 'template', text: string): object {
  const tree = parseJsonTree(text);
  if (!tree.ok) throw new Error(tree.message);
  return { kind, text, canonical: canonicalTree(tree.tree), digest: definitionDigest(kind, tree.tree) };
}

function tarVector(): object {
  const entries = [
    { path: 'manifest.json', text: '{}' },
    { path: 'catalog.json', text: '{"definitions":[]}' },
  ];
  const tar = packTar(entries.map(({ path, text }) => ({ path, bytes: Buffer.from(text) })));
  return { entries, size: tar.length, sha256: sha256(tar), base64: tar.toString('base64') };
}

function pointerVector(): object {
  const value = {
    format: 2,
    workspace: 'acme',
    environment: 'test',
    channel: 'main',
    seq: 42,
    bundle: sha256(Buffer.from('a bundle')),
    commit: 'c'.repeat(40),
    issued: Date.UTC(2026, 10, 20, 10),
    expires: Date.UTC(2026, 10, 27, 10),
    revoked: ['another bundle', 'a third bundle'].map((text) => sha256(Buffer.from(text))).sort(),
    disabledSeqMin: 0,
    reason: 'OPS-1412: caf\u00e9 menu',
  } as const;
  const payload = packPointer(value);
  return {
    value,
    payload: payload.toString(),
    signedBytesBase64: preAuthEncoding(POINTER_TYPE, payload).toString('base64'),
    envelope: signEnvelope(POINTER_TYPE, payload, [pointerKey]).toString(),
  };
}

function bundleVector(): object {
  const { id, manifestBytes, tar, envelope } = tinyBundle();
  const manifest = readManifest(manifestBytes);
  if (!manifest.ok) throw new Error(manifest.message);
  return {
    manifest: manifestBytes.toString(),
    id,
    envelope: envelope.toString(),
    tar: { size: tar.length, sha256: sha256(tar), base64: tar.toString('base64') },
  };
}

const hashes = { policy: '1'.repeat(64), catalog: '2'.repeat(64), selftest: '3'.repeat(64) };

const vectors = {
  note: 'FOR TESTS ONLY. The keys are those of RFC 8032, section 7.1: everybody knows them.',
  keys: { bundle: key(BUNDLE_SEED, bundleKey), pointer: key(POINTER_SEED, pointerKey) },
  canonicalJson: [
    '{"b":[1.0,2e3,"\\u00e9\\/"],"a":{"z":null,"B":true,"\\u20ac":0}}',
    '[-0,1e21,1e-7,"\\u2028\\u0001"]',
  ].map(canonicalVector),
  robotKeys: [
    robotKeyVector('rb1', Buffer.alloc(32), 'production'),
    robotKeyVector('release-bot-2', Buffer.from(Array.from({ length: 32 }, (_item, at) => 255 - at)), 'dev'),
  ],
  definitionDigests: [
    definitionVector(
      'tool',
      '{ "name": "pay", "inputSchema": {"type":"object","properties":{"n":{"maximum":1.0}}}, "_meta": {"x":1} }',
    ),
    definitionVector('prompt', '{"name":"greet","arguments":[{"name":"who","required":true}]}'),
    definitionVector('template', '{"uriTemplate":"docs://{page}","name":"page"}'),
  ],
  policyDigest: {
    workspace: 'acme',
    environment: 'test',
    ...hashes,
    digest: policyDigest({ workspace: 'acme', environment: 'test', ...hashes }),
  },
  tar: tarVector(),
  pointer: pointerVector(),
  bundle: bundleVector(),
};

if (process.env['MCPGW_GOLDEN'] === 'write') writeFileSync(path, `${JSON.stringify(vectors, null, 2)}\n`);
const published = JSON.parse(readFileSync(path, 'utf8')) as typeof vectors & {
  readonly bundle: { readonly manifest: string; readonly id: string; readonly envelope: string };
  readonly pointer: { readonly envelope: string; readonly payload: string };
};

test.each(Object.keys(vectors) as (keyof typeof vectors)[])('%s is what the published vectors say', (name) => {
  expect(JSON.parse(JSON.stringify(vectors[name]))).toEqual(published[name]);
});

test('the published envelopes verify, and the id is that of the published manifest', () => {
  const { bundle, pointer } = published;
  const manifest = verifyEnvelope(Buffer.from(bundle.envelope), MANIFEST_TYPE, {
    keys: [bundleKey.publicKey],
    threshold: 1,
  });
  const target = verifyEnvelope(Buffer.from(pointer.envelope), POINTER_TYPE, {
    keys: [pointerKey.publicKey],
    threshold: 1,
  });
  expect(manifest.ok && manifest.payload.toString()).toBe(bundle.manifest);
  expect(manifest.ok && bundleId(manifest.payload)).toBe(bundle.id);
  expect(target.ok && target.payload.toString()).toBe(pointer.payload);
});

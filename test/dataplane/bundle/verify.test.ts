import { describe, expect, test } from 'vitest';
import { REFUSAL_CODES, type Refusal } from '../../../dataplane/bundle/refusal.ts';
import { verifyBundle, type OfferedBundle } from '../../../dataplane/bundle/verify.ts';
import { packPayload } from '../../../dataplane/format/signed-json.ts';
import { MANIFEST_TYPE, signEnvelope } from '../../../dataplane/format/dsse.ts';
import { packManifest } from '../../../dataplane/format/manifest.ts';
import { packTar, readTar, type ReadTarEntry } from '../../../dataplane/format/ustar.ts';
import type { Manifest } from '../../../schemas/types/manifest.ts';
import { rawTar } from '../../fixtures/raw-tar.ts';
import { bundleKey, otherBundleKey, strangerKey } from '../../fixtures/test-keys.ts';
import { tinyBundle, tinyTrust } from '../../fixtures/tiny-bundle.ts';

const good = tinyBundle();
const offered: OfferedBundle = {
  tar: good.tar,
  envelope: good.envelope,
  trust: tinyTrust,
  workspace: 'acme',
  environment: 'test',
  id: good.id,
};
const manifest = JSON.parse(good.manifestBytes.toString()) as Manifest;
const twoOfTwo = { keys: [bundleKey.publicKey, otherBundleKey.publicKey], threshold: 2 };

/** The good bundle with another manifest, signed by the right key, so that only its content is wrong. */
function resigned(bytes: Buffer): Partial<OfferedBundle> {
  const entries = [
    ...entriesOf(good.tar).filter(({ path }) => path !== 'manifest.json'),
    { path: 'manifest.json', bytes },
  ];
  return { tar: packTar(entries), envelope: signEnvelope(MANIFEST_TYPE, bytes, [bundleKey]), id: null };
}
const withManifest = (change: Partial<Manifest>): Partial<OfferedBundle> =>
  resigned(packManifest({ ...manifest, ...change }));

function entriesOf(tar: Buffer): readonly ReadTarEntry[] {
  const read = readTar(tar);
  return read.ok ? read.entries : [];
}
const entries = entriesOf(good.tar);
const without = (path: string): Buffer => packTar(entries.filter((entry) => entry.path !== path));
const withEntry = (path: string, bytes: Buffer): Buffer =>
  packTar([...entries.filter((entry) => entry.path !== path), { path, bytes }]);
const [catalog, inTar, policy] = entries;
if (catalog === undefined || inTar === undefined || policy === undefined)
  throw new Error('the tiny bundle has five entries');
const longer = Buffer.concat([policy.bytes, Buffer.from(' ')]);
const altered = Buffer.from(policy.bytes.toString().replace('"docs://*"', '"docs://x"'));

const cases: readonly (readonly [name: string, change: Partial<OfferedBundle>, reason: string | null])[] = [
  ['a signed bundle is accepted', {}, null],
  ['without a pointer, any signed bundle is accepted', { id: null }, null],
  [
    'a trust file for another workspace is refused',
    { trust: { ...tinyTrust, workspace: 'evil' } },
    'trust/wrong-workspace',
  ],
  [
    'a trust file for another environment is refused',
    { trust: { ...tinyTrust, environment: 'dev' } },
    'trust/wrong-environment',
  ],
  ['no signature file is refused', { envelope: Buffer.alloc(0) }, 'signature/malformed'],
  [
    'a signature by no trusted key is refused',
    { envelope: signEnvelope(MANIFEST_TYPE, good.manifestBytes, [strangerKey]) },
    'signature/untrusted-signature',
  ],
  ['one signature of two is refused', { trust: { ...tinyTrust, bundle: twoOfTwo } }, 'signature/threshold'],
  [
    'two signatures by one key are refused as one',
    {
      trust: { ...tinyTrust, bundle: twoOfTwo },
      envelope: signEnvelope(MANIFEST_TYPE, good.manifestBytes, [bundleKey, bundleKey]),
    },
    'signature/threshold',
  ],
  [
    'two signatures of two are accepted',
    {
      trust: { ...tinyTrust, bundle: twoOfTwo },
      envelope: signEnvelope(MANIFEST_TYPE, good.manifestBytes, [bundleKey, otherBundleKey]),
    },
    null,
  ],
  [
    'the signatures of another bundle are refused',
    { envelope: tinyBundle({ compilerVersion: '9' }).envelope },
    'signature/other-bundle',
  ],
  [
    'the tar of another bundle is refused',
    { tar: tinyBundle({ compilerVersion: '9' }).tar },
    'digest/manifest-differs',
  ],
  ['a signed manifest that is no manifest is refused', resigned(Buffer.from('{}')), 'manifest/malformed'],
  [
    'a manifest with an unknown member is refused',
    resigned(packPayload({ ...manifest, note: '' })),
    'manifest/malformed',
  ],
  [
    'a manifest with spaces is refused',
    resigned(Buffer.from(JSON.stringify(manifest, null, 1))),
    'manifest/not-canonical',
  ],
  ['a bundle for another workspace is refused', withManifest({ workspace: 'evil' }), 'manifest/wrong-workspace'],
  [
    'a bundle for another environment is refused',
    withManifest({ environment: 'production' }),
    'manifest/wrong-environment',
  ],
  [
    'a manifest that leaves a file out is refused',
    withManifest({ blobs: manifest.blobs.slice(1) }),
    'manifest/wrong-blobs',
  ],
  [
    'a manifest that lists its files in another order is refused',
    withManifest({ blobs: manifest.blobs.toReversed() }),
    'manifest/wrong-blobs',
  ],
  [
    'a manifest with another policy digest is refused',
    withManifest({ policyDigest: '0'.repeat(64) }),
    'manifest/policy-digest-differs',
  ],
  ['a tar cut short is refused', { tar: good.tar.subarray(0, -1024) }, 'tar/truncated'],
  ['a tar without its policy is refused', { tar: without('policy.json') }, 'tar/missing-entry'],
  ['a tar without its manifest is refused', { tar: without('manifest.json') }, 'tar/missing-entry'],
  ['a tar with one file more is refused', { tar: withEntry('readme.md', Buffer.from('hi')) }, 'tar/extra-entry'],
  ['a tar with a file twice is refused', { tar: rawTar([...entries, policy]) }, 'tar/duplicate-entry'],
  ['a tar in another order is refused', { tar: rawTar(entries.toReversed()) }, 'tar/unordered-entries'],
  [
    'a tar with a link is refused',
    { tar: rawTar([{ path: 'catalog.json', bytes: Buffer.alloc(0), type: '2', linkTo: '/etc/passwd' }]) },
    'tar/not-a-file',
  ],
  [
    'a tar with a path out of it is refused',
    { tar: rawTar([{ ...policy, path: '../policy.json' }]) },
    'tar/parent-path',
  ],
  [
    'a tar with an absolute path is refused',
    { tar: rawTar([{ ...policy, path: '/policy.json' }]) },
    'tar/absolute-path',
  ],
  ['a longer policy is refused', { tar: withEntry('policy.json', longer) }, 'digest/size-differs'],
  ['a policy of the same size is refused', { tar: withEntry('policy.json', altered) }, 'digest/hash-differs'],
];

test.each(cases)('%s', (_name, change, reason) => {
  const result = verifyBundle({ ...offered, ...change });
  expect(result.ok ? null : `${result.stage}/${result.code}`).toBe(reason);
});

test('every reason of these stages for refusing a bundle has its case', () => {
  const tried = new Set(cases.map(([, , reason]) => reason));
  const all = (['manifest', 'digest'] as const).flatMap((stage) =>
    REFUSAL_CODES[stage].map((code) => `${stage}/${code}`),
  );
  expect(all.filter((reason) => !tried.has(reason))).toEqual([]);
});

test('every single flipped bit of the tar is refused', () => {
  for (let bit = 0; bit < good.tar.length * 8; bit++) {
    const refusal = refusalOfFlipped(good.tar, bit, (tar) => ({ tar }));
    expect(refusal, `bit ${bit}`).not.toBe(null);
  }
}, 120_000);

describe('every single flipped bit of the envelope', () => {
  test('is refused', () => {
    for (let bit = 0; bit < good.envelope.length * 8; bit++) {
      const refusal = refusalOfFlipped(good.envelope, bit, (envelope) => ({ envelope }));
      expect(refusal?.stage, `bit ${bit}`).toBe('signature');
    }
  });
});

function refusalOfFlipped(
  bytes: Buffer,
  bit: number,
  change: (bytes: Buffer) => Partial<OfferedBundle>,
): Refusal | null {
  const flipped = Buffer.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  const result = verifyBundle({ ...offered, ...change(flipped) });
  return result.ok ? null : result;
}

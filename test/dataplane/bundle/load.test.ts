import { expect, test } from 'vitest';
import { packBundle, type BundleContents } from '../../../compiler/bundle/pack-bundle.ts';
import { buildSnapshot, loadBundle } from '../../../dataplane/bundle/load.ts';
import { REFUSAL_CODES } from '../../../dataplane/bundle/refusal.ts';
import type { VerifiedBundle } from '../../../dataplane/bundle/verify.ts';
import { decodeBundle, type Bundle } from '../../../dataplane/bundle/decode.ts';
import { argumentsReader, Call, decide, viewOf, type Caller } from '../../../dataplane/decide/index.ts';
import { MANIFEST_TYPE, signEnvelope } from '../../../dataplane/format/dsse.ts';
import { sha256 } from '../../../dataplane/format/digest.ts';
import { packManifest, type BlobPath } from '../../../dataplane/format/manifest.ts';
import { bundleId } from '../../../dataplane/format/bundle-id.ts';
import { policyDigest } from '../../../dataplane/format/policy-digest.ts';
import { packTar, readTar } from '../../../dataplane/format/ustar.ts';
import type { Catalog } from '../../../schemas/types/catalog.ts';
import type { Manifest } from '../../../schemas/types/manifest.ts';
import type { Policy } from '../../../schemas/types/policy.ts';
import type { SelfTest } from '../../../schemas/types/selftest.ts';
import { projectionOf, str } from '../../fixtures/expressions.ts';
import { bundleKey } from '../../fixtures/test-keys.ts';
import {
  tinyBundle,
  tinyCatalog,
  tinyContents,
  tinyPolicy,
  tinySelfTest,
  tinyTrust,
  type SignedBundle,
} from '../../fixtures/tiny-bundle.ts';

function load({ id, tar, envelope }: Pick<SignedBundle, 'id' | 'tar' | 'envelope'>): ReturnType<typeof loadBundle> {
  return loadBundle({ tar, envelope, trust: tinyTrust, workspace: 'acme', environment: 'test', id });
}

/** The tiny bundle with a manifest and blobs changed behind the packer's back, every digest and signature right. */
function forged(change: {
  readonly manifest?: Partial<Manifest>;
  readonly blobs?: Partial<Record<BlobPath, string>>;
}): Pick<SignedBundle, 'id' | 'tar' | 'envelope'> {
  const packed = packBundle(tinyContents);
  const read = readTar(packed.tar);
  const entries = (read.ok ? read.entries : [])
    .filter(({ path }) => path !== 'manifest.json')
    .map(({ path, bytes }) => {
      const other = Object.entries(change.blobs ?? {}).find(([name]) => name === path)?.[1];
      return { path, bytes: other === undefined ? bytes : Buffer.from(other) };
    });
  const blobs = entries.map(({ path, bytes }) => ({ path, sha256: sha256(bytes), size: bytes.length }));
  const hash = (path: BlobPath): string => blobs.find((blob) => blob.path === path)?.sha256 ?? '';
  const manifest: Manifest = {
    ...(JSON.parse(packed.manifestBytes.toString()) as Manifest),
    blobs,
    policyDigest: policyDigest({
      workspace: 'acme',
      environment: 'test',
      policy: hash('policy.json'),
      catalog: hash('catalog.json'),
      selftest: hash('selftest.json'),
    }),
    ...change.manifest,
  };
  const bytes = packManifest(manifest);
  const tar = packTar([...entries, { path: 'manifest.json', bytes }]);
  return { id: bundleId(bytes), tar, envelope: signEnvelope(MANIFEST_TYPE, bytes, [bundleKey]) };
}

const contents = (change: Partial<BundleContents>): SignedBundle => tinyBundle(change);
const policy = (change: Partial<Policy>): SignedBundle => contents({ policy: { ...tinyPolicy, ...change } });
const catalog = (change: Partial<Catalog>): SignedBundle => contents({ catalog: { ...tinyCatalog, ...change } });
const selftest = (change: Partial<SelfTest>): SignedBundle => contents({ selftest: { ...tinySelfTest, ...change } });
const [gateway] = tinyPolicy.gateways;
const [rule] = tinyPolicy.content;
const [guard] = tinyPolicy.guards;
const [robot] = tinyPolicy.subjects;
const [, readPage] = tinyCatalog.definitions;
const [granted, denied] = tinySelfTest.decisions;
if (!gateway || !rule || !guard || !robot || !readPage || !granted || !denied)
  throw new Error('the tiny bundle lacks a row');
const need = (min: number, features: readonly string[]): Partial<Manifest> => ({ engine: { min, features } });

const cases: readonly (readonly [
  name: string,
  bundle: Pick<SignedBundle, 'id' | 'tar' | 'envelope'>,
  reason: string | null,
  message?: RegExp,
])[] = [
  ['a good bundle is loaded', tinyBundle(), null],
  [
    'a bundle without rules is loaded',
    contents({
      features: [],
      policy: { ...tinyPolicy, content: [], patterns: [] },
      selftest: { ...tinySelfTest, content: [] },
    }),
    null,
  ],
  [
    'a bundle for a later engine is refused',
    forged({ manifest: need(2, []) }),
    'engine/engine-too-old',
    /needs engine 2/,
  ],
  [
    'a bundle with an unknown feature is refused',
    forged({ manifest: need(1, ['regex', 'telepathy']) }),
    'engine/unknown-feature',
    /needs telepathy/,
  ],
  [
    'it is refused for that, not for the tables it has',
    forged({ manifest: need(1, ['telepathy']), blobs: { 'policy.json': '{"thoughts":[]}' } }),
    'engine/unknown-feature',
  ],
  [
    'a policy that is not JSON is refused',
    forged({ blobs: { 'policy.json': '{' } }),
    'decode/not-json',
    /policy\.json/,
  ],
  [
    'a policy with an unknown member is refused',
    policy({ ...({ thoughts: [] } as object) }),
    'decode/malformed',
    /policy\.json: has the unknown member "thoughts"/,
  ],
  [
    'a policy that lacks a table is refused',
    forged({ blobs: { 'policy.json': '{"format":1}' } }),
    'decode/malformed',
    /lacks workspace/,
  ],
  [
    'the place of a malformed row is named',
    policy({ gateways: [{ ...gateway, name: 7 as unknown as string }] }),
    'decode/malformed',
    /gateways\[0\]\.name: expected a text/,
  ],
  [
    'a malformed catalog is refused',
    forged({ blobs: { 'catalog.json': '[]' } }),
    'decode/malformed',
    /catalog\.json: expected an object/,
  ],
  [
    'a malformed self-test is refused',
    forged({ blobs: { 'selftest.json': '{"format":2}' } }),
    'decode/malformed',
    /selftest\.json: format/,
  ],
  [
    'too many vectors are refused',
    selftest({
      decisions: Array.from({ length: 1500 }, () => granted),
      content: Array.from({ length: 501 }, () => ({ rule: 3, in: '', out: '' })),
    }),
    'decode/inconsistent',
    /2000 vectors/,
  ],
  [
    'a policy for another environment than its manifest is refused',
    forged({ blobs: { 'policy.json': JSON.stringify({ ...tinyPolicy, environment: 'production' }) } }),
    'decode/inconsistent',
    /production/,
  ],
  [
    'two gateways of one name are refused',
    policy({ gateways: [gateway, gateway] }),
    'decode/inconsistent',
    /two gateways are called writing/,
  ],
  [
    'two assignments of one name are refused',
    policy({ gateways: [{ ...gateway, assignments: [...gateway.assignments, ...gateway.assignments] }] }),
    'decode/inconsistent',
    /gateway writing: two assignments/,
  ],
  [
    'two robots of one name are refused',
    policy({ subjects: [robot, ...tinyPolicy.subjects] }),
    'decode/inconsistent',
    /two subjects are called robot\/bot/,
  ],
  [
    'two robots with one key id are refused',
    policy({ subjects: [...tinyPolicy.subjects, { ...robot, name: 'bot2' }] }),
    'decode/inconsistent',
    /two robot keys are called rb1/,
  ],
  [
    'two definitions of one name are refused',
    catalog({ definitions: [readPage, readPage] }),
    'decode/inconsistent',
    /two definitions/,
  ],
  [
    'two guards of one name are refused',
    policy({ guards: [guard, guard] }),
    'decode/inconsistent',
    /two guards are called mfa-to-delete/,
  ],
  [
    'two projections of one tool are refused',
    policy({ projections: [...tinyPolicy.projections, ...tinyPolicy.projections] }),
    'decode/inconsistent',
    /two projections are called definition 1/,
  ],
  [
    'a condition that reads more than it says is refused',
    policy({ conditions: tinyPolicy.conditions.map((row) => ({ ...row, reads: [] })) }),
    'decode/inconsistent',
    /condition 0 reads args$/,
  ],
  [
    'a condition with a function that this engine lacks is refused',
    policy({ conditions: [{ reads: [], expression: { k: 'call', fn: 'foretell', args: [] }, projection: null }] }),
    'decode/malformed',
    /conditions\[0\]\.expression: unknown-overload/,
  ],
  [
    'a condition with a pattern that is not there is refused',
    policy({
      conditions: [{ reads: [], expression: { k: 'match', of: str(''), pattern: 7 }, projection: null }],
      forms: [],
      guards: [],
      allowlists: [],
      grants: [],
    }),
    'build/bad-policy',
    /condition 0 cannot be built: unknown-pattern/,
  ],
  [
    'a projection that contradicts itself is refused',
    policy({ projections: [{ definition: 1, projection: projectionOf({}, { type: 'string' }) }] }),
    'decode/malformed',
    /projections\[0\]\.projection: an object, and nothing else, has members/,
  ],
  [
    'a guard without a form is refused',
    policy({ guards: [{ ...guard, form: 9 }] }),
    'build/bad-policy',
    /form 9 does not exist/,
  ],
  ['a set that is not sorted is refused', policy({ sets: [[1, 0]] }), 'decode/inconsistent', /set 0 is not sorted/],
  [
    'a definition that is not JSON is refused',
    catalog({ definitions: [readPage].map((row) => ({ ...row, json: '{"a":}' })) }),
    'decode/inconsistent',
    /read_page is not a JSON object/,
  ],
  [
    'a definition with text around it is refused',
    catalog({ definitions: [readPage].map((row) => ({ ...row, json: ' {}' })) }),
    'decode/inconsistent',
  ],
  [
    'a definition that brings its own name is refused',
    catalog({ definitions: [readPage].map((row) => ({ ...row, json: '{"name":"x"}' })) }),
    'decode/inconsistent',
  ],
  ['an index out of its table is refused', policy({ sets: [[99]] }), 'build/bad-policy', /99/],
  ['a pattern that RE2 lacks is refused', policy({ patterns: [String.raw`(?=a)`] }), 'build/bad-content'],
  [
    'a vector that is decided otherwise is refused',
    selftest({ decisions: [{ ...granted, rule: 9 }] }),
    'self-test/decision-differs',
    /decision 0: writing\/docs_read_page is granted by rule 1, not granted by rule 9/,
  ],
  [
    'a vector that should be allowed and is not is refused',
    selftest({ decisions: [granted, { ...denied, allow: true }] }),
    'self-test/decision-differs',
    /decision 1/,
  ],
  [
    'a vector for a gateway that is not there is refused',
    selftest({ decisions: [{ ...granted, gateway: 'x' }] }),
    'self-test/decision-differs',
    /no gateway x/,
  ],
  [
    'a text that is redacted otherwise is refused',
    selftest({ content: [{ rule: 3, in: '4111111111111111', out: '[PAN]' }] }),
    'self-test/redaction-differs',
    /text 0: cards/,
  ],
  [
    'a text that should be blocked and is not is refused',
    selftest({ content: [{ rule: 3, in: 'x', out: null }] }),
    'self-test/redaction-differs',
  ],
  [
    'a text for a rule that is not there is refused',
    selftest({ content: [{ rule: 0, in: 'x', out: 'x' }] }),
    'self-test/redaction-differs',
    /no content rule 0/,
  ],
  ['a rule that only alerts is tried as if it were enforced', policy({ content: [{ ...rule, mode: 'alert' }] }), null],
];

test.each(cases.map(([name, bundle, reason, message]) => ({ name, bundle, reason, message })))('$name', (row) => {
  const { bundle, reason, message } = row;
  const result = load(bundle);
  expect(result.ok ? null : `${result.stage}/${result.code}`, result.ok ? '' : result.message).toBe(reason);
  if (!result.ok && message !== undefined) expect(result.message).toMatch(message);
});

test('every reason of these stages for refusing a bundle has its case', () => {
  const tried = new Set(cases.map(([, , reason]) => reason));
  const stages = ['engine', 'decode', 'build', 'self-test'] as const;
  const all = stages.flatMap((stage) => REFUSAL_CODES[stage].map((code) => `${stage}/${code}`));
  expect(all.filter((reason) => !tried.has(reason))).toEqual([]);
});

test('messages about redactions do not repeat the texts', () => {
  const result = load(selftest({ content: [{ rule: 3, in: 'secret 4111111111111111', out: 'x' }] }));
  expect(result.ok ? '' : result.message).not.toContain('4111');
});

test('what is loaded decides, and explains by file, line and column', () => {
  const bundle = tinyBundle();
  const result = load(bundle);
  if (!result.ok) throw new Error(result.message);
  const { engine, bundle: loaded } = result.snapshot;
  const gateway = engine.gateway('writing');
  if (gateway === null) throw new Error('no gateway');
  const caller: Caller = {
    kind: 'robot',
    subjects: [0],
    clientId: '',
    clientName: '',
    id: 'bot',
    email: '',
    claims: new Map(),
  };
  const call = new Call(caller, 1, argumentsReader(Buffer.from('{"page":"x"}'), { start: 0, end: 12 }));
  const decision = decide(viewOf(gateway, caller), 'docs_read_page', call);
  expect(decision.allow).toBe(true);
  expect(loaded.ruleAt(decision.rule)).toEqual({ name: 'Grant/writers-read', at: 'access.yaml:9:1' });
  expect(loaded.ruleAt(-1)).toBe(null);
  expect(loaded.ruleAt(99)).toBe(null);
  expect([loaded.id, loaded.policyDigest]).toEqual([bundle.id, bundle.policyDigest]);
});

test('a source map that cannot be read explains nothing and stops nothing', () => {
  const result = load(forged({ blobs: { 'sourcemap.json': '{"format":1}' } }));
  expect(result.ok && result.snapshot.bundle.ruleAt(1)).toBe(null);
});

/** Checked by `tsc` alone: the build fails when one of these stops being an error. */
export function onlyVerifiedBytesReachAnEngine(bytes: Buffer, manifest: Manifest): void {
  const blobs = { 'catalog.json': bytes, 'policy.json': bytes, 'selftest.json': bytes, 'sourcemap.json': bytes };
  const unverified = { id: '', manifest, signedBy: [], blobs };
  // @ts-expect-error a bundle must be verified before it can be decoded
  decodeBundle(unverified);
  const tables = {
    id: '',
    manifest,
    policyDigest: '',
    policy: tinyPolicy,
    catalog: tinyCatalog,
    selftest: tinySelfTest,
  };
  // @ts-expect-error a bundle must be decoded from a verified one before it can be enforced
  buildSnapshot({ ...tables, ruleAt: () => null });
  // @ts-expect-error the brand cannot be spelled from outside
  const branded: VerifiedBundle = { ...unverified, verified: true };
  // @ts-expect-error nor can that of a decoded bundle
  const decoded: Bundle = { ...tables, ruleAt: () => null, decoded: true };
  decodeBundle(branded);
  buildSnapshot(decoded);
}

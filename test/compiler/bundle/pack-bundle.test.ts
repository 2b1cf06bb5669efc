import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packBundle, type BundleContents } from '../../../compiler/bundle/pack-bundle.ts';
import { tinyContents } from '../../fixtures/tiny-bundle.ts';

const packed = packBundle(tinyContents);

/** The same value with the members of every object in another order. */
function shuffledMembers(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffledMembers(item, random));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, member]) => ({ key, member, at: random() }));
  members.sort((a, b) => a.at - b.at);
  return Object.fromEntries(members.map(({ key, member }) => [key, shuffledMembers(member, random)]));
}

test('the order in which members are written does not change a byte', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (stream) => {
      const random = (): number => Number(stream.next().value);
      const again = packBundle(shuffledMembers(tinyContents, random) as BundleContents);
      expect(again.id).toBe(packed.id);
      expect(again.tar.equals(packed.tar)).toBe(true);
    }),
  );
});

test('features are a set', () => {
  expect(packBundle({ ...tinyContents, features: [...tinyContents.features, 'regex'] }).id).toBe(packed.id);
});

test('another process at another time makes the same bytes', () => {
  const script = `
    import { packBundle } from './compiler/bundle/pack-bundle.ts';
    import { tinyContents } from './test/fixtures/tiny-bundle.ts';
    console.log(packBundle(tinyContents).tar.toString('base64'));`;
  const environment = {
    PATH: process.env['PATH'],
    TZ: 'Pacific/Kiritimati',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
  };
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: environment,
    encoding: 'utf8',
  });
  expect(output.trim()).toBe(packed.tar.toString('base64'));
});

const sameDigest: readonly (readonly [name: string, change: Partial<BundleContents>])[] = [
  ['another commit', { source: { repo: null, commit: 'd'.repeat(40), dirty: true } }],
  ['another source map', { sourcemap: { ...tinyContents.sourcemap, line: [4, 10, 16, 2] } }],
  ['another compiler', { compilerVersion: '0.2.0' }],
];
test.each(sameDigest)('%s gives another id and the same policy digest', (_name, change) => {
  const other = packBundle({ ...tinyContents, ...change });
  expect(other.id).not.toBe(packed.id);
  expect(other.policyDigest).toBe(packed.policyDigest);
});

const otherDigest: readonly (readonly [name: string, change: Partial<BundleContents>])[] = [
  ['another policy', { policy: { ...tinyContents.policy, grants: [] } }],
  ['another catalog', { catalog: { ...tinyContents.catalog, definitions: [] } }],
  ['another self-test', { selftest: { format: 1, decisions: [], content: [] } }],
  ['another environment', { environment: 'dev', policy: { ...tinyContents.policy, environment: 'dev' } }],
];
test.each(otherDigest)('%s gives another policy digest', (_name, change) => {
  expect(packBundle({ ...tinyContents, ...change }).policyDigest).not.toBe(packed.policyDigest);
});

test('a policy of another environment is not packed', () => {
  expect(() => packBundle({ ...tinyContents, environment: 'dev' })).toThrow(/another environment/);
});

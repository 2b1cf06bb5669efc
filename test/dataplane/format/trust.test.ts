import { expect, test } from 'vitest';
import { parseTrust, TRUST_FAILURES, type TrustFailure } from '../../../dataplane/format/trust.ts';
import { bundleKey, otherBundleKey, pointerKey } from '../../fixtures/test-keys.ts';

const bundle = { keys: [bundleKey.publicKey.text], threshold: 1 };
const pointer = { keys: [pointerKey.publicKey.text], threshold: 1 };
const trust = { format: 1, workspace: 'acme', environment: 'test', roles: { bundle, pointer } };
const withBundle = (role: object): object => ({ ...trust, roles: { bundle: { ...bundle, ...role }, pointer } });

const cases: readonly (readonly [name: string, file: object | string | Buffer, reason: TrustFailure | null])[] = [
  ['two roles with a key each are accepted', trust, null],
  ['it is written by people, so spaces and order are theirs', JSON.stringify(trust, null, 2), null],
  [
    'two keys of which one must sign are accepted',
    withBundle({ keys: [...bundle.keys, otherBundleKey.publicKey.text] }),
    null,
  ],
  ['threshold 0 is refused', withBundle({ threshold: 0 }), 'threshold-zero'],
  ['fewer keys than the threshold are refused', withBundle({ threshold: 2 }), 'few-keys'],
  ['no keys are refused', withBundle({ keys: [] }), 'few-keys'],
  [
    'one key twice in a role is refused',
    withBundle({ keys: [...bundle.keys, ...bundle.keys], threshold: 2 }),
    'repeated-key',
  ],
  ['one key in two roles is refused', withBundle({ keys: pointer.keys }), 'shared-key'],
  ['a key of another length is refused', withBundle({ keys: ['c2hvcnQ='] }), 'bad-key'],
  [
    'a key in base64url is refused',
    withBundle({ keys: [bundle.keys[0]?.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')] }),
    'bad-key',
  ],
  ['a key that is all zeros is refused', withBundle({ keys: [Buffer.alloc(32).toString('base64')] }), 'bad-key'],
  ['an unknown role is refused', { ...trust, roles: { bundle, pointer, admin: bundle } }, 'malformed'],
  ['an unknown member is refused', { ...trust, note: '' }, 'malformed'],
  ['a missing role is refused', { ...trust, roles: { bundle } }, 'malformed'],
  ['a threshold that is no integer is refused', withBundle({ threshold: 0.5 }), 'malformed'],
  ['a negative threshold is refused', withBundle({ threshold: -1 }), 'malformed'],
  ['another format is refused', { ...trust, format: 2 }, 'malformed'],
  ['a list is refused', [trust], 'malformed'],
  [
    'more keys than anybody needs are refused',
    withBundle({ keys: Array.from({ length: 17 }, () => bundle.keys[0]) }),
    'malformed',
  ],
  ['a member twice is refused', JSON.stringify(trust).replace('{', '{"format":1,'), 'not-json'],
  ['half a file is refused', JSON.stringify(trust).slice(0, 100), 'not-json'],
  ['an empty file is refused', '', 'not-json'],
  ['text that is not UTF-8 is refused', Buffer.from([0x7b, 0xff, 0x7d]), 'not-json'],
  ['a file over the size limit is refused', ' '.repeat(65_537), 'too-large'],
];

test.each(cases)('%s', (_name, file, reason) => {
  const bytes = Buffer.isBuffer(file) ? file : Buffer.from(typeof file === 'string' ? file : JSON.stringify(file));
  const result = parseTrust(bytes);
  expect(result.ok ? null : result.reason).toBe(reason);
});

test('every reason for refusing a trust file has its case', () => {
  expect(new Set(cases.flatMap(([, , reason]) => (reason === null ? [] : [reason])))).toEqual(new Set(TRUST_FAILURES));
});

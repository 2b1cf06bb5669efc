import { describe, expect, test } from 'vitest';
import {
  buildSecrets,
  SECRETS_THRESHOLD,
} from '../../../../dataplane/content/detect/recognize/secrets/build-secrets.ts';
import { SECRET_FORMS, SECRET_KINDS } from '../../../../dataplane/content/detect/recognize/secrets/kinds.ts';
import { strictnessOf } from '../../../../dataplane/content/detect/recognize/secrets/telling-keys.ts';
import { formatRobotKey } from '../../../../dataplane/format/robot-key.ts';
import { re2js } from '../../../../dataplane/content/regex/re2js.ts';
import { validatePattern } from '../../../../dataplane/content/regex/validate-pattern.ts';
import { detections, foundIn } from './found.ts';

const secrets = buildSecrets(re2js, { kinds: SECRET_KINDS, threshold: SECRETS_THRESHOLD, allow: [] });

test('every form is a pattern that rules could have, with a literal that its matches have', () => {
  for (const { pattern, kind } of SECRET_FORMS) {
    expect(validatePattern(pattern), kind).toMatchObject({ ok: true, matchesEmpty: false });
  }
});

const ROBOT_KEY = formatRobotKey('rb1', Buffer.alloc(32, 7));
const other = (text: string): string => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
/** Not written out, so that no scanner takes this file for a leak. */
const GITHUB = ['ghp', '_', '0'.repeat(30), '1Pn5iX'].join('');
const HEADER = Buffer.from('{"alg":"ES256","typ":"JWT"}').toString('base64url');
const CLAIMS = Buffer.from('{"sub":"ana"}').toString('base64url');

describe('tokens with a form of their own', () => {
  test('a sum that is right makes them certain, a wrong one less so', () => {
    expect(detections(secrets, ROBOT_KEY)).toMatchObject([{ entity: 'MCPGW_ROBOT_KEY', score: 1 }]);
    expect(detections(secrets, other(ROBOT_KEY))).toMatchObject([{ entity: 'MCPGW_ROBOT_KEY', score: 0.5 }]);
    expect(detections(secrets, other(GITHUB))).toMatchObject([{ entity: 'GITHUB_TOKEN', score: 0.5 }]);
  });

  test('end where the token ends', () => {
    const key = ['AKIA', 'ABCDEFGHIJKLMNOP'].join('');
    expect(foundIn(secrets, `id=${key}, next`)).toEqual([`AWS_ACCESS_KEY ${key}`]);
    expect(foundIn(secrets, `${key}QQ`)).toEqual([]);
    expect(foundIn(secrets, `x${key}`)).toEqual([]);
  });

  test('of a JWT the header must be one', () => {
    expect(foundIn(secrets, `t ${HEADER}.${CLAIMS}.c2ln x`)).toEqual([`JWT ${HEADER}.${CLAIMS}.c2ln`]);
    const noAlgorithm = Buffer.from('{"typ":"JWT","x":12}').toString('base64url');
    expect(foundIn(secrets, `t ${noAlgorithm}.${CLAIMS}.c2ln x`)).toEqual([]);
  });

  const pem = (label: string): string => `-----BEGIN ${label}-----\nMIIabc+/=\n-----END ${label}-----`;
  test.each([
    ['a private key', `x ${pem('RSA PRIVATE KEY')} y`, [`PRIVATE_KEY ${pem('RSA PRIVATE KEY')}`]],
    [
      'one that was cut off',
      '-----BEGIN PRIVATE KEY-----\nMIIabc',
      ['PRIVATE_KEY -----BEGIN PRIVATE KEY-----\nMIIabc'],
    ],
    [
      'one in JSON',
      '"-----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----\\n"',
      ['PRIVATE_KEY -----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----'],
    ],
    ['a public key', pem('PUBLIC KEY'), []],
    ['a certificate', pem('CERTIFICATE'), []],
  ])('%s', (_name, text, found) => {
    expect(foundIn(secrets, text)).toEqual(found);
  });

  test('an example that is allowed is not found', () => {
    const example = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
    const allowing = buildSecrets(re2js, { kinds: SECRET_KINDS, threshold: SECRETS_THRESHOLD, allow: [example] });
    expect(foundIn(allowing, example)).toEqual([]);
  });

  test('are those that a rule asks for', () => {
    const jwtOnly = buildSecrets(re2js, { kinds: ['JWT'], threshold: SECRETS_THRESHOLD, allow: [] });
    expect(foundIn(jwtOnly, `${ROBOT_KEY} password=hunter2!`)).toEqual([]);
  });
});

describe('values beside a name that tells', () => {
  const random = 'k3J9xQ2mVb7Tz5Lw8Rn4';
  test.each<[text: string, found: readonly string[]]>([
    ['password=hunter2!', ['hunter2!']],
    ['password: "hunter2!"', ['hunter2!']],
    ['{"dbPassword":"hunter2!"}', ['hunter2!']],
    [`API_KEY='${random}'`, [random]],
    [`client_secret => "${random}"`, [random]],
    [`X-Api-Key: ${random}`, [random]],
    [`Authorization: Bearer ${random}`, [random]],
    [`run --token ${random} --x`, [random]],
    [`?access_token=${random}&expires=5`, [random]],
    ['?password=a&b&c&next=1', []],
    ['password=tr0ub&4dor&next=1', ['tr0ub&4dor']],
    ['postgres://app:hunter2!@db/main', ['hunter2!']],
    ['redis://:hunter2!@cache/0', ['hunter2!']],
    ['password=$DB_PASSWORD', []],
    ['password=process.env.PASSWORD', []],
    ['password: <your password>', []],
    ['password=changeme', []],
    ['password: string', []],
    ['password: BinaryLike,', []],
    ['password=getSecret("db")', []],
    ['token_type=Bearer0123456789abcd', []],
    [`next_page_token=${random}`, []],
    [`key=${random}`, []],
    ['secret=1234567890123456', []],
    ['token: abcdefghijklmnopqrst', []],
    ['the password is wrong', []],
    ['postgres://app@db/main', []],
    ['postgres://app:${PASSWORD}@db/main', []],
  ])('%j', (text, found) => {
    expect(foundIn(secrets, text).map((line) => line.slice(line.indexOf(' ') + 1))).toEqual(found);
  });

  test('a JSON member is such a name', () => {
    expect(foundIn(secrets, random, ['config', 'apiKey'])).toEqual([`TELLING_KEY ${random}`]);
    expect(foundIn(secrets, random, ['config', 'requestId'])).toEqual([]);
    expect(foundIn(secrets, 'see the vault, please', ['password'])).toEqual([]);
  });

  test.each([
    ['password', 'chosen'],
    ['DB_PASSWD', 'chosen'],
    ['clientSecret', 'random'],
    ['x-api-key', 'random'],
    ['signing_key', 'random'],
    ['key', null],
    ['primaryKey', null],
    ['tokenCount', null],
    ['password_policy', null],
    ['author', null],
  ] as const)('%s asks for %s', (name, strictness) => {
    expect(strictnessOf(name)).toBe(strictness);
  });
});

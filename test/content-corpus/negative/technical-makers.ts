import { entity, nothing, type Makers } from '../labelled.ts';
import { BASE62, BASE64, BASE64URL, LOWER, UPPER, type Random } from '../random.ts';
import { uuid } from '../values/documents.ts';
import { LOOKALIKES } from '../values/lookalikes.ts';
import { ipv4, ipv6, mac } from '../values/network.ts';

const two = (random: Random, most: number): string => String(random.int(0, most)).padStart(2, '0');
const day = (random: Random): string =>
  `20${two(random, 29)}-${String(random.int(1, 12)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`;
const clock = (random: Random): string => `${two(random, 23)}:${two(random, 59)}:${two(random, 59)}`;

const WORDS = [
  'cache', 'worker', 'handler', 'index', 'buffer', 'queue', 'request', 'session', 'user', 'node', 'config', 'stream', 'token',
  'parser', 'retry', 'shard', 'account', 'number', 'phone', 'card', 'bank', 'key', 'state', 'value', 'result', 'secret', 'call',
]; // prettier-ignore
const word = (random: Random): string => random.pick(WORDS);
const camel = (random: Random): string => {
  const second = word(random);
  return word(random) + second.charAt(0).toUpperCase() + second.slice(1);
};

/** Values as machines write them. What is an entity after all (an address in a log, a day) is labelled as such. */
export const TECHNICAL: Makers = {
  ...LOOKALIKES,
  word: nothing(word),
  camel: nothing(camel),
  snake: nothing((random) => `${word(random)}_${word(random)}`),
  constant: nothing((random) => `${word(random)}_${word(random)}`.toUpperCase()),
  small: nothing((random) => String(random.int(0, 999))),
  big: nothing((random) => random.number(random.int(4, 20))),
  id16: nothing((random) => random.number(16)),
  snowflake: nothing((random) => random.number(random.pick([17, 18, 19]))),
  decimal: nothing(
    (random) => `${random.chance(0.2) ? '-' : ''}${random.int(0, 99_999)}.${random.digits(random.int(1, 12))}`,
  ),
  hex8: nothing((random) => random.hex(8)),
  address: nothing((random) => `0x${random.hex(random.pick([8, 12, 16]))}`),
  md5: nothing((random) => random.hex(32)),
  sha1: nothing((random) => random.hex(40)),
  sha256: nothing((random) => random.hex(64)),
  digest: nothing((random) => `sha256:${random.hex(64)}`),
  integrity: nothing((random) => `sha512-${random.text(86, BASE64)}==`),
  base64: nothing((random) => random.text(4 * random.int(10, 200), BASE64)),
  base64url: nothing((random) => random.text(random.int(16, 120), BASE64URL)),
  cursor: nothing((random) => `${random.text(random.int(20, 60), BASE62)}${random.pick(['', '=', '=='])}`),
  nanoid: nothing((random) => random.text(21, BASE64URL)),
  ulid: nothing((random) => `01${random.text(24, '0123456789ABCDEFGHJKMNPQRSTVWXYZ')}`),
  objectId: nothing((random) => random.hex(24)),
  uuid: nothing(uuid),
  upperUuid: nothing((random) => uuid(random).toUpperCase()),
  colour: nothing((random) => `#${random.hex(6)}`),
  fingerprint: nothing((random) => Array.from({ length: random.pick([16, 20]) }, () => random.hex(2)).join(':')),
  arn: nothing((random) => `arn:aws:lambda:eu-west-1:${random.number(12)}:function:${word(random)}-${word(random)}`),
  semver: nothing((random) => `${random.int(0, 30)}.${random.int(0, 30)}.${random.int(0, 99)}`),
  duration: nothing((random) => `${random.int(0, 999)}.${random.digits(3)}${random.pick(['ms', 's', 'µs'])}`),
  seconds: nothing((random) => String(random.int(1_500_000_000, 1_900_000_000))),
  millis: nothing((random) => String(random.int(1_500_000_000, 1_900_000_000)) + random.digits(3)),
  micros: nothing((random) => String(random.int(1_500_000_000, 1_900_000_000)) + random.digits(6)),
  nanos: nothing((random) => String(random.int(1_500_000_000, 1_900_000_000)) + random.digits(9)),
  pid: nothing((random) => String(random.int(1, 65_535))),
  line: nothing((random) => `${random.int(1, 4000)}:${random.int(1, 120)}`),
  path: nothing(
    (random) =>
      `/${word(random)}/${word(random)}/${camel(random)}.${random.pick(['ts', 'py', 'go', 'rs', 'java', 'c', 'md'])}`,
  ),
  pod: nothing(
    (random) => `${word(random)}-${random.text(10, '0123456789bcdfghjklmnpqrstvwxz')}-${random.text(5, LOWER)}`,
  ),
  ticket: nothing((random) => `${random.text(4, UPPER)}-${random.int(1, 99_999)}`),
  phoneLike: nothing((random) => `${random.number(3)}-${random.digits(3)}-${random.digits(3)}`),
  numbers: nothing((random) =>
    Array.from({ length: random.int(3, 12) }, () => random.number(random.int(1, 6))).join(
      random.pick([' ', ', ', ',', '\t']),
    ),
  ),
  matrix: nothing((random) => Array.from({ length: random.int(3, 6) }, () => random.digits(4)).join(' ')),
  gtin: nothing((random) => random.number(random.pick([8, 12, 13, 14]))),
  svg: nothing((random) =>
    Array.from(
      { length: random.int(4, 12) },
      () => `${random.pick(['M', 'L', 'C', 'l'])}${random.int(0, 500)}.${random.digits(2)} ${random.int(0, 500)}`,
    ).join(''),
  ),
  hexdump: nothing((random) => `${random.hex(8)}  ${Array.from({ length: 16 }, () => random.hex(2)).join(' ')}`),
  hostname: nothing((random) => `${word(random)}-${random.int(1, 99)}`),
  day: entity('DATE_TIME', day),
  stamp: entity('DATE_TIME', (random) => `${day(random)}T${clock(random)}.${random.digits(3)}Z`),
  stampOffset: entity('DATE_TIME', (random) => `${day(random)}T${clock(random)}+00:00`),
  spaced: entity('DATE_TIME', (random) => `${day(random)} ${clock(random)}`),
  ip: entity('IP_ADDRESS', ipv4),
  ip6: entity('IP_ADDRESS', ipv6),
  mac: entity('MAC_ADDRESS', mac),
  registry: entity(
    'URL',
    (random) =>
      `https://registry.npmjs.org/${word(random)}/-/${word(random)}-${random.int(0, 9)}.${random.int(0, 9)}.${random.int(0, 9)}.tgz`,
  ),
  api: entity('URL', (random) => `https://api.example.com/v1/${word(random)}/${random.number(6)}`),
};

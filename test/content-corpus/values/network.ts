import { LOWER, type Random } from '../random.ts';
import { domain } from './people.ts';

export function ipv4(random: Random): string {
  return random.pick([
    () => `10.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(1, 254)}`,
    () => `192.168.${random.int(0, 255)}.${random.int(1, 254)}`,
    () => `172.${random.int(16, 31)}.${random.int(0, 255)}.${random.int(1, 254)}`,
    () => `${random.int(11, 223)}.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(0, 255)}`,
    () => random.pick(['127.0.0.1', '8.8.8.8', '1.1.1.1', '255.255.255.255', '169.254.169.254']),
  ])();
}

export function ipv6(random: Random): string {
  const group = (): string => random.text(random.int(1, 4), '0123456789abcdef').replace(/^0+(?=.)/, '');
  const groups = (count: number): string => Array.from({ length: count }, group).join(':');
  const address = random.pick([
    () => Array.from({ length: 8 }, () => random.hex(4)).join(':'),
    () => groups(8),
    () => `2001:db8::${groups(random.int(1, 3))}`,
    () => `fe80::${groups(4)}`,
    () => `${groups(random.int(2, 5))}::${group()}`,
    () => `::ffff:${ipv4(random)}`,
    () => `fd00::${groups(2)}`,
    () => `2a00:1450:${groups(2)}::`,
  ])();
  return random.chance(0.15) ? address.toUpperCase() : address;
}

export function ip(random: Random): string {
  if (random.chance(0.01)) return `010.0${random.int(10, 99)}.001.${random.int(100, 254)}`;
  return random.chance(0.7) ? ipv4(random) : ipv6(random);
}

export function mac(random: Random): string {
  const bytes = Array.from({ length: 6 }, (_value, at) => (at === 0 ? random.pick(['00', '3c', 'a4']) : random.hex(2)));
  const form = random.int(1, 10);
  const written =
    form <= 6 ? bytes.join(':') : form <= 9 ? bytes.join('-') : bytes.join('').replace(/(.{4})(?=.)/g, '$1.');
  return random.chance(0.3) ? written.toUpperCase() : written;
}

const WORDS = [
  'docs',
  'users',
  'v2',
  'api',
  'reports',
  'q3-2026',
  'item',
  'login',
  'search',
  'a_b',
  'Über',
  'index.html',
];

const path = (random: Random): string =>
  Array.from({ length: random.int(0, 3) }, () => `/${random.pick(WORDS)}`).join('');

function query(random: Random): string {
  if (random.chance(0.6)) return '';
  const pairs = Array.from(
    { length: random.int(1, 3) },
    () =>
      `${random.text(random.int(1, 6), LOWER)}=${random.pick(['1', 'true', 'a%20b', random.hex(8), 'x,y', '2026-01-02'])}`,
  );
  return `?${pairs.join('&')}`;
}

/** As they stand in pages and reports. */
const unusualUrl = (random: Random): string =>
  random.pick([
    `//cdn.${domain(random)}/lib.js`,
    `hxxps://${domain(random)}/x`,
    `https://${random.text(6, LOWER)}@${domain(random)}/a`,
    `https://${domain(random)}/日本語/ページ`,
    `https://bücher.example.com/ü?q=ä`,
    `http://[2001:db8::${random.hex(4)}]:8080/x`,
    `${domain(random)}:8080/status`,
  ]);

/** With a scheme, or with `www.`, or a bare name with a path. None ends with punctuation. */
export function url(random: Random): string {
  const rest = (): string => {
    const tail = `${path(random)}${query(random)}`;
    return random.chance(0.15) ? `${tail}#${random.text(5, LOWER)}` : random.chance(0.1) ? `${tail}/` : tail;
  };
  return random.pick([
    () => `https://${domain(random)}${rest()}`,
    () => `https://${domain(random)}${rest()}`,
    () => `https://www.${domain(random)}${rest()}`,
    () => `http://${domain(random)}:${random.int(80, 9999)}${rest()}`,
    () => `http://${ipv4(random)}:${random.int(3000, 9000)}${path(random)}`,
    () => `http://localhost:${random.int(3000, 9000)}${path(random)}`,
    () => `ftp://ftp.${domain(random)}/pub/${random.text(5, LOWER)}.tar.gz`,
    () => `www.${domain(random)}${path(random)}`,
    () => `${domain(random)}/${random.text(6, LOWER)}${path(random)}`,
    () => `https://en.wikipedia.org/wiki/${random.pick(['Luhn_algorithm', 'Foo_(bar)', 'Caf%C3%A9', 'C++'])}`,
    () => `HTTPS://${domain(random).toUpperCase()}/${random.text(3, LOWER)}`,
    () => `https://xn--bcher-kva.example.com${path(random)}`,
    () => `https://${random.text(5, LOWER)}:8443/internal`,
    () => (random.chance(0.9) ? `https://${domain(random)}${rest()}` : unusualUrl(random)),
  ])();
}

/** A name alone, as people mention sites. */
export const site = (random: Random): string => random.pick([domain(random), 'github.com', 'acme.dev', 'bbc.co.uk']);

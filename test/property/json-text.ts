/** A stream of numbers in [0, 1) that a seed decides (mulberry32). */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

/** One of the choices, of which there must be one. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[below(random, choices.length)];
  if (choice === undefined) throw new Error('nothing to pick from');
  return choice;
}

const SPACES = ['', '', '', ' ', '\n', '\t ', '\r\n  '];
const KEYS = [
  'a',
  'b',
  'A',
  'name',
  'é',
  'e\u0301',
  '',
  'x/y',
  '😀',
  '__proto__',
  '0',
  '10',
  'content',
  'text',
  'type',
  'data',
];
const CHARACTERS = [
  'a',
  'b',
  '1',
  '4',
  ' ',
  '-',
  '"',
  '\\',
  '/',
  '\n',
  '\t',
  '\u0000',
  '\u007f',
  'é',
  '漢',
  '😀',
  '\u2028',
  '@',
  '.',
];
const NUMBERS = ['0', '-0', '1', '12', '-7', '1.0', '0.5', '1e3', '1E-2', '2.50e+10', '12345678901234567890', '1e400'];

/** JSON text of a random value: any white space, escapes where none are needed, odd numbers, and sometimes one key twice. */
export function writeValue(random: Random, depth: number): string {
  const space = () => pick(random, SPACES);
  const shape = below(random, depth > 0 ? 8 : 5);
  if (shape === 0) return pick(random, ['true', 'false', 'null']);
  if (shape === 1) return pick(random, NUMBERS);
  if (shape <= 4) return writeString(random, randomText(random));
  const items = Array.from({ length: below(random, 5) }, () =>
    shape === 5
      ? `${space()}${writeValue(random, depth - 1)}${space()}`
      : `${space()}${writeString(random, pick(random, KEYS))}${space()}:${space()}${writeValue(random, depth - 1)}${space()}`,
  );
  return shape === 5 ? `[${items.join()}${items.length === 0 ? space() : ''}]` : `{${items.join()}}`;
}

export function randomText(random: Random): string {
  return Array.from({ length: below(random, 8) }, () => pick(random, CHARACTERS)).join('');
}

/** A string token, each character plain or in one of its escapes. */
export function writeString(random: Random, text: string): string {
  let token = '';
  for (const character of text) {
    const way = below(random, 8);
    const plain = JSON.stringify(character).slice(1, -1);
    if (way > 0) token += character === '/' && way === 1 ? '\\/' : plain;
    else {
      for (let index = 0; index < character.length; index++) {
        const hex = character.charCodeAt(index).toString(16).padStart(4, '0');
        token += `\\u${way % 2 === 0 ? hex : hex.toUpperCase()}`;
      }
    }
  }
  return `"${token}"`;
}

const PIECES = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '-',
  '.',
  'e',
  'u',
  'n',
  't',
  ' ',
  '\n',
  '\u0001',
  'é',
  '\ufeff',
  '\\u',
  '\\ud83d',
  '\\ude00',
  '\\u00',
  'null',
  'tru',
  '"a"',
  '"a":1,',
  ',"a":2',
  '[[',
  ']]',
  '1e',
  '0x',
  '//',
  '\u00a0',
].map((piece) => Buffer.from(piece));
const BAD_BYTES = [Buffer.from([0xff]), Buffer.from([0xc3]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0x80])];

/** The bytes with one random fault: bytes put in, taken out, changed, swapped or doubled. */
export function mutate(random: Random, bytes: Buffer): Buffer {
  const at = below(random, bytes.length + 1);
  const size = below(random, 4);
  const piece = below(random, 12) === 0 ? pick(random, BAD_BYTES) : pick(random, PIECES);
  switch (below(random, 5)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + size)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + piece.length)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at + size), bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([below(random, 256)]), bytes.subarray(at + 1)]);
  }
}

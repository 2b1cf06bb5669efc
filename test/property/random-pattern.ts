import { below, pick, type Random } from './json-text.ts';

/** What stands for itself in a pattern, quoted where it must be: letters of every width, and those that have more than two cases. */
const LITERALS = [
  'a',
  'b',
  'B',
  '1',
  '4',
  ' ',
  '-',
  '@',
  '/',
  '"',
  'é',
  'É',
  '漢',
  '😀',
  'k',
  '\u212a',
  's',
  'ſ',
  '\u2028',
  '\n',
];
const QUOTED = [
  String.raw`\.`,
  String.raw`\\`,
  String.raw`\/`,
  String.raw`\n`,
  String.raw`\t`,
  String.raw`\x00`,
  String.raw`\x{1F600}`,
  String.raw`\x{e9}`,
  String.raw`\x7f`,
];
const CLASSES = [
  '.',
  String.raw`\d`,
  String.raw`\D`,
  String.raw`\w`,
  String.raw`\W`,
  String.raw`\s`,
  String.raw`\S`,
  '[[:punct:]]',
  '[^[:alnum:]]',
];
const RANGES = [
  'a-b',
  '0-4',
  'A-Z',
  'à-ÿ',
  '一-鿿',
  String.raw`\x{1F5FF}-\x{1F601}`,
  String.raw`\d`,
  String.raw`\s`,
  String.raw`\W`,
  '-',
  '"',
  'é',
  '😀',
  '漢',
];
const EDGES = ['^', '$', String.raw`\b`, String.raw`\B`, String.raw`\A`, String.raw`\z`];
const REPEATS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,3}?', '{2,}'];
const OPENINGS = ['(', '(', '(?:', '(?P<n>', '(?i:', '(?s:', '(?m:', '(?U:'];
const FLAGS = ['', '', '', '', '(?i)', '(?s)', '(?m)', '(?U)', '(?ims)'];

/** A pattern of the grammar of RE2, of what a seed decides; it can be one that is refused, as with a group twice. */
export function randomPattern(random: Random): string {
  return pick(random, FLAGS) + alternatives(random, 2);
}

function alternatives(random: Random, depth: number): string {
  return Array.from({ length: below(random, 4) === 0 ? 2 : 1 }, () => sequence(random, depth)).join('|');
}

function sequence(random: Random, depth: number): string {
  return Array.from({ length: 1 + below(random, 4) }, () => item(random, depth)).join('');
}

function item(random: Random, depth: number): string {
  if (below(random, 8) === 0) return pick(random, EDGES);
  const thing = atom(random, depth);
  return below(random, 3) === 0 ? thing + pick(random, REPEATS) : thing;
}

function atom(random: Random, depth: number): string {
  switch (below(random, depth > 0 ? 8 : 6)) {
    case 0:
    case 1:
    case 2:
      return pick(random, LITERALS);
    case 3:
      return pick(random, QUOTED);
    case 4:
      return pick(random, CLASSES);
    case 5:
      return `[${below(random, 3) === 0 ? '^' : ''}${Array.from({ length: 1 + below(random, 3) }, () => pick(random, RANGES)).join('')}]`;
    default:
      return `${pick(random, OPENINGS)}${alternatives(random, depth - 1)})`;
  }
}

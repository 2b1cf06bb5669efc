import { concat, fill, wrap, type Labelled } from '../labelled.ts';
import { Random } from '../random.ts';
import { PERSONAL } from './personal-makers.ts';
import { SENTENCES } from './sentence-templates.ts';

const AROUND: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['', ''],
  ['Hi team,\n\n', '\n\nBest,\nOps'],
  ['> ', ''],
  ['Note: ', ''],
  ['* ', ' (see below)'],
  ['**', '**'],
  ['[2 of 7] ', ''],
  ['🚨 ', ' 🚨'],
  ['備考: ', ''],
  ['<p>', '</p>'],
  ['\t', '\r\n'],
];

/** Labelled sentences, the same in every run; a quarter of them are two or three in one text. */
export function sentences(count: number, seed: number): readonly Labelled[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const parts = random.chance(0.75) ? 1 : random.int(2, 3);
    const texts = Array.from({ length: parts }, () => fill(random.pick(random.pick(SENTENCES)), PERSONAL, random));
    const [before, after] = random.pick(AROUND);
    return wrap(before, concat(texts, random.pick([' ', '\n', '\n\n'])), after);
  });
}

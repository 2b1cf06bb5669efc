import type { Found } from '../recognizer.ts';
import { isDigitUnit, isLetterUnit } from '../words.ts';

/** What a character that nobody sees is good for. */
type Sort = 'tag' | 'override' | 'embedding' | 'zero-width' | 'joiner' | 'selector' | 'filler';

const BLACK_FLAG = 0x1f3f4;
const CANCEL_TAG = 0xe007f;

/**
 * Characters that a person does not see and a model reads: tags (U+E0000), which spell ASCII; selectors of variants in rows,
 * which carry bytes; zero-width characters within words; and marks that turn the order of what is seen (Unicode TR 36).
 */
export function findInvisible(text: string, found: Found): void {
  for (let at = 0; at < text.length;) {
    const sort = sortAt(text, at);
    if (sort === null) {
      at += widthAt(text, at);
      continue;
    }
    const start = at;
    let count = 0;
    for (; at < text.length && isAlike(sortAt(text, at), sort); at += widthAt(text, at)) count++;
    const score = scoreOf(text, start, at, sort, count);
    const entity = sort === 'override' || sort === 'embedding' ? 'BIDIRECTIONAL_TEXT' : 'INVISIBLE_TEXT';
    if (score !== null) found({ entity, start, end: at, score });
  }
}

const widthAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

function sortAt(text: string, at: number): Sort | null {
  const unit = text.charCodeAt(at);
  // Nearly every character of nearly every text ends here.
  if (unit < 0x115f && unit !== 0xad) return null;
  const point = text.codePointAt(at) ?? 0;
  if (point >= 0xe0000 && point <= CANCEL_TAG) return 'tag';
  if ((point >= 0xfe00 && point <= 0xfe0f) || (point >= 0xe0100 && point <= 0xe01ef)) return 'selector';
  if (point === 0x202d || point === 0x202e) return 'override';
  if ((point >= 0x202a && point <= 0x202c) || (point >= 0x2066 && point <= 0x2069)) return 'embedding';
  if (point === 0x200c || point === 0x200d) return 'joiner';
  if (point === 0x200b || (point >= 0x2060 && point <= 0x2064) || point === 0xfeff || point === 0x180e)
    return 'zero-width';
  return [0x115f, 0x1160, 0x3164, 0xffa0, 0xfff9, 0xfffa, 0xfffb].includes(point) ? 'filler' : null;
}

function isAlike(one: Sort | null, other: Sort): boolean {
  const isThin = (sort: Sort | null): boolean => sort === 'zero-width' || sort === 'joiner' || sort === 'filler';
  return one === other || (isThin(one) && isThin(other));
}

function scoreOf(text: string, start: number, end: number, sort: Sort, count: number): number | null {
  switch (sort) {
    case 'tag':
      return isFlag(text, start, end) ? null : 0.9;
    case 'selector':
      // One chooses the look of the character before it; a second one has nothing to choose.
      return count > 1 || (text.codePointAt(start) ?? 0) >= 0xe0100 ? 0.8 : null;
    case 'override':
      return 0.8;
    case 'embedding':
      return 0.5;
    case 'zero-width':
    case 'joiner':
    case 'filler':
      if (count > 2) return 0.8;
      // Scripts that need joiners, and emoji made of several, have no Latin letters beside them.
      return start > 0 && isLatin(text.charCodeAt(start - 1)) && isLatin(text.charCodeAt(end)) ? 0.5 : null;
  }
}

/** Tags after a black flag spell the region whose flag it is. */
function isFlag(text: string, start: number, end: number): boolean {
  return text.codePointAt(start - 2) === BLACK_FLAG && text.codePointAt(end - 2) === CANCEL_TAG && end - start <= 14;
}

const isLatin = (unit: number): boolean => isLetterUnit(unit) || isDigitUnit(unit);

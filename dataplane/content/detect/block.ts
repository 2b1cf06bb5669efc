import { CONTENT_BLOCK_CHARACTERS } from '../../limits.ts';

/**
 * Between joined texts. A line feed is no word character, so `\b` and `\B` mean beside it what they mean at the end of a
 * text; whatever else can match it is a match across a seam, which is not believed.
 */
const SEAM = '\n';

/** Consecutive texts of a message, joined to be searched at once. */
export interface Block {
  readonly joined: string;
  /** Position of the first text among the texts of the message. */
  readonly first: number;
  /** Where each text begins in `joined`. */
  readonly starts: readonly number[];
}

/** Texts joined into blocks of about `CONTENT_BLOCK_CHARACTERS`; a longer text is a block by itself. */
export function* joinBlocks(texts: readonly string[]): Generator<Block> {
  let first = 0;
  let length = 0;
  for (let index = 0; index < texts.length; index++) {
    const size = texts[index]?.length ?? 0;
    if (index > first && length + size > CONTENT_BLOCK_CHARACTERS) {
      yield joinTexts(texts, first, index);
      first = index;
      length = 0;
    }
    length += size + SEAM.length;
  }
  if (first < texts.length) yield joinTexts(texts, first, texts.length);
}

function joinTexts(texts: readonly string[], first: number, after: number): Block {
  const [only] = texts.slice(first, first + 1);
  if (after === first + 1) return { joined: only ?? '', first, starts: [0] };
  const starts: number[] = [];
  let at = 0;
  for (let index = first; index < after; index++) {
    starts.push(at);
    at += (texts[index]?.length ?? 0) + SEAM.length;
  }
  return { joined: texts.slice(first, after).join(SEAM), first, starts };
}

/** Which text of a block an offset is in; the seam after a text counts as the text's. */
export function textAt(block: Block, offset: number): number {
  let low = 0;
  let high = block.starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if ((block.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

export function startOf(block: Block, text: number): number {
  return block.starts[text] ?? 0;
}

export function endOf(block: Block, text: number): number {
  const next = block.starts[text + 1];
  return next === undefined ? block.joined.length : next - SEAM.length;
}

import { CONTENT_CHARACTERS_PER_MATCH } from '../../limits.ts';
import type { RuleSet, Search } from '../rule-set.ts';
import { endOf, joinBlocks, startOf, textAt, type Block } from './block.ts';
import { Deadline } from './deadline.ts';
import { afterCharacter, Detections, type ContentFailure, type RuleDetection } from './detection.ts';
import type { Passage } from './recognize/recognizer.ts';

export type DetectResult =
  | { readonly ok: true; readonly detections: readonly RuleDetection[] }
  | { readonly ok: false; readonly failure: ContentFailure };

/**
 * Every place in the texts where a rule of the set applies, each pattern as if it searched each text alone. Overlapping
 * detections are all reported; `resolve` decides between them. An engine that throws is a failure, never a text let by; so
 * is time that runs out. `deadline`: of the message, where these are not all of its texts.
 */
export function detect(
  rules: RuleSet,
  passages: readonly Passage[],
  deadline: Deadline = new Deadline(rules.clock),
): DetectResult {
  const entities = rules.rules.map(({ entity }) => entity);
  const detections = new Detections(entities, deadline);
  try {
    const texts = passages.map(({ text }) => text);
    if (rules.free.searches.length > 0) detectInBlocks(rules, texts, detections);
    if (rules.anchored.searches.length > 0) detectOneByOne(rules, texts, detections);
    recognize(rules, passages, detections, deadline);
  } catch {
    return { ok: false, failure: 'engine' };
  }
  if (detections.failure !== null) return { ok: false, failure: detections.failure };
  return { ok: true, detections: detections.found };
}

function recognize(rules: RuleSet, passages: readonly Passage[], detections: Detections, deadline: Deadline): void {
  for (const { detector, rule } of rules.recognizers) {
    if (detections.failure !== null) return;
    const found = detector.detect(passages, rule, deadline);
    if (found.ok) detections.takeAll(found.detections);
    else detections.fail(found.failure);
  }
}

function detectInBlocks(rules: RuleSet, texts: readonly string[], detections: Detections): void {
  for (const block of joinBlocks(texts)) {
    if (!detections.maySearch(block.joined.length)) return;
    for (const hit of rules.free.hits(block.joined)) {
      const search = rules.free.searches[hit];
      if (search !== undefined && detections.maySearch(block.joined.length)) searchBlock(search, block, detections);
    }
    if (detections.failure !== null) return;
  }
}

function detectOneByOne(rules: RuleSet, texts: readonly string[], detections: Detections): void {
  for (const [index, text] of texts.entries()) {
    if (!detections.maySearch(text.length)) return;
    for (const hit of rules.anchored.hits(text)) {
      const search = rules.anchored.searches[hit];
      if (search !== undefined && detections.maySearch(text.length)) searchText(search, text, index, 0, detections);
    }
    if (detections.failure !== null) return;
  }
}

/** One pattern in joined texts. Where a match spans a seam, the texts it touches are searched alone and the rest goes on behind them. */
function searchBlock(search: Search, block: Block, detections: Detections): void {
  const { joined } = block;
  const matcher = search.pattern.matcher(joined);
  let from = 0;
  while (detections.maySearch(CONTENT_CHARACTERS_PER_MATCH) && from <= joined.length && matcher.find(from)) {
    const { start, end } = matcher;
    const text = textAt(block, start);
    if (end === start) {
      from = afterCharacter(joined, start);
    } else if (end <= endOf(block, text)) {
      from = detections.take(search, joined, matcher, block.first + text, startOf(block, text));
    } else {
      const last = textAt(block, end - 1);
      for (let touched = text; touched <= last; touched++) {
        const alone = joined.slice(startOf(block, touched), endOf(block, touched));
        const searchedTo = Math.max(0, from - startOf(block, touched));
        searchText(search, alone, block.first + touched, searchedTo, detections);
      }
      if (last + 1 === block.starts.length) return;
      from = startOf(block, last + 1);
    }
  }
}

/** One pattern in one text, from an offset on. */
function searchText(search: Search, text: string, index: number, searchedTo: number, detections: Detections): void {
  const matcher = search.pattern.matcher(text);
  let from = searchedTo;
  while (detections.maySearch(CONTENT_CHARACTERS_PER_MATCH) && from <= text.length && matcher.find(from)) {
    const { start, end } = matcher;
    from = end === start ? afterCharacter(text, start) : detections.take(search, text, matcher, index, 0);
  }
}

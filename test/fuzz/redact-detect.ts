import { referenceOf } from './json-oracle.ts';
import { asItStands, readingsOf, type Reading } from './redact-readings.ts';
import { NAIVE_RULES, type NaiveRule } from './redact-rules.ts';

/** Offsets are UTF-16 units. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly with: string;
}

/** Which texts a rule looks into: those that are text for all, or only keys or numbers. */
export type Wanting = 'all' | 'keys' | 'numbers';

/** A text is JSON of its own when it is an object or a list that has nothing in it that the proxy refuses. */
export function isInnerJson(text: string): boolean {
  if (!/^[ \n\r\t]*[{[]/.test(text)) return false;
  const reference = referenceOf(Buffer.from(text));
  return reference.kind === 'parsed' && reference.stricter.length === 0;
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly rule: number;
  readonly with: string;
}

/** Every rule on the text by itself; finds that overlap are one, and the longest, by name among equals, says what is put there. */
export function detectedChanges(text: string, wanting: Wanting): readonly Change[] {
  const known = new Map<string, Found>();
  for (const reading of wanting === 'numbers' ? [asItStands(text)] : readingsOf(text)) {
    for (const found of matchesInReading(reading, wanting)) {
      const place = `${found.start} ${found.end} ${found.rule}`;
      if (!known.has(place)) known.set(place, found);
    }
  }
  const found = [...known.values()].sort((a, b) => a.start - b.start);
  const changes: Change[] = [];
  for (let first = 0; first < found.length;) {
    let after = first;
    let end = 0;
    do end = Math.max(end, found[after++]?.end ?? 0);
    while ((found[after]?.start ?? Infinity) < end);
    const group = found.slice(first, after);
    const [winner] = group.toSorted(
      (a, b) => b.end - b.start - (a.end - a.start) || a.rule - b.rule || a.start - b.start,
    );
    changes.push({ start: group[0]?.start ?? 0, end, with: winner?.with ?? '' });
    first = after;
  }
  return changes;
}

/** What rules match in a reading, at the places of the text that was read first. */
function matchesInReading({ text, places }: Reading, wanting: Wanting): readonly Found[] {
  const place = (unit: number): number => places[unit] ?? Number.NaN;
  return NAIVE_RULES.flatMap((rule, at) => {
    if (wanting === 'keys' && rule.sketch.keys !== true) return [];
    if (wanting === 'numbers' && !(rule.sketch.numbers ?? rule.sketch.check === 'luhn')) return [];
    return matchesOf(text, rule, at).map((found) => ({ ...found, start: place(found.start), end: place(found.end) }));
  });
}

function matchesOf(text: string, { patterns, check, replace }: NaiveRule, rule: number): readonly Found[] {
  const found: Found[] = [];
  for (const pattern of patterns) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const [whole, ...groups] = match;
      const end = match.index + whole.length;
      if (check !== null) pattern.lastIndex = match.index + 1;
      if (check === null || check(whole)) found.push({ start: match.index, end, rule, with: replace(whole, groups) });
    }
  }
  return found;
}

/** A text with its changes made. */
export function changed(text: string, changes: readonly Change[]): string {
  let result = '';
  let at = 0;
  for (const change of changes) {
    result += text.slice(at, change.start) + change.with;
    at = change.end;
  }
  return result + text.slice(at);
}

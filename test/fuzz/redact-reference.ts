import { CONTENT_NESTED_LEVELS_MAX, CONTENT_READINGS_MAX } from '../../dataplane/limits.ts';
import { referenceOf } from './json-oracle.ts';
import { NAIVE_RULES, type NaiveRule } from './redact-rules.ts';

/** Offsets are UTF-16 units. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly with: string;
}

/** Which texts a rule looks into: those that are text for all, or only keys or numbers. */
type Wanting = 'all' | 'keys' | 'numbers';

/** Levels of JSON within texts are more than the proxy looks into. */
export class TooDeep extends Error {}

/** One token of JSON after another, white space and punctuation among them. */
const TOKEN = /[ \n\r\t]+|[{}[\],:]|"(?:[^"\\]|\\.)*"|[^ \n\r\t{}[\],:"]+/gs;

/**
 * What a JSON value is after redaction, to the letter, by another way than the proxy's: it works on characters and not on
 * bytes, token by token, and knows nothing of tapes, joined texts or splices. `open`: keys and numbers are text like all other.
 */
export function redactedJson(json: string, open: boolean): string {
  return changed(json, changesOf(json, open, 0));
}

/** What the text of binary data is after redaction; what has a NUL in it is no text. */
export function redactedText(text: string): string {
  if (text.includes('\0')) return text;
  return changed(text, changesOfText(text, 'all', 0));
}

function changesOf(json: string, open: boolean, level: number): readonly Change[] {
  if (level > CONTENT_NESTED_LEVELS_MAX) throw new TooDeep();
  const changes: Change[] = [];
  for (const match of json.matchAll(TOKEN)) {
    const [token] = match;
    if (token.startsWith('"')) {
      const isKey = /^[ \n\r\t]*:/.test(json.slice(match.index + token.length));
      const inside = changesOfText(String(JSON.parse(token)), isKey && !open ? 'keys' : 'all', level);
      if (inside.length > 0) changes.push(...inToken(token, match.index, inside));
    } else if (/^[-\d]/.test(token)) {
      const digits = Number.isSafeInteger(Number(token)) ? String(Number(token)) : token;
      const inside = detectedChanges(digits, open ? 'all' : 'numbers');
      if (inside.length === 0) continue;
      changes.push({
        start: match.index,
        end: match.index + token.length,
        with: JSON.stringify(changed(digits, inside)),
      });
    }
  }
  return changes;
}

function changesOfText(text: string, wanting: Wanting, level: number): readonly Change[] {
  if (isInnerJson(text)) return changesOf(text, true, level + 1);
  return detectedChanges(text, wanting);
}

/** A text is JSON of its own when it is an object or a list that has nothing in it that the proxy refuses. */
function isInnerJson(text: string): boolean {
  if (!/^[ \n\r\t]*[{[]/.test(text)) return false;
  const reference = referenceOf(Buffer.from(text));
  return reference.kind === 'parsed' && reference.stricter.length === 0;
}

/** Changes of a text as changes of the token that it is written as: everything else in it stays as it was written. */
function inToken(token: string, at: number, changes: readonly Change[]): readonly Change[] {
  const places: number[] = [];
  for (const { index } of token.slice(1, -1).matchAll(/\\u[\da-fA-F]{4}|\\.|[^\\]/gs)) places.push(at + 1 + index);
  places.push(at + token.length - 1);
  const place = (unit: number): number => places[unit] ?? Number.NaN;
  return changes.map(({ start, end, with: text }) => ({
    start: place(start),
    end: place(end),
    with: JSON.stringify(text).slice(1, -1),
  }));
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly rule: number;
  readonly with: string;
}

/** Every rule on the text by itself; finds that overlap are one, and the longest, by name among equals, says what is put there. */
function detectedChanges(text: string, wanting: Wanting): readonly Change[] {
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

/** A text, and for each of its units and its end where that is in the text that was read first. */
interface Reading {
  readonly text: string;
  readonly places: readonly number[];
}

const asItStands = (text: string): Reading => ({
  text,
  places: Array.from({ length: text.length + 1 }, (_, at) => at),
});

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const CHARACTER = /(\\u[\da-fA-F]{4})|\\(["\\/bfnrt])|((?:%[\da-fA-F]{2})+)|[^]/g;

/** The text as it stands and with its escapes undone, up to three times. */
export function readingsOf(text: string): readonly Reading[] {
  const readings = [asItStands(text)];
  if (!/[\\%]/.test(text)) return readings;
  for (let last = asItStands(text); readings.length <= CONTENT_READINGS_MAX;) {
    const units: string[] = [];
    const places: number[] = [];
    const add = (stands: string, at: number): void => {
      for (let unit = 0; unit < stands.length; unit++) {
        units.push(stands.charAt(unit));
        places.push(last.places[at] ?? Number.NaN);
      }
    };
    let isUndone = false;
    for (const { 0: written, 1: unicode, 2: letter, 3: bytes, index } of last.text.matchAll(CHARACTER)) {
      isUndone ||= unicode !== undefined || letter !== undefined;
      if (unicode !== undefined) add(String.fromCharCode(Number.parseInt(unicode.slice(2), 16)), index);
      else if (letter !== undefined) add(ESCAPES[letter] ?? letter, index);
      else if (bytes === undefined) add(written, index);
      else {
        for (const { stands, at } of charactersOf(bytes)) {
          isUndone ||= !stands.startsWith('%') || bytes.slice(at, at + 3).toLowerCase() === '%25';
          add(stands, index + at);
        }
      }
    }
    if (!isUndone) break;
    last = { text: units.join('').toWellFormed(), places: [...places, last.places.at(-1) ?? 0] };
    readings.push(last);
  }
  return readings;
}

/** What percent-encoded bytes stand for, character by character; those of none stand for themselves, sign by sign. */
function charactersOf(bytes: string): readonly { readonly stands: string; readonly at: number }[] {
  const characters: { readonly stands: string; readonly at: number }[] = [];
  for (let at = 0; at < bytes.length;) {
    const decoded = [1, 2, 3, 4]
      .map((count) => bytes.slice(at, at + 3 * count))
      .find((part) => part.length % 3 === 0 && isCharacter(part));
    if (decoded === undefined) characters.push({ stands: bytes.charAt(at), at: at++ });
    else {
      characters.push({ stands: decodeURIComponent(decoded), at });
      at += decoded.length;
    }
  }
  return characters;
}

function isCharacter(encoded: string): boolean {
  try {
    return Array.from(decodeURIComponent(encoded)).length === 1 && /^(?:%[\da-fA-F]{2})+$/.test(encoded);
  } catch {
    return false;
  }
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

/** A number as it is written: what is detected in one is in its digits. */
class Written {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

type ReadNumber = (this: unknown, key: string, value: unknown, context: { readonly source: string }) => unknown;

/** What `JSON.stringify` is to write: the value parsed, every text in it changed. The same as `redactedJson`, as a value. */
export function modified(json: string, open: boolean): unknown {
  const keepSource: ReadNumber = (_key, value, { source }) => (typeof value === 'number' ? new Written(source) : value);
  const parse = JSON.parse as (text: string, reviver: ReadNumber) => unknown;
  return modifiedValue(parse(json, keepSource), open);
}

function modifiedValue(value: unknown, open: boolean): unknown {
  if (typeof value === 'string') return modifiedText(value, 'all');
  if (value instanceof Written) {
    const number = Number(value.source);
    const digits = Number.isSafeInteger(number) ? String(number) : value.source;
    const text = changed(digits, detectedChanges(digits, open ? 'all' : 'numbers'));
    return text === digits ? number : text;
  }
  if (Array.isArray(value)) return value.map((item) => modifiedValue(item, open));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      modifiedText(key, open ? 'all' : 'keys'),
      modifiedValue(member, open),
    ]),
  );
}

function modifiedText(text: string, wanting: Wanting): string {
  if (isInnerJson(text)) return JSON.stringify(modified(text, true));
  return changed(text, detectedChanges(text, wanting));
}

/** The value with every text in it that is JSON written one way, members in order: what two values must agree in. */
export function rewritten(value: unknown): unknown {
  if (typeof value === 'string') return rewrittenText(value);
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    rewrittenText(key),
    rewritten(member),
  ]);
  return Object.fromEntries(members.sort(([a], [b]) => Number(a > b) - Number(a < b)));
}

function rewrittenText(text: string): string {
  if (!/^[ \n\r\t]*[{[]/.test(text)) return text;
  try {
    return JSON.stringify(rewritten(JSON.parse(text)));
  } catch {
    return text;
  }
}

function changed(text: string, changes: readonly Change[]): string {
  let result = '';
  let at = 0;
  for (const change of changes) {
    result += text.slice(at, change.start) + change.with;
    at = change.end;
  }
  return result + text.slice(at);
}

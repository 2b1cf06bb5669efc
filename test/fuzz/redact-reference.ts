import { CONTENT_NESTED_LEVELS_MAX } from '../../dataplane/limits.ts';
import { changed, detectedChanges, isInnerJson, type Change, type Wanting } from './redact-detect.ts';

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

import { changed, detectedChanges, isInnerJson, type Wanting } from './redact-detect.ts';

/**
 * Before a number that is parsed as a string, so that it stays as it is written: in no text of the tests. A reviver would be
 * told the source as well, but with one Node 24.21 was seen to read the key `"1\""` as `1\`, once in a million messages.
 */
const WRITTEN = '\u{f8ff}';
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[-+.\dEe]*/gs;

/** What `JSON.stringify` is to write: the value parsed, every text in it changed. The same as `redactedJson`, as a value. */
export function modified(json: string, open: boolean): unknown {
  const written = json.replaceAll(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') ? token : `"${WRITTEN}${token}"`,
  );
  return modifiedValue(JSON.parse(written), open);
}

function modifiedValue(value: unknown, open: boolean): unknown {
  if (typeof value === 'string') {
    return value.startsWith(WRITTEN) ? modifiedNumber(value.slice(1), open) : modifiedText(value, 'all');
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

/** What is detected in a number is in its digits, however it is written. */
function modifiedNumber(source: string, open: boolean): unknown {
  const number = Number(source);
  const digits = Number.isSafeInteger(number) ? String(number) : source;
  const text = changed(digits, detectedChanges(digits, open ? 'all' : 'numbers'));
  return text === digits ? number : text;
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

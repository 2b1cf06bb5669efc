import { changed, detectedChanges, isInnerJson, type Wanting } from './redact-detect.ts';

/** Reads JSON: `JSON.parse`, or what is slower and does not share its mistakes. */
export type Parse = (json: string) => unknown;

/** Before a number that is parsed as a string, so that it stays as it is written: in no text of the tests. */
const WRITTEN = '\u{f8ff}';
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[-+.\dEe]*/gs;

/** What `JSON.stringify` is to write: the value parsed, every text in it changed. The same as `redactedJson`, as a value. */
export function modified(json: string, open: boolean, parse: Parse): unknown {
  const written = json.replaceAll(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') ? token : `"${WRITTEN}${token}"`,
  );
  return modifiedValue(parse(written), open, parse);
}

function modifiedValue(value: unknown, open: boolean, parse: Parse): unknown {
  if (typeof value === 'string') {
    return value.startsWith(WRITTEN) ? modifiedNumber(value.slice(1), open) : modifiedText(value, 'all', parse);
  }
  if (Array.isArray(value)) return value.map((item) => modifiedValue(item, open, parse));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      modifiedText(key, open ? 'all' : 'keys', parse),
      modifiedValue(member, open, parse),
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

function modifiedText(text: string, wanting: Wanting, parse: Parse): string {
  if (isInnerJson(text)) return JSON.stringify(modified(text, true, parse));
  return changed(text, detectedChanges(text, wanting));
}

/** The value with every text in it that is JSON written one way, members in order: what two values must agree in. */
export function rewritten(value: unknown, parse: Parse): unknown {
  if (typeof value === 'string') return rewrittenText(value, parse);
  if (Array.isArray(value)) return value.map((item) => rewritten(item, parse));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    rewrittenText(key, parse),
    rewritten(member, parse),
  ]);
  return Object.fromEntries(members.sort(([a], [b]) => Number(a > b) - Number(a < b)));
}

function rewrittenText(text: string, parse: Parse): string {
  if (!/^[ \n\r\t]*[{[]/.test(text)) return text;
  try {
    return JSON.stringify(rewritten(parse(text), parse));
  } catch {
    return text;
  }
}

import { changed, detectedChanges, isInnerJson, type Wanting } from './redact-detect.ts';

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

/**
 * The one JSON text of a value: members sorted by UTF-16 code unit, no spaces, numbers and strings as ECMAScript writes
 * them (as RFC 8785 does). Writer and reader of every signed object share it: what is not this text is refused.
 *
 * @throws on what JSON cannot say (undefined, functions, NaN, infinities, objects that are no plain records): our mistake.
 */
export function canonicalJson(value: unknown): string {
  const parts: string[] = [];
  write(value, parts);
  return parts.join('');
}

function write(value: unknown, parts: string[]): void {
  if (Array.isArray(value)) {
    writeArray(value, parts);
  } else if (isRecord(value)) {
    writeRecord(value, parts);
  } else {
    parts.push(scalar(value));
  }
}

function scalar(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  throw new TypeError(`${typeof value} without a JSON text`);
}

function writeArray(items: readonly unknown[], parts: string[]): void {
  parts.push('[');
  for (let at = 0; at < items.length; at++) {
    if (at > 0) parts.push(',');
    write(items[at], parts);
  }
  parts.push(']');
}

function writeRecord(record: Readonly<Record<string, unknown>>, parts: string[]): void {
  let separator = '{';
  for (const key of Object.keys(record).sort()) {
    parts.push(separator, JSON.stringify(key), ':');
    write(record[key], parts);
    separator = ',';
  }
  parts.push(separator === '{' ? '{}' : '}');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

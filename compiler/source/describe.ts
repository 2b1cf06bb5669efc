import type { Scalar } from 'yaml';
import { quote } from '../diagnostics/quote.ts';
import type { Path } from './document.ts';

/** A field in words: `members.users`, "an item of `members.users`", or the document's kind. */
export function describePlace(kind: string, path: Path): string {
  const names = path.filter((step) => typeof step === 'string');
  if (names.length === 0) return kind;
  const dotted = quote(names.join('.'));
  return typeof path.at(-1) === 'number' ? `an item of ${dotted}` : dotted;
}

/** A type in words, as the policy language calls it. */
export function describeType(type: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'a text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'a boolean',
    object: 'a mapping',
    array: 'a list',
    null: 'nothing',
  };
  return words[type] ?? type;
}

export function typeOf(value: unknown): 'string' | 'number' | 'boolean' | 'object' | 'array' | 'null' {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'object';
}

/** The keys of a mapping; none of anything else. */
export function keysOf(value: unknown): readonly string[] {
  return typeOf(value) === 'object' ? Object.keys(Object(value)) : [];
}

/** A member of a mapping or list, or undefined. */
export function fieldOf(value: unknown, key: string | number): unknown {
  const type = typeOf(value);
  if (type !== 'object' && type !== 'array') return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** A value as its author wrote it, or what it is when it is no single word. */
export function describeValue(value: unknown, scalar: Scalar | null): string {
  const type = typeOf(value);
  if (type === 'object' || type === 'array') return describeType(type);
  return quote(typeof value === 'string' ? value : (scalar?.source ?? String(value)));
}

/** An example as one would write it on one line of YAML. */
export function renderFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderFlow).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, item]) => `${renderFlow(key)}: ${renderFlow(item)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  if (typeof value !== 'string') return String(value);
  if (/^[A-Za-z](?:[\w./@*-]|:(?=\S))*(?: [\w./-]+)*$/.test(value) && !/^(?:true|false|null)$/i.test(value))
    return value;
  return /^\d{4}-\d{2}-\d{2}[\dTZ:]*$/.test(value) ? value : JSON.stringify(value);
}

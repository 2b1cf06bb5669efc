import { JSON_DEPTH_MAX } from '../limits.ts';

/** A JSON text as a tree that loses nothing: offsets are UTF-16 units into the text, numbers keep their token. */
export type JsonTree =
  | { readonly kind: 'object'; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly start: number; readonly end: number; readonly items: readonly JsonTree[] }
  | { readonly kind: 'string'; readonly start: number; readonly end: number; readonly value: string }
  | { readonly kind: 'number'; readonly start: number; readonly end: number; readonly token: string }
  | { readonly kind: 'literal'; readonly start: number; readonly end: number; readonly value: boolean | null };

interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: JsonTree;
}

export type JsonTreeResult =
  | { readonly ok: true; readonly tree: JsonTree }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/**
 * Parses strictly (RFC 8259): one value, no duplicate member, no lone surrogate, at most `JSON_DEPTH_MAX` levels.
 * Not for the hot path: `mcp/scan.ts` reads requests.
 */
export function parseJsonTree(text: string): JsonTreeResult {
  try {
    const parser = new Parser(text);
    return { ok: true, tree: parser.document() };
  } catch (problem) {
    if (problem instanceof Malformed) return { ok: false, offset: problem.offset, message: problem.message };
    throw problem;
  }
}

/** The canonical text of a tree: members sorted by UTF-16 code unit, number tokens as they were written, no spaces. */
export function canonicalTree(tree: JsonTree): string {
  switch (tree.kind) {
    case 'object':
      return `{${[...tree.members]
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map((member) => `${JSON.stringify(member.key)}:${canonicalTree(member.value)}`)
        .join(',')}}`;
    case 'array':
      return `[${tree.items.map(canonicalTree).join(',')}]`;
    case 'string':
      return JSON.stringify(tree.value);
    case 'number':
      return tree.token;
    case 'literal':
      return String(tree.value);
  }
}

/** The value of an object's member, or null when the tree is no object or lacks it. */
export function memberOf(tree: JsonTree, key: string): JsonTree | null {
  if (tree.kind !== 'object') return null;
  return tree.members.find((member) => member.key === key)?.value ?? null;
}

/** The plain value of a tree; numbers become doubles, so only for what is not forwarded. */
export function plainValue(tree: JsonTree): unknown {
  switch (tree.kind) {
    case 'object':
      return Object.fromEntries(tree.members.map((member) => [member.key, plainValue(member.value)]));
    case 'array':
      return tree.items.map(plainValue);
    case 'string':
      return tree.value;
    case 'number':
      return Number(tree.token);
    case 'literal':
      return tree.value;
  }
}

class Malformed extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
const LITERALS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonTree {
    this.#space();
    const tree = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw new Malformed(this.#at, 'text after the JSON value');
    return tree;
  }

  #value(): JsonTree {
    const start = this.#at;
    const first = this.#text[start];
    if (first === '{' || first === '[') {
      this.#depth++;
      if (this.#depth > JSON_DEPTH_MAX) throw new Malformed(start, `more than ${JSON_DEPTH_MAX} levels deep`);
      const tree = first === '{' ? this.#object(start) : this.#array(start);
      this.#depth--;
      return tree;
    }
    if (first === '"') {
      const value = this.#string();
      return { kind: 'string', start, end: this.#at, value };
    }
    const token = this.#match(NUMBER);
    if (token !== null) return { kind: 'number', start, end: this.#at, token };
    for (const [word, value] of LITERALS) {
      if (!this.#text.startsWith(word, start)) continue;
      this.#at += word.length;
      return { kind: 'literal', start, end: this.#at, value };
    }
    throw new Malformed(start, 'expected a JSON value');
  }

  #object(start: number): JsonTree {
    const members: JsonMember[] = [];
    const keys = new Set<string>();
    this.#at++;
    this.#space();
    while (!this.#take('}')) {
      if (members.length > 0) this.#expect(',');
      this.#space();
      const keyStart = this.#at;
      const key = this.#string();
      const keyEnd = this.#at;
      if (keys.has(key)) throw new Malformed(keyStart, `the member ${JSON.stringify(key)} appears twice`);
      keys.add(key);
      this.#space();
      this.#expect(':');
      this.#space();
      members.push({ key, keyStart, keyEnd, value: this.#value() });
      this.#space();
    }
    return { kind: 'object', start, end: this.#at, members };
  }

  #array(start: number): JsonTree {
    const items: JsonTree[] = [];
    this.#at++;
    this.#space();
    while (!this.#take(']')) {
      if (items.length > 0) this.#expect(',');
      this.#space();
      items.push(this.#value());
      this.#space();
    }
    return { kind: 'array', start, end: this.#at, items };
  }

  /** Found by a loop: a regular expression for strings overflows V8's stack on some megabytes. */
  #string(): string {
    const start = this.#at;
    let end = start;
    if (this.#text[start] === '"') end = this.#text.indexOf('"', start + 1) + 1;
    while (end > 0 && isEscaped(this.#text, start, end - 1)) end = this.#text.indexOf('"', end) + 1;
    const value = end > start ? decodeString(this.#text.slice(start, end)) : null;
    if (value === null) throw new Malformed(start, 'expected a string in double quotes');
    if (!value.isWellFormed()) throw new Malformed(start, 'the string has half of a surrogate pair');
    this.#at = end;
    return value;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at += found[0].length;
    return found[0];
  }

  #space(): void {
    this.#match(SPACE);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw new Malformed(this.#at, `expected \`${character}\``);
  }
}

/** Whether an odd number of backslashes stands before a character of a string that began at `start`. */
function isEscaped(text: string, start: number, at: number): boolean {
  let before = at;
  while (before - 1 > start && text[before - 1] === '\\') before--;
  return (at - before) % 2 === 1;
}

function decodeString(token: string): string | null {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

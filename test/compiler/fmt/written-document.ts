import { below, type Random } from '../../property/json-text.ts';

/** A document as somebody might write it: any layout, comments wherever they may stand, each naming what it is about. */
export interface WrittenDocument {
  readonly text: string;
  /** Names of entries, by comment: `# above k3` is about the entry `k3`, `# end k3` about what is within it. */
  readonly comments: readonly string[];
}

const PLAIN = [
  'word',
  'two words',
  '*',
  'a, b',
  '[x]',
  'yes',
  '12',
  '1.10',
  'it is # no',
  "it's",
  'a: b',
  '@x',
  ' pad ',
  '',
];
const LONG = Array.from({ length: 30 }, (_, at) => `word${at}`).join(' ');
const LINES = ['one\ntwo', 'one\n\n  two\n', 'end\n'];
const OTHER = ['1', '-0.5', 'true', 'null', '~', '0x1F'];
const KEYS = ['name', 'environments', 'members', 'users', 'groups', 'allow', 'to', 'when'];

export function writeDocument(random: Random): WrittenDocument {
  const writer = new Writer(random);
  const head = writer.chance(3) ? [writer.comment('above root', ''), ...(writer.chance(2) ? [''] : [])] : [];
  const kind = writer.chance(2) ? 'Team' : 'Grant';
  const lines = [...head, `kind: ${kind}`, ...writer.mapping('', 0, 'root')];
  return { text: `${lines.join('\n')}\n`, comments: writer.comments };
}

class Writer {
  readonly comments: string[] = [];
  readonly #random: Random;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  chance(of: number): boolean {
    return below(this.#random, of) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[below(this.#random, choices.length)];
    if (choice === undefined) throw new Error('nothing to pick from');
    return choice;
  }

  comment(about: string, indent: string): string {
    const text = `# ${about}`;
    this.comments.push(text);
    return indent + text;
  }

  /** Pairs on lines of their own; at least one, except in the document itself. */
  mapping(indent: string, depth: number, owner: string): string[] {
    const used = new Set<string>();
    const count = below(this.#random, 4) + (depth === 0 ? 0 : 1);
    const lines = Array.from({ length: count }, () => {
      const id = this.#id();
      const known = this.pick(KEYS);
      const key = this.chance(3) && !used.has(known) && depth === 0 ? known : id;
      used.add(key);
      return [...this.#above(key, indent), ...this.#value(`${indent}${key}:`, key, indent, depth, false)];
    }).flat();
    if (count > 0 && this.chance(5)) lines.push(this.comment(`end ${owner}`, indent));
    return lines;
  }

  #indentedList(outer: string, inner: string, depth: number, owner: string): string[] {
    const isIndented = !this.chance(3);
    return this.#list(isIndented ? inner : outer, depth, owner, isIndented);
  }

  /** Below a list that is not indented, a comment is about what comes next. */
  #list(indent: string, depth: number, owner: string, isIndented: boolean): string[] {
    const lines = Array.from({ length: below(this.#random, 3) + 1 }, () => {
      const id = this.#id();
      return [...this.#above(id, indent), ...this.#value(`${indent}-`, id, indent, depth, true)];
    }).flat();
    if (isIndented && this.chance(5)) lines.push(this.comment(`end ${owner}`, indent));
    return lines;
  }

  #above(id: string, indent: string): string[] {
    const lines: string[] = [];
    if (this.chance(6)) lines.push(this.pick(['', '  ']));
    while (this.chance(6)) lines.push(this.comment(`above ${id}`, indent));
    if (this.chance(8)) lines.push('');
    return lines;
  }

  /** What follows a key or a dash. Items carry their name as a text, since they have no key. */
  #value(lead: string, id: string, indent: string, depth: number, isItem: boolean): string[] {
    const inner = `${indent}${this.pick([' ', '  ', '    '])}`;
    const note = this.chance(5) ? this.comment(`at ${id}`, this.pick([' ', '    '])) : '';
    if (isItem) return this.#item(lead, id, inner, note, depth);
    switch (depth > 3 ? 0 : below(this.#random, 7)) {
      case 1:
        return [`${lead}${note}`, ...this.mapping(inner, depth + 1, id)];
      case 2:
        return [`${lead}${note}`, ...this.#indentedList(indent, inner, depth + 1, id)];
      case 3:
        return [...this.#flow(lead, id, inner, depth), note].join('').split('\n');
      case 4:
        return this.#long(lead, inner, note);
      case 5:
        return [`${lead} ${this.pick(OTHER)}${note}`];
      default:
        return [`${lead} ${this.#text(this.pick(PLAIN))}${note}`];
    }
  }

  #item(lead: string, id: string, inner: string, note: string, depth: number): string[] {
    if (depth > 3 || this.chance(2)) return [`${lead} ${id}${note}`];
    const first = `${inner}${id}: 1`;
    const rest = this.mapping(inner, depth + 1, id);
    if (note !== '' || inner.length === lead.length) return [`${lead}${note}`, first, ...rest];
    return [`${lead}${first.slice(lead.length)}`, ...rest];
  }

  #long(lead: string, inner: string, note: string): string[] {
    if (this.chance(2)) {
      const text = this.pick(LINES);
      const lines = text.split('\n').map((line) => (line === '' ? '' : inner + line));
      return [
        `${lead} |${text.endsWith('\n') ? '' : '-'}${note}`,
        ...(text.endsWith('\n') ? lines.slice(0, -1) : lines),
      ];
    }
    const half = Math.floor(LONG.length / 2);
    const at = LONG.indexOf(' ', half);
    const [first, second] = [LONG.slice(0, at), LONG.slice(at + 1)];
    if (this.chance(2)) return [`${lead} >-${note}`, inner + first, inner + second];
    return [`${lead} ${first}`, `${inner}${second}${note}`];
  }

  #flow(lead: string, owner: string, inner: string, depth: number): string[] {
    const isList = this.chance(2);
    const [open, close] = isList ? ['[', ']'] : ['{', '}'];
    const isBroken = this.chance(3);
    const count = below(this.#random, 4);
    const parts = Array.from({ length: count }, (_, at) => {
      const id = this.#id();
      const above = isBroken && this.chance(6) ? `${this.comment(`above ${id}`, inner)}\n` : '';
      const nested =
        !isList && depth < 3 && this.chance(5) ? this.#flow('', id, `${inner}  `, depth + 1).join('') : null;
      const value = nested ?? (isList ? ` ${id}` : ` ${this.#text(this.pick(PLAIN), true)}`);
      const comma = at < count - 1 || this.chance(4) ? ',' : '';
      const note = isBroken && this.chance(6) ? this.comment(`at ${id}`, ' ') : '';
      const written = isList ? value.trim() : `${id}:${value}`;
      return isBroken ? `${above}${inner}${written}${comma}${note}\n` : ` ${written}${comma}`;
    });
    const end = isBroken && count > 0 && this.chance(6) ? `${this.comment(`end ${owner}`, inner)}\n` : '';
    return isBroken ? [`${lead} ${open}\n`, ...parts, end, inner, close] : [`${lead} ${open}`, ...parts, ` ${close}`];
  }

  #text(text: string, isFlow = false): string {
    if (/^[\w ]+$/.test(text) && text.trim() === text && !/^(?:yes|12)$/.test(text) && this.chance(2)) return text;
    if (text === "it's" && !isFlow && this.chance(2)) return text;
    return this.chance(2) ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
  }

  #id(): string {
    this.#count += 1;
    return `k${this.#count}`;
  }
}

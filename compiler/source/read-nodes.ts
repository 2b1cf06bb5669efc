import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import { INVISIBLE } from '../diagnostics/invisible.ts';
import { quote } from '../diagnostics/quote.ts';
import type { Path } from './document.ts';
import { PathSet } from './path-set.ts';
import type { Origin, SourceNode } from './source-tree.ts';

/** A document's content as plain values, and where each is written. */
interface ReadValue {
  readonly value: unknown;
  readonly node: SourceNode;
}

export interface ReadContent extends ReadValue {
  /** Places whose value is not known, because a mistake there was reported; what follows from it is no mistake. */
  readonly unknown: PathSet;
}

/**
 * Turns YAML nodes into values: mappings without prototype, lists, texts, numbers, booleans, null. Reports keys that
 * are doubled or no text. A YAML feature that was refused before leaves an unknown value.
 */
export function readNodes(root: Node, origin: Origin, report: Report): ReadContent {
  const reader = new Reader(origin, report);
  return { ...reader.read(root, null, []), unknown: reader.unknown };
}

class Reader {
  readonly #origin: Origin;
  readonly #report: Report;
  readonly unknown = new PathSet();

  constructor(origin: Origin, report: Report) {
    this.#origin = origin;
    this.#report = report;
  }

  read(node: Node | null, key: Span | null, path: Path): ReadValue {
    if (node?.tag !== undefined) this.unknown.add(path);
    if (isMap(node)) return this.#readMap(node, key, path);
    if (isSeq(node)) return this.#readList(node, key, path);
    if (isScalar(node)) return this.#readScalar(node, key, path);
    this.unknown.add(path);
    const value = this.#span(node?.range ?? null) ?? key ?? this.#start();
    return { value: null, node: { key, value, children: new Map(), scalar: null } };
  }

  #readMap(map: YAMLMap, key: Span | null, path: Path): ReadValue {
    const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    const children = new Map<string, SourceNode>();
    for (const pair of map.items as readonly Pair<Node, Node | null>[]) {
      const name = isScalar(pair.key) ? pair.key.value : null;
      const span = this.#span(pair.key.range ?? null) ?? this.#start();
      if (isMerge(pair.key)) {
        this.unknown.add(path);
        continue;
      }
      if (typeof name !== 'string' || name === '') {
        this.#report({
          code: 'yaml/bad-key',
          message: 'a value has no key',
          span,
          help: 'write a key before the colon',
        });
        continue;
      }
      if (this.#isObscured(span)) this.unknown.add(path);
      const first = children.get(name);
      if (first !== undefined) {
        this.#report({
          code: 'yaml/duplicate-key',
          message: `${quote(name)} is written twice`,
          span,
          help: 'keep one of them',
          related: [{ message: 'first written here', span: first.key ?? first.value }],
        });
        continue;
      }
      if (pair.value === null) {
        // Only between braces, where a comma has cut off the rest of a text.
        this.unknown.add([...path, name]);
        this.#report({
          code: 'yaml/syntax',
          message: `${quote(name)} has no value`,
          span,
          help: 'write one; or quote the whole text if the comma before it is part of the text',
        });
        continue;
      }
      const read = this.read(pair.value, span, [...path, name]);
      value[name] = read.value;
      children.set(name, read.node);
    }
    return { value, node: { key, value: this.#collectionSpan(map, children), children, scalar: null } };
  }

  #readList(list: YAMLSeq, key: Span | null, path: Path): ReadValue {
    const value: unknown[] = [];
    const children = new Map<number, SourceNode>();
    for (const [at, item] of (list.items as readonly Node[]).entries()) {
      const read = this.read(item, null, [...path, at]);
      value.push(read.value);
      children.set(at, read.node);
    }
    return { value, node: { key, value: this.#collectionSpan(list, children), children, scalar: null } };
  }

  #readScalar(scalar: Scalar, key: Span | null, path: Path): ReadValue {
    const written = this.#trimmed(this.#span(scalar.range ?? null) ?? this.#start());
    const value = written.end > written.start ? written : (key ?? written);
    if (this.#isObscured(written)) this.unknown.add(path);
    return { value: scalar.value, node: { key, value, children: new Map(), scalar } };
  }

  /** Whether it holds a character that nobody sees, which has been reported. */
  #isObscured({ file, start, end }: Span): boolean {
    return INVISIBLE.test(file.text.slice(start, end).replaceAll('\r\n', '\n'));
  }

  /** In brackets, the brackets; else from the first child to the last. */
  #collectionSpan(node: YAMLMap | YAMLSeq, children: ReadonlyMap<string | number, SourceNode>): Span {
    const whole = this.#trimmed(this.#span(node.range ?? null) ?? this.#start());
    if (node.flow === true) return whole;
    const last = [...children.values()].at(-1);
    return { ...whole, end: Math.max(whole.start, last?.value.end ?? whole.end) };
  }

  #span(range: readonly [number, number, number] | null): Span | null {
    const { file, base } = this.#origin;
    return range === null ? null : { file, start: base + range[0], end: base + range[1] };
  }

  #start(): Span {
    return { file: this.#origin.file, start: this.#origin.base, end: this.#origin.base };
  }

  /** A block scalar ends with its last line of text. */
  #trimmed({ file, start, end }: Span): Span {
    return { file, start, end: start + file.text.slice(start, end).trimEnd().length };
  }
}

function isMerge(key: Node): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

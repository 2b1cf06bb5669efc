import type { CST } from 'yaml';
import type { Fix, Report, Span } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import { writeQuoted } from '../fmt/write-text.ts';
import { DOCUMENT_DEPTH_MAX, DOCUMENT_TOKENS_MAX } from '../limits.ts';
import type { Origin } from './source-tree.ts';

/** A quote or bracket that is opened and never closed. */
export interface Unclosed {
  readonly sign: string;
  readonly offset: number;
}

export interface Survey {
  /** The innermost one, which is the one to close. */
  readonly unclosed: Unclosed | null;
  /** Whether the document is within the bounds; nothing may walk it by recursion otherwise. */
  readonly isBounded: boolean;
  /** Whether an offset is between brackets or braces that are closed. */
  readonly isInBrackets: (offset: number) => boolean;
  /** Anchors, aliases, tags and the like: YAML that the policy language leaves out. */
  readonly reportFeatures: (report: Report) => void;
}

interface Feature {
  readonly name: string;
  readonly span: Span;
}

/** Looks at every token of a document once, without recursion, before anything else does. */
export function surveyTokens(tokens: readonly CST.Token[], origin: Origin): Survey {
  const survey = new Surveyor(origin);
  const stack = tokens.map((token): Entry => ({ token, depth: 0 })).reverse();
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    if (!survey.visit(entry)) break;
    for (const child of childrenOf(entry).reverse()) stack.push(child);
  }
  return survey;
}

interface Entry {
  readonly token: CST.Token;
  readonly depth: number;
}

class Surveyor implements Survey {
  unclosed: Unclosed | null = null;
  isBounded = true;
  #tokens = 0;
  readonly #origin: Origin;
  readonly #anchors: Feature[] = [];
  readonly #aliases: Feature[] = [];
  readonly #merges: Feature[] = [];
  readonly #tags: Feature[] = [];
  readonly #directives: Feature[] = [];
  readonly #brackets: { readonly start: number; readonly end: number }[] = [];

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** False once a bound is exceeded. */
  visit({ token, depth }: Entry): boolean {
    this.#tokens += 1;
    this.isBounded = this.#tokens <= DOCUMENT_TOKENS_MAX && depth <= DOCUMENT_DEPTH_MAX;
    if (token.type === 'anchor') this.#add(this.#anchors, token.source.slice(1), token);
    else if (token.type === 'alias') this.#add(this.#aliases, token.source.slice(1), token);
    else if (token.type === 'tag') this.#add(this.#tags, token.source, token);
    else if (token.type === 'directive') this.#add(this.#directives, token.source, token);
    else if (token.type === 'single-quoted-scalar' || token.type === 'double-quoted-scalar') this.#quoted(token);
    else if (token.type === 'block-map' || token.type === 'flow-collection') this.#collection(token);
    return this.isBounded;
  }

  isInBrackets = (offset: number): boolean => this.#brackets.some(({ start, end }) => start < offset && offset < end);

  /** An alias or merge key stands for its anchor too: one use of the feature is one mistake. */
  reportFeatures = (report: Report): void => {
    const anchors = new Map(this.#anchors.map((anchor) => [anchor.name, anchor]));
    const used = new Set([...this.#aliases, ...this.#merges].map(({ name }) => name));
    for (const { name, span } of this.#merges) {
      report({
        code: 'yaml/merge-key',
        message: '`<<` takes over what is written elsewhere, which a policy may not',
        span,
        help: 'write the keys and values out here',
        related: related(anchors.get(name)),
      });
    }
    for (const { name, span } of this.#aliases) {
      const anchor = anchors.get(name);
      report({
        code: 'yaml/alias',
        message: `${quote(`*${name}`)} is an alias in YAML, which a policy may not use`,
        span,
        help:
          anchor === undefined ? `quote it if a pattern is meant: ${quote(`"*${name}"`)}` : 'write the value out here',
        related: related(anchor),
        // Without an anchor it refers to nothing, so a pattern is all that it can be.
        fix: anchor === undefined ? quoted(span) : null,
      });
    }
    for (const { name, span } of this.#anchors) {
      if (used.has(name)) continue;
      report({
        code: 'yaml/anchor',
        message: `${quote(`&${name}`)} is an anchor in YAML, which a policy may not use`,
        span,
        help: 'remove it, or quote the text if `&` is part of it',
      });
    }
    for (const { name, span } of this.#tags) {
      report({
        code: 'yaml/tag',
        message: `${quote(name)} is a tag in YAML, which a policy may not use`,
        span,
        help: 'remove it, or quote the text if `!` is part of it',
      });
    }
    for (const { name, span } of this.#directives) {
      report({
        code: 'yaml/directive',
        message: `${quote(name)} is a directive in YAML, which a policy may not use`,
        span,
        help: 'remove the line',
      });
    }
  };

  #add(features: Feature[], name: string, token: CST.SourceToken | CST.FlowScalar | CST.Directive): void {
    const start = this.#origin.base + token.offset;
    const end = start + token.source.trimEnd().length;
    features.push({ name, span: { file: this.#origin.file, start, end } });
  }

  #quoted({ source, offset }: CST.FlowScalar): void {
    const sign = source.charAt(0);
    if (source.length < 2 || !source.endsWith(sign)) this.#open(sign, offset);
  }

  #collection(map: CST.BlockMap | CST.FlowCollection): void {
    for (const item of map.items) {
      const name = item.value?.type === 'alias' ? item.value.source.slice(1) : '';
      if (isMerge(item) && item.key?.type === 'scalar') this.#add(this.#merges, name, item.key);
    }
    if (map.type === 'block-map') return;
    const closing = map.start.source === '[' ? ']' : '}';
    const end = map.end.find(({ source }) => source === closing);
    if (end === undefined) this.#open(map.start.source, map.start.offset);
    else this.#brackets.push({ start: map.offset, end: end.offset });
  }

  #open(sign: string, offset: number): void {
    if (this.unclosed === null || offset > this.unclosed.offset) this.unclosed = { sign, offset };
  }
}

function quoted(span: Span): Fix {
  const insert = writeQuoted(span.file.text.slice(span.start, span.end));
  return { title: `write ${quote(insert)}`, edits: [{ span, insert }] };
}

function related(anchor: Feature | undefined): readonly { readonly message: string; readonly span: Span }[] {
  return anchor === undefined ? [] : [{ message: 'the anchor is here', span: anchor.span }];
}

function isMerge(item: CST.CollectionItem): boolean {
  return item.key?.type === 'scalar' && item.key.source === '<<';
}

/** Tokens within a token. What a merge key refers to is the merge key's matter. */
function childrenOf({ token, depth }: Entry): Entry[] {
  if (token.type === 'document') {
    const value = token.value === undefined ? [] : [token.value];
    return [...token.start, ...value].map((child) => ({ token: child, depth }));
  }
  if (token.type === 'block-map' || token.type === 'block-seq' || token.type === 'flow-collection') {
    return token.items.flatMap(itemTokens).map((child) => ({ token: child, depth: depth + 1 }));
  }
  return [];
}

function itemTokens(item: CST.CollectionItem): readonly CST.Token[] {
  const before = item.start;
  if (isMerge(item)) return before;
  const key = item.key === undefined || item.key === null ? [] : [item.key];
  const value = item.value === undefined ? [] : [item.value];
  return [...before, ...key, ...(item.sep ?? []), ...value];
}

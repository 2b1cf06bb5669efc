import { CEL_DEPTH_MAX } from '../limits.ts';
import { quote } from '../diagnostics/quote.ts';
import type { BinaryOperator, LogicOperator, Node, Range, Word } from './ast.ts';
import { INT_MAX } from './integers.ts';
import { expandMacro } from './macros.ts';
import type { ReportCel } from './problem.ts';
import { KEYWORDS, RESERVED_WORDS, type Sign, type Token } from './token.ts';

/**
 * Builds the tree of an expression by recursive descent (cel-spec, "Syntax"). A syntax error is reported and parsing goes
 * on behind it: `error` nodes stand for what could not be read. Never throws, and never recurses beyond `CEL_DEPTH_MAX`.
 */
export function parseTokens(tokens: readonly Token[], report: ReportCel): Node {
  return new Parser(tokens, report).whole();
}

/** How tightly an operator binds; operators of one level group to the left. */
const RELATION = 3;
const LEVELS: ReadonlyMap<string, number> = new Map([
  ['||', 1],
  ['&&', 2],
  ...['<', '<=', '>', '>=', '==', '!=', 'in'].map((sign): [string, number] => [sign, RELATION]),
  ...['+', '-'].map((sign): [string, number] => [sign, 4]),
  ...['*', '/', '%'].map((sign): [string, number] => [sign, 5]),
]);
/** Operators of other languages that are words. */
const WORD_OPERATORS: ReadonlyMap<string, LogicOperator> = new Map([
  ['and', '&&'],
  ['AND', '&&'],
  ['or', '||'],
  ['OR', '||'],
]);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);

type Operator = Word & { readonly text: BinaryOperator | LogicOperator };

class Parser {
  readonly #tokens: readonly Token[];
  readonly #report: ReportCel;
  #at = 0;
  #nesting = 0;
  /** No syntax error is reported before this token: what follows an error closely follows from it. */
  #quietUntil = 0;

  constructor(tokens: readonly Token[], report: ReportCel) {
    this.#tokens = tokens;
    this.#report = report;
  }

  whole(): Node {
    const first = this.#expression();
    let isWhole = true;
    while (this.#token.kind !== 'end') {
      isWhole = false;
      this.#leftOver();
      if (this.#startsExpression()) this.#expression();
    }
    return isWhole ? first : this.#error(first.start);
  }

  /** Something stands behind a complete expression. */
  #leftOver(): void {
    const token = this.#token;
    const text = textOf(token);
    if (token.kind === 'sign' && CLOSING.has(token.text)) {
      this.#problem(token, `${quote(text)} closes nothing`);
      this.#at++;
      this.#quietUntil = this.#at + 1;
      if (this.#binaryOperator() !== null) this.#at++;
      return;
    }
    this.#problem(token, `expected an operator before ${quote(text)}`, helpForOperator(token));
    // What follows is read as an expression of its own, to find the mistakes in it.
    if (this.#startsExpression()) this.#quietUntil = this.#at;
    else this.#at++;
  }

  #expression(): Node {
    const start = this.#token.start;
    if (!this.#enter()) return this.#error(start);
    const condition = this.#binary(1);
    const node = this.#take('?') ? this.#conditional(start, condition) : condition;
    this.#nesting--;
    return node;
  }

  #conditional(start: number, condition: Node): Node {
    const yes = this.#binary(1);
    if (this.#isSign('?')) {
      this.#problem(this.#token, 'a choice inside of a choice needs parentheses', 'write `a ? (b ? c : d) : e`');
      this.#at++;
      this.#conditional(start, yes);
    }
    if (!this.#expect(':', 'of `condition ? value : other`')) return this.#error(start);
    const no = this.#expression();
    return this.#bounded({ kind: 'conditional', condition, yes, no, ...this.#from(start, [condition, yes, no]) });
  }

  /** Precedence climbing: operators that bind at least as tightly as `level`. */
  #binary(level: number): Node {
    const start = this.#token.start;
    let left = this.#unary();
    for (;;) {
      if (this.#token.kind === 'bad') {
        // Reported already, and most likely meant as an operator.
        this.#at++;
        this.#quietUntil = this.#at + 1;
        if (this.#startsExpression()) this.#unary();
        left = this.#error(start);
        continue;
      }
      const operator = this.#binaryOperator();
      const tightness = operator === null ? 0 : (LEVELS.get(operator.text) ?? 0);
      if (operator === null || tightness < level) return left;
      left = isLogic(operator)
        ? this.#logic(start, left, operator.text, tightness)
        : this.#operation(start, left, operator, tightness);
    }
  }

  #operation(start: number, left: Node, operator: Operator, tightness: number): Node {
    this.#at++;
    const right = this.#binary(tightness + 1);
    const { text } = operator;
    if (text === '&&' || text === '||') return this.#error(start);
    const word = { text, start: operator.start, end: operator.end };
    return this.#bounded({ kind: 'binary', operator: word, left, right, ...this.#from(start, [left, right]) });
  }

  /** A chain becomes one node, so that a long list of alternatives is not deep. */
  #logic(start: number, left: Node, operator: LogicOperator, tightness: number): Node {
    const operands = [left];
    while (this.#binaryOperator()?.text === operator) {
      this.#at++;
      operands.push(this.#binary(tightness + 1));
    }
    return this.#bounded({ kind: 'logic', operator, operands, ...this.#from(start, operands) });
  }

  /** The operator that stands here; not consumed. */
  #binaryOperator(): Operator | null {
    const token = this.#token;
    if (token.kind === 'name') {
      const meant = WORD_OPERATORS.get(token.text);
      if (meant === undefined) return token.text === 'in' ? { ...rangeOf(token), text: 'in' } : null;
      this.#problem(token, `${quote(token.text)} is not an operator`, `did you mean \`${meant}\`?`);
      return { ...rangeOf(token), text: meant };
    }
    return token.kind === 'sign' && isOperator(token.text) ? { ...rangeOf(token), text: token.text } : null;
  }

  /** `afterMinus`: a minus stands before, so another one is an operator even when a number follows it. */
  #unary(afterMinus = false): Node {
    const token = this.#token;
    if (this.#isNot(token)) {
      this.#problem(token, `${quote(textOf(token))} is not an operator`, 'did you mean `!`?');
      this.#at++;
      return this.#unary();
    }
    if (token.kind !== 'sign' || (token.text !== '!' && token.text !== '-')) return this.#postfix();
    const next = this.#peek(1);
    const isNumber = next.kind === 'literal' && isSigned(next);
    if (token.text === '-' && isNumber && !afterMinus) return this.#postfix();
    if (!this.#enter()) return this.#error(token.start);
    this.#at++;
    const operand = this.#unary(token.text === '-');
    this.#nesting--;
    const operator = { text: token.text, start: token.start, end: token.end };
    return this.#bounded({ kind: 'unary', operator, operand, ...this.#from(token.start, [operand]) });
  }

  /** `not x`: a word where an operand stands, followed by another operand. */
  #isNot(token: Token): boolean {
    if (token.kind !== 'name' || (token.text !== 'not' && token.text !== 'NOT')) return false;
    const next = this.#peek(1);
    return next.kind === 'name' || next.kind === 'literal' || (next.kind === 'sign' && next.text === '(');
  }

  #postfix(): Node {
    const start = this.#token.start;
    let node = this.#primary();
    for (;;) {
      if (this.#take('.')) node = this.#member(start, node);
      else if (this.#isSign('[')) node = this.#index(start, node);
      else if (this.#isSign('{') && (node.kind === 'name' || node.kind === 'member')) node = this.#message(start);
      else return node;
    }
  }

  #member(start: number, of: Node): Node {
    if (this.#isSign('?')) this.#refuseOptional();
    const token = this.#token;
    if (token.kind === 'name' && !KEYWORDS.has(token.text)) {
      this.#at++;
      const name = { text: token.text, start: token.start, end: token.end };
      if (this.#isSign('(')) return this.#call(start, of, name);
      return this.#bounded({ kind: 'member', of, name, ...this.#from(start, [of]) });
    }
    if (token.kind === 'quoted-name') {
      this.#at++;
      const name = { text: token.text, start: token.start, end: token.end };
      return this.#bounded({ kind: 'member', of, name, ...this.#from(start, [of]) });
    }
    const help =
      token.kind === 'name' || token.kind === 'literal' ? `write \`[${JSON.stringify(wordOf(token))}]\`` : null;
    this.#problem(token, `expected the name of a member, not ${describe(token)}`, help);
    if (token.kind === 'name' || token.kind === 'literal' || token.kind === 'bad') this.#at++;
    return this.#error(start);
  }

  #index(start: number, of: Node): Node {
    const open = this.#open();
    if (this.#isSign('?')) this.#refuseOptional();
    const index = this.#expression();
    this.#close(']', open);
    return this.#bounded({ kind: 'index', of, index, ...this.#from(start, [of, index]) });
  }

  #call(start: number, target: Node | null, name: Word): Node {
    const args = this.#items(')', false);
    const around = target === null ? args : [target, ...args];
    const range = this.#from(start, around);
    const node = expandMacro({ kind: 'call', target, name, args, ...range }, this.#report);
    return this.#bounded(node);
  }

  /** `Name{...}` makes a message in other dialects. */
  #message(start: number): Node {
    const open = this.#token;
    this.#report('cel/unsupported', { start, end: open.start }, 'conditions make no messages', null);
    this.#quietUntil = this.#tokens.length;
    this.#entries();
    this.#quietUntil = this.#at;
    return this.#error(start);
  }

  #primary(): Node {
    const token = this.#token;
    const { start } = token;
    switch (token.kind) {
      case 'literal':
        this.#at++;
        return this.#literal(token, start);
      case 'name':
        return this.#name(start, false);
      case 'sign':
        return this.#primarySign(token, start);
      case 'bad':
        this.#at++;
        this.#quietUntil = this.#at + 1;
        return this.#error(start);
      case 'quoted-name':
        this.#problem(token, 'backticks are for the names of members', `write \`args["${token.text}"]\``);
        this.#at++;
        return this.#error(start);
      case 'end':
        return this.#missing(token);
    }
  }

  #primarySign(token: Token & { readonly kind: 'sign' }, start: number): Node {
    if (token.text === '(') {
      const open = this.#open();
      const node = this.#expression();
      this.#close(')', open);
      return node;
    }
    if (token.text === '[') {
      const items = this.#items(']', true);
      return this.#bounded({ kind: 'list', items, ...this.#from(start, items) });
    }
    if (token.text === '{') {
      const entries = this.#entries();
      const nodes = entries.flatMap(({ key, value }) => [key, value]);
      return this.#bounded({ kind: 'map', entries, ...this.#from(start, nodes) });
    }
    if (token.text === '-') {
      this.#at++;
      const number = this.#token;
      this.#at++;
      return number.kind === 'literal' ? this.#literal(number, start) : this.#error(start);
    }
    if (token.text === '.' && this.#peek(1).kind === 'name') {
      this.#at++;
      return this.#name(start, true);
    }
    return this.#missing(token);
  }

  #name(start: number, isAbsolute: boolean): Node {
    const token = this.#token;
    if (token.kind !== 'name' || token.text === 'in') return this.#missing(token);
    this.#at++;
    const name = { text: token.text, start: token.start, end: token.end };
    if (RESERVED_WORDS.has(name.text)) {
      this.#report('cel/reserved-word', name, `${quote(name.text)} is a word that CEL keeps for itself`);
      if (this.#isSign('(')) this.#items(')', false);
      return this.#error(start);
    }
    if (this.#isSign('(')) return this.#call(start, null, name);
    return { kind: 'name', name: name.text, absolute: isAbsolute, ...this.#from(start, []) };
  }

  #literal(token: Token & { readonly kind: 'literal' }, start: number): Node {
    const { literal } = token;
    const range = this.#from(start, []);
    const isNegative = start < token.start;
    if (literal.type === 'int') {
      const value = isNegative ? -literal.value : literal.value;
      if (value <= INT_MAX) return { kind: 'literal', literal: { type: 'int', value }, ...range };
      const help = 'the largest int is 9223372036854775807';
      this.#report('cel/bad-literal', range, `${literal.value} does not fit in 64 bits`, help);
      return this.#error(start);
    }
    if (literal.type === 'double' && isNegative) {
      return { kind: 'literal', literal: { type: 'double', value: -literal.value }, ...range };
    }
    return { kind: 'literal', literal, ...range };
  }

  /** An operand is missing here. Brackets and commas stay: who opened them goes on. */
  #missing(token: Token): Node {
    const isOpening = token.kind === 'sign' && !CLOSING.has(token.text) && token.text !== ',' && token.text !== ':';
    this.#problem(
      token,
      token.kind === 'end' ? 'the expression ends too early' : `expected a value, not ${describe(token)}`,
    );
    if (isOpening || token.kind === 'name') {
      this.#at++;
      // The operand may follow what was too much.
      if (this.#startsExpression() && this.#enter()) {
        this.#unary();
        this.#nesting--;
      }
    }
    return this.#error(token.start);
  }

  /** Items up to a closing bracket, which is consumed; a comma may stand before it in a list. */
  #items(close: ')' | ']', mayEndInComma: boolean): Node[] {
    const open = this.#open();
    const items: Node[] = [];
    while (!this.#isSign(close) && !this.#isAtEnd()) {
      if (mayEndInComma && this.#isSign(',') && this.#isSign(close, 1)) {
        this.#at++;
        break;
      }
      if (this.#isSign('?')) this.#refuseOptional();
      const before = this.#at;
      items.push(this.#expression());
      if (!this.#separator(close, before, mayEndInComma)) break;
    }
    this.#close(close, open);
    return items;
  }

  #entries(): { readonly key: Node; readonly value: Node }[] {
    const open = this.#open();
    const entries: { readonly key: Node; readonly value: Node }[] = [];
    while (!this.#isSign('}') && !this.#isAtEnd()) {
      if (this.#isSign(',') && this.#isSign('}', 1)) {
        this.#at++;
        break;
      }
      if (this.#isSign('?')) this.#refuseOptional();
      const before = this.#at;
      const key = this.#expression();
      const value = this.#expect(':', 'between the key and the value of a map')
        ? this.#expression()
        : this.#error(key.end);
      entries.push({ key, value });
      if (!this.#separator('}', before, true)) break;
    }
    this.#close('}', open);
    return entries;
  }

  /** Between two items. False when the bracket should close here. */
  #separator(close: Sign, before: number, mayEndInComma: boolean): boolean {
    if (this.#take(',')) {
      if (this.#isSign(close) && !mayEndInComma) this.#missing(this.#token);
      return true;
    }
    if (this.#isSign(close) || this.#isAtEnd()) return false;
    const token = this.#token;
    this.#problem(token, `expected \`,\` or \`${close}\` before ${quote(textOf(token))}`, helpForOperator(token));
    if (token.kind === 'sign' && CLOSING.has(token.text)) return false;
    if (this.#at === before || !this.#startsExpression()) this.#at++;
    return true;
  }

  #open(): Range {
    const { start, end } = this.#token;
    this.#at++;
    return { start, end };
  }

  #close(sign: ')' | ']' | '}', open: Range): void {
    if (this.#take(sign)) return;
    const opening = { ')': '(', ']': '[', '}': '{' }[sign];
    if (this.#isAtEnd()) this.#problem(open, `\`${opening}\` is opened and never closed`, null);
    else this.#problem(this.#token, `expected \`${sign}\`, not ${describe(this.#token)}`);
  }

  #expect(sign: Sign, where: string): boolean {
    if (this.#take(sign)) return true;
    this.#problem(this.#token, `expected \`${sign}\` ${where}, not ${describe(this.#token)}`);
    return false;
  }

  #refuseOptional(): void {
    this.#report('cel/unsupported', this.#token, 'conditions have no optional values', 'ask `has(…)` first');
    this.#at++;
  }

  get #token(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    const token = this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1);
    return token ?? { kind: 'end', start: 0, end: 0 };
  }

  #isAtEnd(): boolean {
    return this.#token.kind === 'end';
  }

  #isSign(sign: Sign, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind === 'sign' && token.text === sign;
  }

  #take(sign: Sign): boolean {
    if (!this.#isSign(sign)) return false;
    this.#at++;
    return true;
  }

  #startsExpression(): boolean {
    const token = this.#token;
    if (token.kind === 'name') return token.text !== 'in';
    return token.kind === 'literal' || (token.kind === 'sign' && ['(', '[', '{', '!', '-'].includes(token.text));
  }

  #problem(at: Range, message: string, help: string | null = null): void {
    if (this.#at >= this.#quietUntil) this.#report('cel/syntax', at, message, help);
    this.#quietUntil = Math.max(this.#quietUntil, this.#at + 1);
  }

  /** One level of recursion more. False beyond the bound: nothing is read any further then. */
  #enter(): boolean {
    this.#nesting++;
    if (this.#nesting <= CEL_DEPTH_MAX) return true;
    this.#tooDeep(this.#token);
    return false;
  }

  #bounded(node: Node): Node {
    if (node.depth <= CEL_DEPTH_MAX) return node;
    this.#tooDeep(node);
    return this.#error(node.start);
  }

  #tooDeep({ start, end }: Range): void {
    const isFirst = this.#quietUntil < this.#tokens.length;
    if (isFirst) this.#report('cel/too-deep', { start, end }, `more than ${CEL_DEPTH_MAX} levels deep`);
    this.#at = this.#tokens.length - 1;
    this.#quietUntil = this.#tokens.length;
  }

  /** Range and depth of a node that began at `start` and ends with the last token. */
  #from(start: number, children: readonly Node[]) {
    const end = this.#tokens[this.#at - 1]?.end ?? start;
    return { start, end: Math.max(start, end), depth: 1 + Math.max(0, ...children.map(({ depth }) => depth)) };
  }

  #error(start: number): Node {
    return { kind: 'error', ...this.#from(start, []) };
  }
}

function isOperator(sign: Sign): sign is Sign & (BinaryOperator | LogicOperator) {
  return LEVELS.has(sign);
}

function isLogic(operator: Operator): operator is Operator & { readonly text: LogicOperator } {
  return operator.text === '&&' || operator.text === '||';
}

function isSigned(token: Token & { readonly kind: 'literal' }): boolean {
  return token.literal.type === 'int' || token.literal.type === 'double';
}

function rangeOf({ start, end }: Range): Range {
  return { start, end };
}

function wordOf(token: Token & { readonly kind: 'name' | 'literal' }): string {
  if (token.kind === 'name') return token.text;
  return 'value' in token.literal ? String(token.literal.value) : 'null';
}

function textOf(token: Token): string {
  switch (token.kind) {
    case 'literal':
      return wordOf(token);
    case 'name':
    case 'quoted-name':
    case 'sign':
      return token.text;
    case 'bad':
    case 'end':
      return '';
  }
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the end';
  if (token.kind === 'literal' && token.literal.type === 'string') return `the text ${quote(textOf(token))}`;
  return quote(textOf(token));
}

function helpForOperator(token: Token): string | null {
  if (token.kind !== 'name') return null;
  if (token.text === 'not') return 'write `!(value in list)`';
  const methods = ['contains', 'startsWith', 'endsWith', 'matches', 'exists', 'all'];
  return methods.includes(token.text) ? `a method is called as \`value.${token.text}(…)\`` : null;
}

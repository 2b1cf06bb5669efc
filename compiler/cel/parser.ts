import { quote } from '../diagnostics/quote.ts';
import { CEL_DEPTH_MAX } from '../limits.ts';
import type { BinaryOperator, LogicOperator, Node, Range, Word } from './ast.ts';
import { describeToken, helpForOperator, tokenText } from './describe-token.ts';
import { INT_MAX } from './integers.ts';
import { expandMacro } from './macros.ts';
import { INTEGERS } from './number-literal.ts';
import { isLogic, operatorOf, TIGHTNESS, tightnessOf } from './operators.ts';
import type { ReportCel } from './problem.ts';
import { TokenReader } from './token-reader.ts';
import { KEYWORDS, RESERVED_WORDS, type Token } from './token.ts';

/**
 * Builds the tree of an expression by recursive descent (cel-spec, "Syntax"). A syntax error is reported and parsing goes
 * on behind it: `error` nodes stand for what could not be read. Never throws, and never recurses beyond `CEL_DEPTH_MAX`.
 * One grammar, so one file.
 */
export function parseTokens(tokens: readonly Token[], report: ReportCel): Node {
  return new Parser(new TokenReader(tokens, report)).whole();
}

type LiteralToken = Token & { readonly kind: 'literal' };

class Parser {
  readonly #reader: TokenReader;
  #nesting = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  whole(): Node {
    const first = this.#expression();
    if (this.#reader.isAtEnd) return first;
    while (!this.#reader.isAtEnd) {
      this.#leftOver();
      if (this.#startsExpression()) this.#expression();
    }
    return this.#error(first.start);
  }

  /** Something stands behind a complete expression. */
  #leftOver(): void {
    const { token } = this.#reader;
    const text = quote(tokenText(token));
    if (token.kind === 'sign' && (token.text === ')' || token.text === ']' || token.text === '}')) {
      this.#reader.problem(token, `${text} closes nothing`, 'take it away, or open it where it should begin');
      this.#reader.advance();
      this.#reader.silenceNext();
      if (operatorOf(this.#reader.token) !== null) this.#reader.advance();
      return;
    }
    const help = helpForOperator(token);
    const remedy = help ?? 'join conditions with `&&` or `||`';
    this.#reader.problem(token, `expected an operator before ${text}`, remedy);
    // What follows is read as an expression of its own, to find the mistakes in it.
    const isOperator = help !== null || !this.#startsExpression();
    if (isOperator) this.#reader.advance();
    if (isOperator && operatorOf(this.#reader.token) !== null) this.#reader.advance();
    this.#reader.unsilence();
  }

  #expression(): Node {
    const { start } = this.#reader.token;
    if (!this.#enter()) return this.#error(start);
    const condition = this.#binary(TIGHTNESS.or);
    const node = this.#reader.take('?') ? this.#choice(start, condition) : condition;
    this.#nesting--;
    return node;
  }

  #choice(start: number, condition: Node): Node {
    const yes = this.#binary(TIGHTNESS.or);
    if (this.#reader.isSign('?')) {
      const help = 'write `a ? (b ? c : d) : e`';
      this.#reader.problem(this.#reader.token, 'a choice inside of a choice needs parentheses', help);
      this.#reader.advance();
      this.#binary(TIGHTNESS.or);
      if (this.#reader.take(':')) this.#binary(TIGHTNESS.or);
    }
    if (!this.#reader.expect(':', 'write `condition ? value : other`')) return this.#error(start);
    const no = this.#expression();
    return this.#bounded({ kind: 'conditional', condition, yes, no, ...this.#from(start, [condition, yes, no]) });
  }

  /** Precedence climbing: operators that bind at least as tightly as `level`. */
  #binary(level: number): Node {
    const { start } = this.#reader.token;
    let left = this.#unary();
    for (;;) {
      if (this.#reader.token.kind === 'bad') {
        // Reported already, and most likely meant as an operator.
        this.#skipBad();
        if (this.#startsExpression()) this.#unary();
        left = this.#error(start);
        continue;
      }
      const found = operatorOf(this.#reader.token);
      if (found === null || tightnessOf(found.operator.text) < level) return left;
      const { operator } = found;
      left = isLogic(operator) ? this.#logic(start, left, operator.text) : this.#operation(start, left, operator);
    }
  }

  #operation(start: number, left: Node, operator: Word & { readonly text: BinaryOperator }): Node {
    this.#reader.advance();
    const right = this.#binary(tightnessOf(operator.text) + 1);
    return this.#bounded({ kind: 'binary', operator, left, right, ...this.#from(start, [left, right]) });
  }

  /** A chain becomes one node, so that a long list of alternatives is not deep. */
  #logic(start: number, left: Node, operator: LogicOperator): Node {
    const operands = [left];
    const operatorsAt: Range[] = [];
    for (let at = this.#takeOperator(operator); at !== null; at = this.#takeOperator(operator)) {
      operatorsAt.push(at);
      operands.push(this.#binary(tightnessOf(operator) + 1));
    }
    return this.#bounded({ kind: 'logic', operator, operatorsAt, operands, ...this.#from(start, operands) });
  }

  #takeOperator(wanted: LogicOperator): Range | null {
    const { token } = this.#reader;
    const found = operatorOf(token);
    if (found?.operator.text !== wanted) return null;
    if (found.isMistaken) {
      this.#reader.problem(token, `${quote(tokenText(token))} is not an operator`, `did you mean \`${wanted}\`?`);
    }
    return this.#reader.takeAny();
  }

  /** `afterMinus`: a minus stands before, so another one is an operator even when a number follows it. */
  #unary(afterMinus = false): Node {
    const { token } = this.#reader;
    if (this.#isNot(token)) {
      this.#reader.problem(token, `${quote(tokenText(token))} is not an operator`, 'did you mean `!`?');
      this.#reader.advance();
      return this.#postfix();
    }
    if (token.kind !== 'sign' || (token.text !== '!' && token.text !== '-')) return this.#postfix();
    if (token.text === '-' && !afterMinus && isNumber(this.#reader.peek(1))) return this.#postfix();
    if (!this.#enter()) return this.#error(token.start);
    this.#reader.advance();
    const operand = this.#unary(token.text === '-');
    this.#nesting--;
    const operator = { text: token.text, start: token.start, end: token.end };
    return this.#bounded({ kind: 'unary', operator, operand, ...this.#from(token.start, [operand]) });
  }

  /** `not x`: a word where an operand stands, followed by another operand. */
  #isNot(token: Token): boolean {
    if (token.kind !== 'name' || (token.text !== 'not' && token.text !== 'NOT')) return false;
    const next = this.#reader.peek(1);
    return (next.kind === 'name' && next.text !== 'in') || next.kind === 'literal' || this.#reader.isSign('(', 1);
  }

  #postfix(): Node {
    const { start } = this.#reader.token;
    let node = this.#primary();
    for (;;) {
      if (this.#reader.take('.')) node = this.#member(start, node);
      else if (this.#reader.isSign('[')) node = this.#index(start, node);
      else if (this.#reader.isSign('{') && (node.kind === 'name' || node.kind === 'member'))
        node = this.#message(start);
      else return node;
    }
  }

  #member(start: number, of: Node): Node {
    this.#refuseOptional();
    const { token } = this.#reader;
    if (token.kind === 'name' && !KEYWORDS.has(token.text)) {
      this.#reader.advance();
      const name = { text: token.text, start: token.start, end: token.end };
      if (this.#reader.isSign('(')) return this.#call(start, of, name);
      return this.#bounded({ kind: 'member', of, name, ...this.#from(start, [of]) });
    }
    if (token.kind === 'quoted-name') {
      // `of["name"]` in other signs.
      this.#reader.advance();
      const literal = { type: 'string', value: token.text } as const;
      const index: Node = { kind: 'literal', literal, depth: 1, start: token.start, end: token.end };
      return this.#bounded({ kind: 'index', of, index, ...this.#from(start, [of, index]) });
    }
    const isWord = token.kind === 'name' || token.kind === 'literal';
    const help = `write \`[${JSON.stringify(isWord ? tokenText(token) : 'name')}]\``;
    this.#reader.problem(token, `expected the name of a member, not ${describeToken(token)}`, help);
    if (isWord || token.kind === 'bad') this.#reader.advance();
    return this.#error(start);
  }

  #index(start: number, of: Node): Node {
    const open = this.#reader.takeAny();
    this.#refuseOptional();
    const index = this.#expression();
    this.#reader.close(']', open);
    return this.#bounded({ kind: 'index', of, index, ...this.#from(start, [of, index]) });
  }

  #call(start: number, target: Node | null, name: Word): Node {
    const args = this.#items(')', false);
    const range = this.#from(start, target === null ? args : [target, ...args]);
    const node: Node = { kind: 'call', target, name, args, ...range };
    return this.#bounded(expandMacro(node, this.#reader));
  }

  /** `Name{...}` makes a message in other dialects. */
  #message(start: number): Node {
    const { token } = this.#reader;
    this.#reader.report(
      'cel/unsupported',
      { start, end: token.start },
      'conditions make no messages',
      'write a map: `{"name": value}`',
    );
    this.#reader.silently(() => this.#entries());
    return this.#error(start);
  }

  #primary(): Node {
    const { token } = this.#reader;
    const { start } = token;
    switch (token.kind) {
      case 'literal':
        this.#reader.advance();
        return this.#literal(token, start);
      case 'name':
        return this.#name(start, false);
      case 'sign':
        return this.#primarySign(token);
      case 'bad':
        this.#skipBad();
        return this.#error(start);
      case 'quoted-name':
        this.#reader.problem(token, 'backticks are for the names of members', `write \`args["${token.text}"]\``);
        this.#reader.advance();
        return this.#error(start);
      case 'end':
        return this.#missing(token);
    }
  }

  #primarySign(token: Token & { readonly kind: 'sign' }): Node {
    const { start } = token;
    if (token.text === '(') {
      const open = this.#reader.takeAny();
      const node = this.#expression();
      this.#reader.close(')', open);
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
    const next = this.#reader.peek(1);
    if (token.text === '-' && isNumber(next)) {
      this.#reader.advance();
      this.#reader.advance();
      return this.#literal(next, start);
    }
    if (token.text !== '.' || next.kind !== 'name') return this.#missing(token);
    this.#reader.advance();
    return this.#name(start, true);
  }

  #name(start: number, isAbsolute: boolean): Node {
    const { token } = this.#reader;
    if (token.kind !== 'name' || token.text === 'in') return this.#missing(token);
    this.#reader.advance();
    const name = { text: token.text, start: token.start, end: token.end };
    if (RESERVED_WORDS.has(name.text)) {
      this.#reader.report(
        'cel/reserved-word',
        name,
        `${quote(name.text)} is a word that CEL keeps for itself`,
        'choose another name',
      );
      if (this.#reader.isSign('(')) this.#items(')', false);
      return this.#error(start);
    }
    if (this.#reader.isSign('(')) return this.#call(start, null, name);
    return { kind: 'name', name: name.text, absolute: isAbsolute, ...this.#from(start, []) };
  }

  /** A number's sign is part of it. */
  #literal({ literal, ...token }: LiteralToken, start: number): Node {
    const range = this.#from(start, []);
    const isNegative = start < token.start;
    if (literal.type === 'int') {
      const value = isNegative ? -literal.value : literal.value;
      if (value <= INT_MAX) return { kind: 'literal', literal: { type: 'int', value }, ...range };
      this.#reader.report('cel/bad-literal', range, `${literal.value} does not fit in 64 bits`, INTEGERS);
      return this.#error(start);
    }
    if (literal.type === 'double' && isNegative) {
      return { kind: 'literal', literal: { type: 'double', value: -literal.value }, ...range };
    }
    return { kind: 'literal', literal, ...range };
  }

  /** An operand is missing here. Closing brackets and separators stay: who opened them goes on. */
  #missing(token: Token): Node {
    const message =
      token.kind === 'end' ? 'the expression ends too early' : `expected a value, not ${describeToken(token)}`;
    this.#reader.problem(token, message, 'write the value that is missing, or take away what asks for it');
    const isSeparator = token.kind === 'sign' && [')', ']', '}', ',', ':'].includes(token.text);
    if (token.kind !== 'end' && !isSeparator) {
      this.#reader.advance();
      // The operand may follow what was too much.
      if (this.#startsExpression() && this.#enter()) {
        this.#unary();
        this.#nesting--;
      }
    }
    return this.#error(token.start);
  }

  /** Items up to a closing bracket, which is taken; a comma may stand before it in a list. */
  #items(close: ')' | ']', mayEndInComma: boolean): Node[] {
    const open = this.#reader.takeAny();
    const items: Node[] = [];
    while (!this.#reader.isSign(close) && !this.#reader.isAtEnd) {
      if (mayEndInComma && this.#takeLastComma(close)) break;
      this.#refuseOptional();
      const before = this.#reader.position;
      items.push(this.#expression());
      if (!this.#separator(close, before, mayEndInComma)) break;
    }
    this.#reader.close(close, open);
    return items;
  }

  #entries(): { readonly key: Node; readonly value: Node }[] {
    const open = this.#reader.takeAny();
    const entries: { readonly key: Node; readonly value: Node }[] = [];
    while (!this.#reader.isSign('}') && !this.#reader.isAtEnd) {
      if (this.#takeLastComma('}')) break;
      this.#refuseOptional();
      const before = this.#reader.position;
      const key = this.#expression();
      const hasValue = this.#reader.expect(':', 'write `{key: value}`');
      entries.push({ key, value: hasValue ? this.#expression() : this.#error(key.end) });
      if (!this.#separator('}', before, true)) break;
    }
    this.#reader.close('}', open);
    return entries;
  }

  #takeLastComma(close: ']' | '}' | ')'): boolean {
    return this.#reader.isSign(close, 1) && this.#reader.take(',');
  }

  /** Between two items. False when the bracket should close here. */
  #separator(close: ')' | ']' | '}', before: number, mayEndInComma: boolean): boolean {
    if (this.#reader.take(',')) {
      if (this.#reader.isSign(close) && !mayEndInComma) this.#missing(this.#reader.token);
      return true;
    }
    if (this.#reader.isSign(close) || this.#reader.isAtEnd) return false;
    const { token } = this.#reader;
    const message = `expected \`,\` or \`${close}\` before ${quote(tokenText(token))}`;
    const isClosing = token.kind === 'sign' && [')', ']', '}'].includes(token.text);
    const help = isClosing ? `close it with \`${close}\`` : (helpForOperator(token) ?? 'put a comma between two items');
    this.#reader.problem(token, message, help);
    if (isClosing) return false;
    if (this.#reader.position === before || !this.#startsExpression()) this.#reader.advance();
    return true;
  }

  /** `.?`, `[?` and the like are of an extension. */
  #refuseOptional(): void {
    if (!this.#reader.isSign('?')) return;
    const { token } = this.#reader;
    this.#reader.report('cel/unsupported', token, 'conditions have no optional values', 'ask `has(…)` first');
    this.#reader.advance();
  }

  #skipBad(): void {
    this.#reader.advance();
    this.#reader.silenceNext();
  }

  #startsExpression(): boolean {
    const { token } = this.#reader;
    if (token.kind === 'name') return token.text !== 'in';
    return token.kind === 'literal' || (token.kind === 'sign' && ['(', '[', '{', '!', '-'].includes(token.text));
  }

  /** One level of recursion more. False beyond the bound: nothing is read any further then. */
  #enter(): boolean {
    this.#nesting++;
    if (this.#nesting <= CEL_DEPTH_MAX) return true;
    this.#tooDeep(this.#reader.token);
    return false;
  }

  #bounded(node: Node): Node {
    if (node.depth <= CEL_DEPTH_MAX) return node;
    this.#tooDeep(node);
    return this.#error(node.start);
  }

  #tooDeep(at: Range): void {
    if (!this.#reader.isStopped)
      this.#reader.report('cel/too-deep', at, `more than ${CEL_DEPTH_MAX} levels deep`, 'split it into several rules');
    this.#reader.stop();
  }

  /** Range and depth of a node that began at `start` and ends with the last token. */
  #from(start: number, children: readonly Node[]) {
    const end = Math.max(start, this.#reader.lastEnd ?? start);
    return { start, end, depth: 1 + Math.max(0, ...children.map(({ depth }) => depth)) };
  }

  #error(start: number): Node {
    return { kind: 'error', ...this.#from(start, []) };
  }
}

function isNumber(token: Token): token is LiteralToken {
  return token.kind === 'literal' && (token.literal.type === 'int' || token.literal.type === 'double');
}

import type { Range } from './ast.ts';
import { describeToken } from './describe-token.ts';
import type { CelCode, ReportCel } from './problem.ts';
import type { Sign, Token } from './token.ts';

const OPENING = { ')': '(', ']': '[', '}': '{' } as const;
export type ClosingSign = keyof typeof OPENING;

/** Goes through the tokens of an expression, and reports what should stand where something else does. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #report: ReportCel;
  #at = 0;
  /** No syntax error is reported before this token: what follows an error closely follows from it. */
  #quietUntil = 0;

  constructor(tokens: readonly Token[], report: ReportCel) {
    this.#tokens = tokens;
    this.#report = report;
  }

  get token(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    return this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1) ?? { kind: 'end', start: 0, end: 0 };
  }

  /** Where the last token that was taken ends; null before the first. */
  get lastEnd(): number | null {
    return this.#tokens[this.#at - 1]?.end ?? null;
  }

  /** How many tokens were taken. */
  get position(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.token.kind === 'end';
  }

  advance(): void {
    this.#at = Math.min(this.#at + 1, this.#tokens.length);
  }

  isSign(sign: Sign, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'sign' && token.text === sign;
  }

  take(sign: Sign): boolean {
    if (!this.isSign(sign)) return false;
    this.advance();
    return true;
  }

  /** Takes the token that is here, and says where it was. */
  takeAny(): Range {
    const { start, end } = this.token;
    this.advance();
    return { start, end };
  }

  close(sign: ClosingSign, open: Range): void {
    if (this.take(sign)) return;
    const help = `close it with \`${sign}\``;
    if (this.isAtEnd) this.problem(open, `\`${OPENING[sign]}\` is opened and never closed`, help);
    else this.problem(this.token, `expected \`${sign}\`, not ${describeToken(this.token)}`, help);
  }

  expect(sign: Sign, help: string): boolean {
    if (this.take(sign)) return true;
    this.problem(this.token, `expected \`${sign}\`, not ${describeToken(this.token)}`, help);
    return false;
  }

  /** A syntax error; silent right after another one. */
  problem(at: Range, message: string, help: string): void {
    if (this.#at >= this.#quietUntil) this.report('cel/syntax', at, message, help);
    this.#quietUntil = Math.max(this.#quietUntil, this.#at + 1);
  }

  report(code: CelCode, { start, end }: Range, message: string, help: string): void {
    this.#report(code, { start, end }, message, help);
  }

  /** What comes next follows from an error that is reported already. */
  silenceNext(): void {
    this.#quietUntil = Math.max(this.#quietUntil, this.#at + 1);
  }

  /** Whatever comes is read afresh. */
  unsilence(): void {
    this.#quietUntil = this.#at;
  }

  /** Reads on without reporting syntax errors. */
  silently(read: () => void): void {
    this.#quietUntil = this.#tokens.length;
    read();
    this.#quietUntil = this.#at;
  }

  /** Nothing is read any further, and no syntax error reported. */
  stop(): void {
    this.#at = this.#tokens.length - 1;
    this.#quietUntil = this.#tokens.length;
  }

  get isStopped(): boolean {
    return this.#quietUntil === this.#tokens.length;
  }
}

import type { BinaryOperator, LogicOperator, Word } from './ast.ts';
import type { Token } from './token.ts';

export type Operator = (Word & { readonly text: BinaryOperator }) | (Word & { readonly text: LogicOperator });

/**
 * How tightly an operator binds (cel-spec, "Syntax"): `?:` least, then these, then signs and what follows a value.
 * Operators of one level group to the left.
 */
export const TIGHTNESS = { choice: 0, or: 1, and: 2, relation: 3, sum: 4, product: 5, sign: 6, postfix: 7 } as const;

const LEVELS: ReadonlyMap<string, number> = new Map([
  ['||', TIGHTNESS.or],
  ['&&', TIGHTNESS.and],
  ...['<', '<=', '>', '>=', '==', '!=', 'in'].map((sign): [string, number] => [sign, TIGHTNESS.relation]),
  ...['+', '-'].map((sign): [string, number] => [sign, TIGHTNESS.sum]),
  ...['*', '/', '%'].map((sign): [string, number] => [sign, TIGHTNESS.product]),
]);

export function tightnessOf(operator: string): number {
  return LEVELS.get(operator) ?? TIGHTNESS.choice;
}

export function isLogic(operator: Operator): operator is Operator & { readonly text: LogicOperator } {
  return operator.text === '&&' || operator.text === '||';
}

/** Operators of other languages that are words. */
const WORDS: ReadonlyMap<string, LogicOperator> = new Map([
  ['and', '&&'],
  ['AND', '&&'],
  ['or', '||'],
  ['OR', '||'],
]);

/** The operator that a token is, or is mistaken for; null for anything else. */
export function operatorOf(token: Token): { readonly operator: Operator; readonly isMistaken: boolean } | null {
  const { start, end } = token;
  if (token.kind === 'name') {
    const text = token.text === 'in' ? 'in' : WORDS.get(token.text);
    return text === undefined ? null : { operator: { text, start, end }, isMistaken: text !== 'in' };
  }
  if (token.kind !== 'sign' || !isOperator(token.text)) return null;
  return { operator: { text: token.text, start, end }, isMistaken: false };
}

function isOperator(sign: string): sign is BinaryOperator | LogicOperator {
  return LEVELS.has(sign);
}

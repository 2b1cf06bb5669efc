import { quote } from '../diagnostics/quote.ts';
import type { Token } from './token.ts';

/** What a token says, for messages; empty for one that says nothing. */
export function tokenText(token: Token): string {
  switch (token.kind) {
    case 'literal':
      return 'value' in token.literal ? String(token.literal.value) : 'null';
    case 'name':
    case 'quoted-name':
    case 'sign':
      return token.text;
    case 'bad':
    case 'end':
      return '';
  }
}

/** A token as "expected …, not" names it. */
export function describeToken(token: Token): string {
  if (token.kind === 'end') return 'the end';
  if (token.kind === 'literal' && token.literal.type === 'string') return `the text ${quote(tokenText(token))}`;
  return quote(tokenText(token));
}

/** Methods that are operators elsewhere. */
const METHODS: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith', 'matches', 'exists', 'all']);

/** For a word that stands where an operator is expected. */
export function helpForOperator(token: Token): string | null {
  if (token.kind !== 'name') return null;
  if (token.text === 'not') return 'write `!(value in list)`';
  return METHODS.has(token.text) ? `a method is called as \`value.${token.text}(…)\`` : null;
}

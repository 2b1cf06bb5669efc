import type { Literal, Range } from './ast.ts';

/** Operators and brackets, the longer ones first: the lexer takes the first that fits. */
// prettier-ignore
export const SIGNS = [
  '&&', '||', '==', '!=', '<=', '>=',
  '<', '>', '+', '-', '*', '/', '%', '!', '?', ':', '.', ',', '(', ')', '[', ']', '{', '}',
] as const;
export type Sign = (typeof SIGNS)[number];

/** Words that are no names. `in` is an operator. */
export const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in']);

/** Words that CEL keeps for itself (cel-spec, "Syntax"): names of members and methods, but not of variables and functions. */
// prettier-ignore
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package',
  'namespace', 'return', 'var', 'void', 'while',
]);

export type Token = Range &
  (
    | { readonly kind: 'literal'; readonly literal: Literal }
    /** A name, or a keyword other than the literals. */
    | { readonly kind: 'name'; readonly text: string }
    /** A member's name between backticks. */
    | { readonly kind: 'quoted-name'; readonly text: string }
    | { readonly kind: 'sign'; readonly text: Sign }
    /** Something that is no token and has been reported. */
    | { readonly kind: 'bad' }
    | { readonly kind: 'end' }
  );

import type { RuleSketch } from '../dataplane/content/policy-of.ts';

/** A rule as the proxy runs it, and the same for a reference that shares no code with it: V8's expressions, and a function. */
export interface NaiveRule {
  readonly sketch: RuleSketch;
  readonly patterns: readonly RegExp[];
  /** A match that fails is looked at again from its second character on. */
  readonly check: ((found: string) => boolean) | null;
  readonly replace: (found: string, groups: readonly (string | undefined)[]) => string;
}

/** By name, as ties go by name. Their patterns mean the same to V8 and to RE2, and meet edges, letters of every width and each other. */
export const NAIVE_RULES: readonly NaiveRule[] = [
  rule(
    'cards',
    [String.raw`\b4\d{3}(?: ?\d{4}){3}\b`],
    { check: 'luhn', action: { kind: 'replace', with: '[PAN]' } },
    () => '[PAN]',
  ),
  rule('edges', ['^-', String.raw`\W$`], { action: { kind: 'replace', with: '<>' } }, () => '<>'),
  rule(
    'keys',
    ['(e)(x/y)?'],
    { keys: true, action: { kind: 'replace', with: '$2$1"' } },
    (_found, [e = '', xy = '']) => `${xy}${e}"`,
  ),
  rule('letters', ['[a-bA-B]é?', '漢[^\n]'], { action: { kind: 'redact' } }, () => ''),
  rule('masked', ['m[^x]m+'], { action: { kind: 'mask', keep: 'last', characters: 1 } }, (found) => {
    const all = Array.from(found);
    return '*'.repeat(all.length - 1) + (all.at(-1) ?? '');
  }),
  rule('numbers', ['4+'], { numbers: true, action: { kind: 'replace', with: '\n' } }, () => '\n'),
  rule('ones', ['1+', '[14]{2}'], { action: { kind: 'replace', with: '"\\\n😀' } }, () => '"\\\n😀'),
  // Where texts are joined, these match from one into the next.
  rule('seams', ['@[^x]{2}'], { action: { kind: 'replace', with: '&' } }, () => '&'),
];

function rule(
  name: string,
  regex: readonly string[],
  rest: Omit<RuleSketch, 'name' | 'regex'>,
  replace: NaiveRule['replace'],
): NaiveRule {
  const patterns = regex.map((source) => new RegExp(source, 'gu'));
  return { sketch: { name, regex, ...rest }, patterns, check: rest.check === 'luhn' ? passesLuhn : null, replace };
}

/** The sum of ISO/IEC 7812-1, written down from its definition. */
function passesLuhn(found: string): boolean {
  const digits = found.replaceAll(/\D/g, '').split('').reverse().map(Number);
  const sum = digits.reduce((all, digit, at) => {
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    return all + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

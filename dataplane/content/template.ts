import { isIdentifierUnit } from './detect/recognize/words.ts';

/** A part of a replacement: a text as it stands, or what a group of the pattern matched. */
export type TemplatePart = string | { readonly group: string };

const isDigit = (character: string): boolean => character >= '0' && character <= '9' && character.length === 1;
const isName = (text: string): boolean =>
  text !== '' && Array.from(text).every((character) => isIdentifierUnit(character.charCodeAt(0)));

/**
 * The parts of a replacement: `$1` to `$99` and `${name}` are groups, `$$` is a dollar sign, and any other dollar sign is
 * itself. The digits are as many as there are, up to two.
 */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = '';
  const reference = (group: string): void => {
    if (text !== '') parts.push(text);
    parts.push({ group });
    text = '';
  };
  for (let at = 0; at < template.length; at++) {
    const character = template.charAt(at);
    const next = template.charAt(at + 1);
    const close = next === '{' ? template.indexOf('}', at) : -1;
    if (character !== '$') {
      text += character;
    } else if (next === '$') {
      text += '$';
      at++;
    } else if (isDigit(next)) {
      const digits = isDigit(template.charAt(at + 2)) ? 2 : 1;
      reference(template.slice(at + 1, at + 1 + digits));
      at += digits;
    } else if (close > 0 && isName(template.slice(at + 2, close))) {
      reference(template.slice(at + 2, close));
      at = close;
    } else {
      text += character;
    }
  }
  if (text !== '') parts.push(text);
  return parts;
}

/** The groups that a replacement refers to: numbers in digits, or names. */
export function referencesOf(template: string): readonly string[] {
  return parseTemplate(template).flatMap((part) => (typeof part === 'string' ? [] : [part.group]));
}

/** The number of a group by its name or digits; null when the pattern has none of that. */
export function groupNumber(
  group: string,
  { groups, groupCount }: { readonly groups: ReadonlyMap<string, number>; readonly groupCount: number },
): number | null {
  const number = isDigit(group.charAt(0)) ? Number(group) : (groups.get(group) ?? -1);
  return number >= 0 && number <= groupCount ? number : null;
}

import { codePointName, visible } from '../../compiler/diagnostics/invisible.ts';
import { unreadableCharacters } from '../../compiler/catalog/unreadable.ts';
import type { JsonTree } from '../../dataplane/format/json-tree.ts';
import { modelPhrases } from './model-phrases.ts';
import { textsOf } from './tree-diff.ts';

/** Why a reviewer should look twice at a text of an upstream. */
export interface Suspicion {
  /** Where in the definition; empty for a text that stands alone. */
  readonly path: string;
  readonly kind: 'control' | 'invisible' | 'phrase';
  /** `U+200B`, or the phrase. */
  readonly what: string;
}

/** Everything suspicious in a definition: titles, descriptions, names and values of schemas alike. */
export function suspicionsIn(definition: JsonTree): readonly Suspicion[] {
  return textsOf(definition).flatMap(({ path, text }) => suspicionsInText(text, path));
}

export function suspicionsInText(text: string, path = ''): readonly Suspicion[] {
  const hidden = new Map(
    unreadableCharacters(text).map(({ kind, character }) => [
      character,
      { path, kind, what: codePointName(character) },
    ]),
  );
  const phrases = modelPhrases(text).map((phrase) => ({ path, kind: 'phrase' as const, what: phrase }));
  return [...hidden.values(), ...phrases];
}

/** Text of an upstream as a terminal may show it, in one line: what hides is spelled out, what is too long is cut. */
export function shownText(text: string, charactersMax = 2_000): string {
  let spelled = '';
  let from = 0;
  for (const { index, character } of unreadableCharacters(text)) {
    spelled += `${text.slice(from, index)}<${codePointName(character)}>`;
    from = index + character.length;
  }
  const characters = Array.from(visible(spelled + text.slice(from)));
  if (characters.length <= charactersMax) return characters.join('');
  return `${characters.slice(0, charactersMax).join('')}… (${characters.length - charactersMax} more)`;
}

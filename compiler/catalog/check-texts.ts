import type { JsonTree } from '../../dataplane/format/json-tree.ts';
import { codePointName } from '../diagnostics/invisible.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import type { LockedDefinition } from './lock.ts';
import { unreadableCharacters } from './unreadable.ts';

/**
 * Warns of text in an accepted definition that its reviewer could not see and a model will read. Of a pending one nothing
 * is served, so it is enough that `catalog sync` said so.
 */
export function checkTexts({ name, pending, definition, at }: LockedDefinition, report: Report): void {
  if (pending || at === null) return;
  for (const text of textNodes(definition)) {
    const [first] = unreadableCharacters(text.value);
    if (first === undefined) continue;
    report({
      code: 'catalog/unreadable-text',
      message: `a text of ${quote(name)} holds the ${first.kind} character ${codePointName(first.character)}`,
      span: { file: at.file, start: text.start, end: text.end },
      help: 'read what it hides; if the text is to stay, ask the owner of the server to write it plainly',
    });
  }
}

type TextNode = { readonly value: string; readonly start: number; readonly end: number };

function* textNodes(tree: JsonTree): Generator<TextNode> {
  if (tree.kind === 'string') yield tree;
  if (tree.kind === 'array') for (const item of tree.items) yield* textNodes(item);
  if (tree.kind !== 'object') return;
  for (const { key, keyStart, keyEnd, value } of tree.members) {
    yield { value: key, start: keyStart, end: keyEnd };
    yield* textNodes(value);
  }
}

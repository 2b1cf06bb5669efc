import { addItem, removeItem } from '../../compiler/edit/edit-document.ts';

export type Effect = 'read' | 'write' | 'destructive';

export const EFFECTS: readonly Effect[] = ['read', 'write', 'destructive'];

/**
 * The text of a policy file in which tools of one Server have these effects, and no other. Only their names move: comments
 * and the layout of everything else stay as their author wrote them.
 *
 * @param at offset of anything in the Server's document, such as its name.
 */
export function setEffects(text: string, at: number, effects: ReadonlyMap<string, Effect>): string {
  let changed = text;
  for (const [name, effect] of effects) {
    for (const other of EFFECTS) if (other !== effect) changed = removeItem(changed, at, ['effects', other], name);
    changed = addItem(changed, at, ['effects', effect], name);
  }
  return changed;
}

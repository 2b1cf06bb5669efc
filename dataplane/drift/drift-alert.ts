import { ERROR_NAME_CHARS_MAX } from '../limits.ts';
import type { Era } from '../mcp/versions.ts';
import type { Named, Verdict } from './judge-drift.ts';

/**
 * `changed`: offered otherwise than it was accepted, and withheld. `restored`: no longer so. `missing`: accepted and not
 * offered any more; calls of it go on to the server, which refuses them. `added`: offered and not reviewed, so that nobody
 * can use it.
 */
export type DriftChange = 'changed' | 'restored' | 'missing' | 'added';

/** News about what a server offers to one of our identities. */
export interface DriftAlert {
  readonly server: string;
  readonly identity: string;
  readonly era: Era;
  readonly change: DriftChange;
  readonly definitions: readonly Named[];
}

/** A verdict with names, which mean the same in every bundle. */
export interface NamedVerdict extends Pick<Verdict, 'missing' | 'added'> {
  readonly changed: readonly Named[];
}

/**
 * A definition for a person's eyes, `prompt "greet"`. Its name is the server's own text: what could forge or turn around a
 * line is escaped or replaced, and what is too long is cut.
 */
export function renderNamed({ kind, name }: Named): string {
  const cut = name.length > ERROR_NAME_CHARS_MAX ? `${name.slice(0, ERROR_NAME_CHARS_MAX).toWellFormed()}…` : name;
  return `${kind} ${JSON.stringify(cut.replace(/[\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\u{fffd}'))}`;
}

export const NO_DRIFT: NamedVerdict = { changed: [], missing: [], added: [] };

/** What is new in a verdict, compared with the one before. Nothing of it is repeated while it stays as it is. */
export function newsOf(
  before: NamedVerdict,
  after: NamedVerdict,
): readonly Pick<DriftAlert, 'change' | 'definitions'>[] {
  const news = [
    { change: 'changed' as const, definitions: beyond(after.changed, before.changed) },
    { change: 'restored' as const, definitions: beyond(before.changed, after.changed) },
    { change: 'missing' as const, definitions: beyond(after.missing, before.missing) },
    { change: 'added' as const, definitions: beyond(after.added, before.added) },
  ];
  return news.filter(({ definitions }) => definitions.length > 0);
}

/** What the first has and the second has not. */
function beyond(first: readonly Named[], second: readonly Named[]): readonly Named[] {
  const known = new Set(second.map(keyOf));
  return first.filter((named) => !known.has(keyOf(named)));
}

const keyOf = ({ kind, name }: Named): string => `${kind} ${name}`;

import { suggest } from '../diagnostics/suggest.ts';
import { fieldOf, keysOf } from './describe.ts';
import { notYetKind } from './not-yet.ts';
import type { ParsedDocument, Unparsed } from './parse-documents.ts';
import { POLICY_SCHEMAS } from './policy-schemas.ts';
import { nameFrom } from './text-forms.ts';

const KINDS: readonly string[] = [...POLICY_SCHEMAS.keys()];

/**
 * `Kind/name` of a document with mistakes, in every way that others may refer to it: a reference to what exists is no
 * mistake of its own, however badly it is written. Rather one name too many than a second report of one mistake.
 */
export function brokenNames(parsed: ParsedDocument | Unparsed): readonly string[] {
  const kind = 'text' in parsed ? written(parsed.text, 'kind') : parsedField(parsed, 'kind');
  const name = 'text' in parsed ? written(parsed.text, 'name') : parsedField(parsed, 'name');
  if (name === null) return [];
  const names = new Set([name, nameFrom(name) ?? name]);
  return meantKinds(kind).flatMap((meant) => [...names].map((one) => `${meant}/${one}`));
}

/** What follows `name:` at the beginning of a line, of a text that could not be parsed. */
function written(text: string, key: string): string | null {
  return new RegExp(`^[ \\t]*${key}[ \\t]*:?[ \\t]*["']?([\\w-]+)`, 'm').exec(text)?.[1] ?? null;
}

/** A field of the document, or of one whose key is misspelt. */
function parsedField({ value, node }: ParsedDocument, key: string): string | null {
  const at = keysOf(value).find((candidate) => candidate === key || suggest(candidate, [key]) !== null);
  if (at === undefined) return null;
  const found = fieldOf(value, at);
  return typeof found === 'string' ? found : (node.children.get(at)?.scalar?.source ?? null);
}

function meantKinds(kind: string | null): readonly string[] {
  if (kind === null) return KINDS;
  if (KINDS.includes(kind)) return [kind];
  const meant = suggest(kind, KINDS);
  if (meant !== null) return [meant];
  return notYetKind(kind) === null ? KINDS : [];
}

import { join } from 'node:path';
import { documentsOf } from '../compiler/analyse/documents-of.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import type { Compiled } from '../compiler/index.ts';
import type { Document } from '../compiler/source/document.ts';
import type { FolderResult } from './compile-folder.ts';

/**
 * Whether what changes nothing in one environment does in another that has the same document: then it is not dead. An
 * environment with errors says nothing about it.
 */
export function isAliveElsewhere(
  root: string,
  diagnostic: Diagnostic,
  found: FolderResult,
  results: readonly FolderResult[],
): boolean {
  const { code } = diagnostic;
  if (results.length < 2 || found.compiled === null) return false;
  if (!code.startsWith('dead/') && code !== 'lint/unused-claim') return false;
  const own = documentAt(root, diagnostic, found.compiled);
  if (own === null) return false;
  return results.some((other) => {
    if (other === found || other.compiled === null) return false;
    const there = documentAt(root, diagnostic, other.compiled);
    return there?.span.start === own.span.start && !placesOf(other).has(placeOf(diagnostic));
  });
}

const places = new WeakMap<FolderResult, ReadonlySet<string>>();

function placesOf(result: FolderResult): ReadonlySet<string> {
  const known = places.get(result) ?? new Set(result.diagnostics.map(placeOf));
  places.set(result, known);
  return known;
}

const placeOf = ({ code, span }: Diagnostic): string => `${code} ${span.file.path}:${span.start}`;

const documents = new WeakMap<Compiled, ReadonlyMap<string, readonly Document[]>>();

/** The document that a place is in: the last of the file whose name stands before its end. */
function documentAt(root: string, { span }: Diagnostic, compiled: Compiled): Document | null {
  const byPath =
    documents.get(compiled) ?? Map.groupBy(documentsOf(compiled.linked), ({ file }) => join(root, file.path));
  documents.set(compiled, byPath);
  const before = (byPath.get(span.file.path) ?? []).filter((document) => document.span.start < span.end);
  return before.reduce<Document | null>(
    (last, document) => (last === null || last.span.start < document.span.start ? document : last),
    null,
  );
}

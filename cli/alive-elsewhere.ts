import { join } from 'node:path';
import { documentsOf } from '../compiler/analyse/documents-of.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
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
  const { code, span } = diagnostic;
  if (!code.startsWith('dead/') && code !== 'lint/unused-claim') return false;
  const own = documentAt(root, diagnostic, found);
  if (own === null) return false;
  const isSame = (other: Diagnostic): boolean =>
    other.code === code && other.span.file.path === span.file.path && other.span.start === span.start;
  return results.some((other) => {
    const there = documentAt(root, diagnostic, other);
    return there?.span.start === own.span.start && !other.diagnostics.some(isSame);
  });
}

/** The document that a place is in: the last of the file whose name stands before its end. */
function documentAt(root: string, { span }: Diagnostic, { compiled }: FolderResult): Document | null {
  if (compiled === null) return null;
  const before = documentsOf(compiled.linked).filter(
    (document) => join(root, document.file.path) === span.file.path && document.span.start < span.end,
  );
  return before.reduce<Document | null>(
    (last, document) => (last === null || last.span.start < document.span.start ? document : last),
    null,
  );
}

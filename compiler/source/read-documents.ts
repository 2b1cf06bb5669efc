import assert from 'node:assert/strict';
import type { PolicyDocument } from '../../schemas/types/documents.ts';
import type { Problem, Report, SourceFile, Span } from '../diagnostics/diagnostic.ts';
import { DIAGNOSTICS_PER_FILE_MAX } from '../limits.ts';
import { brokenNames } from './broken-names.ts';
import { checkDocument } from './check-document.ts';
import type { Document, Part, Path, ReadResult } from './document.ts';
import { parseDocuments, type ParsedDocument } from './parse-documents.ts';
import { nodeAt, spanAt, spanInside } from './source-tree.ts';

interface FileContents {
  readonly documents: readonly Document[];
  readonly restricted: readonly Document[];
  readonly broken: readonly string[];
  readonly problems: readonly Problem[];
}

/** A file that is the same object has not changed: whoever watches a folder keeps the objects of unchanged files. */
const readBefore = new WeakMap<SourceFile, FileContents>();

/**
 * The documents of a policy folder (language.md): YAML read, each document checked against the schema of its kind. Every
 * mistake is reported once, at its place, and hides no other. The order of the files does not matter.
 */
export function readDocuments(files: readonly SourceFile[], report: Report): ReadResult {
  const documents: Document[] = [];
  const restricted: Document[] = [];
  const broken = new Set<string>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const contents = readBefore.get(file) ?? readFile(file);
    readBefore.set(file, contents);
    documents.push(...contents.documents);
    restricted.push(...contents.restricted);
    for (const name of contents.broken) broken.add(name);
    for (const problem of contents.problems) report(problem);
  }
  return { documents, restricted, broken };
}

function readFile(file: SourceFile): FileContents {
  const documents: Document[] = [];
  const broken: string[] = [];
  const problems: Problem[] = [];
  const report = atMost(DIAGNOSTICS_PER_FILE_MAX, (problem) => problems.push(problem));
  for (const parsed of parseDocuments(file, report)) {
    const value = 'text' in parsed ? null : checkDocument(parsed, report);
    if (value !== null && 'origin' in parsed) documents.push(documentOf(value, parsed));
    else {
      assert(problems.length > 0, 'no document is left out without a word');
      broken.push(...brokenNames(parsed));
    }
  }
  return { documents, restricted: documents.filter(isRestricted), broken, problems };
}

/** A Workspace lists the environments, and is in each of them. */
function isRestricted({ value }: Document): boolean {
  return value.kind !== 'Workspace' && value.environments !== undefined;
}

function atMost(count: number, report: Report): Report {
  let left = count;
  return (problem) => {
    if (left > 0) report(problem);
    left -= 1;
  };
}

function documentOf(value: PolicyDocument, { node, origin }: ParsedDocument): Document {
  const span = spanAt(node, ['name'], 'value', node.value);
  const document = {
    kind: value.kind,
    name: value.name,
    value,
    file: origin.file,
    span,
    spanAt: (path: Path, part: Part = 'value'): Span => spanAt(node, path, part, span),
    spanInside: (path: Path, start: number, end: number): Span => {
      const found = nodeAt(node, path);
      return found === null ? spanAt(node, path, 'value', span) : spanInside(found, origin, start, end);
    },
  };
  // The kind and the value come from one object, which no type can say of a union.
  return document as Document;
}

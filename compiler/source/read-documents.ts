import type { PolicyDocument } from '../../schemas/types/documents.ts';
import type { Report, SourceFile, Span } from '../diagnostics/diagnostic.ts';
import { checkDocument } from './check-document.ts';
import { fieldOf } from './describe.ts';
import type { Document, Part, Path, ReadResult } from './document.ts';
import { parseDocuments, type ParsedDocument } from './parse-documents.ts';
import { nodeAt, spanAt, spanInside } from './source-tree.ts';

/**
 * The documents of a policy folder (language.md): YAML read, each document checked against the schema of its kind. Every
 * mistake is reported once, at its place, and hides no other. The order of the files does not matter.
 */
export function readDocuments(files: readonly SourceFile[], report: Report): ReadResult {
  const documents: Document[] = [];
  const broken = new Set<string>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    for (const parsed of parseDocuments(file, report)) {
      const { kinds, value } = checkDocument(parsed, parsed.isWellFormed ? report : ignore);
      if (value !== null && parsed.isWellFormed && parsed.isSound) documents.push(documentOf(value, parsed));
      else for (const name of namesOf(parsed, kinds)) broken.add(name);
    }
  }
  return { documents, broken };
}

const ignore: Report = () => {};

function namesOf({ value }: ParsedDocument, kinds: readonly string[]): readonly string[] {
  const name = fieldOf(value, 'name');
  return typeof name === 'string' ? kinds.map((kind) => `${kind}/${name}`) : [];
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

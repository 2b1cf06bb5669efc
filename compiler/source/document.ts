import type { PolicyDocument } from '../../schemas/types/documents.ts';
import type { SourceFile, Span } from '../diagnostics/diagnostic.ts';

/** Keys and indices from the top of a document: `['allow', 0, 'server']`. */
export type Path = readonly (string | number)[];

export type Part = 'key' | 'value';

/** One checked document. `Document` is the union over all kinds, so that `kind` tells which `value` it has. */
export type Document<D extends PolicyDocument = PolicyDocument> = D extends PolicyDocument ? DocumentOf<D> : never;

interface DocumentOf<D extends PolicyDocument> {
  readonly kind: D['kind'];
  readonly name: string;
  /** As the schema of the kind describes it. Its mappings have no prototype: any key may be looked up. */
  readonly value: D;
  readonly file: SourceFile;
  /** Of the name's value. */
  readonly span: Span;
  /**
   * Where a key or value is. What is not written is where it would be: at the key of the nearest mapping that is, or
   * else at the name of the document.
   */
  readonly spanAt: (path: Path, part?: Part) => Span;
  /**
   * Where characters `start` to `end` (UTF-16 units of the decoded text, the end exclusive) of a text value are, through
   * quotes, escapes, folding and indentation. The whole value when it is no text.
   */
  readonly spanInside: (path: Path, start: number, end: number) => Span;
}

export interface ReadResult {
  /** Documents without errors, by file and position. */
  readonly documents: readonly Document[];
  /** Those of them that do not apply in every environment. */
  readonly restricted: readonly Document[];
  /** `Kind/name` of those with errors: they exist, so a reference to one is not a mistake of its own. */
  readonly broken: ReadonlySet<string>;
}

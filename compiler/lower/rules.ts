import type { SourceMap } from '../../schemas/types/sourcemap.ts';
import type { Span } from '../diagnostics/diagnostic.ts';
import { positionAt } from '../diagnostics/position.ts';
import type { Document } from '../source/document.ts';

/**
 * Hands out rule ids. They depend on the order in which rules are lowered, which is by kind and name, and not on where
 * rules stand: moving a document to another file changes the source map and nothing else.
 */
export class Rules {
  readonly #documents: Document[] = [];
  readonly #spans: Span[] = [];

  /** @param document The one that the rule belongs to. */
  add(document: Document, span: Span): number {
    this.#spans.push(span);
    return this.#documents.push(document) - 1;
  }

  sourceMap(): SourceMap {
    const files = [...new Set(this.#spans.map((span) => span.file.path))].sort();
    const indexByFile = new Map(files.map((path, index) => [path, index]));
    const positions = this.#spans.map((span) => positionAt(span.file, span.start));
    return {
      format: 1,
      files,
      names: this.#documents.map(({ kind, name }) => `${kind}/${name}`),
      file: this.#spans.map((span) => indexByFile.get(span.file.path) ?? 0),
      line: positions.map((position) => position.line),
      column: positions.map((position) => position.column),
    };
  }
}

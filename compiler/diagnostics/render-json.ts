import { countDiagnostics } from './collect.ts';
import type { Diagnostic, Span } from './diagnostic.ts';
import { positionAt, type Position } from './position.ts';

interface JsonPlace {
  readonly file: string;
  readonly start: Position;
  /** Exclusive. */
  readonly end: Position;
}

/** For programs: the same fields as the text. Lines and columns count from 1, columns in Unicode code points. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(diagnosticsOf(diagnostics), null, 2)}\n`;
}

/** The same as a value, for a result of which the diagnostics are a part. */
export function diagnosticsOf(diagnostics: readonly Diagnostic[]): object {
  const { errors, warnings } = countDiagnostics(diagnostics);
  return {
    errors,
    warnings,
    diagnostics: diagnostics.map(({ code, severity, message, span, help, related, fix }) => ({
      code,
      severity,
      message,
      ...placeOf(span),
      help,
      related: related.map((place) => ({ message: place.message, ...placeOf(place.span) })),
      fix:
        fix === null
          ? null
          : { title: fix.title, edits: fix.edits.map(({ span: at, insert }) => ({ ...placeOf(at), insert })) },
    })),
  };
}

function placeOf({ file, start, end }: Span): JsonPlace {
  return { file: file.path, start: positionAt(file, start), end: positionAt(file, end) };
}

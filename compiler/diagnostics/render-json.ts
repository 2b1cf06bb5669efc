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
  const { errors, warnings } = countDiagnostics(diagnostics);
  const body = {
    errors,
    warnings,
    diagnostics: diagnostics.map(({ code, severity, message, span, help, related }) => ({
      code,
      severity,
      message,
      ...placeOf(span),
      help,
      related: related.map((place) => ({ message: place.message, ...placeOf(place.span) })),
    })),
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}

function placeOf({ file, start, end }: Span): JsonPlace {
  return { file: file.path, start: positionAt(file, start), end: positionAt(file, end) };
}

import { diagnosticOf, type Diagnostic, type Report, type Span } from './diagnostic.ts';

export interface Collector {
  readonly report: Report;
  /** Errors so far. Nothing later runs past a compile error. */
  errors(): number;
  /** What was reported: sorted by file and position, each once. */
  diagnostics(): readonly Diagnostic[];
}

/** Receives what the phases report, in whatever order they find it. */
export function collectDiagnostics(): Collector {
  const found = new Map<string, Diagnostic>();
  return {
    report(problem) {
      const { code, message, span } = problem;
      const key = JSON.stringify([span.file.path, span.start, span.end, code, message]);
      if (!found.has(key)) found.set(key, diagnosticOf(problem));
    },
    errors: () => countDiagnostics([...found.values()]).errors,
    diagnostics: () => [...found.values()].sort(byPlace),
  };
}

export interface DiagnosticCount {
  readonly errors: number;
  readonly warnings: number;
}

export function countDiagnostics(diagnostics: readonly Diagnostic[]): DiagnosticCount {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: diagnostics.length - errors };
}

/** Total, so that the order in which phases and files ran leaves no trace. */
function byPlace(left: Diagnostic, right: Diagnostic): number {
  return bySpan(left.span, right.span) || byText(left.code, right.code) || byText(left.message, right.message);
}

function bySpan(left: Span, right: Span): number {
  return byText(left.file.path, right.file.path) || left.start - right.start || left.end - right.end;
}

/** By UTF-16 code unit, which no locale changes. */
function byText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

import type { DiagnosticCode } from '../diagnostics/registry.ts';
import { CEL_PROBLEMS_MAX } from '../limits.ts';
import type { Range } from './ast.ts';

export type CelCode = Extract<DiagnosticCode, `cel/${string}`>;

/** A mistake in an expression. The range is inside the expression's text; it is empty only at the end of the text. */
export interface CelProblem extends Range {
  readonly code: CelCode;
  /** Lower case, one clause, no full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly help: string;
  /** The only word that is near the one in the range. */
  readonly meant?: string;
}

export type ReportCel = (code: CelCode, at: Range, message: string, help: string, meant?: string | null) => void;

export interface CelProblems {
  readonly report: ReportCel;
  /** In the order of the text; one per code and range, at most `CEL_PROBLEMS_MAX`. */
  readonly list: () => readonly CelProblem[];
}

export function collectProblems(): CelProblems {
  const problems = new Map<string, CelProblem>();
  return {
    report(code, { start, end }, message, help, meant = null) {
      const key = `${start}-${end} ${code}`;
      if (problems.has(key) || problems.size === CEL_PROBLEMS_MAX) return;
      problems.set(key, { code, message, start, end, help, ...(meant === null ? {} : { meant }) });
    },
    list: () => [...problems.values()].sort((a, b) => a.start - b.start || a.end - b.end),
  };
}

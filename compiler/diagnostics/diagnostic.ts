import { DIAGNOSTICS, type DiagnosticCode, type Severity } from './registry.ts';

/** A file of the policy folder. The path is relative to that folder and has `/` on every platform. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A stretch of a file: UTF-16 offsets, the end exclusive. Lines and columns are made of it at the edge only. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** A place elsewhere that explains the problem, with what it has to do with it. */
export interface RelatedPlace {
  readonly message: string;
  readonly span: Span;
}

/** A stretch of a file that another text takes the place of. */
export interface Replacement {
  readonly span: Span;
  readonly insert: string;
}

/**
 * A change that `check --fix` makes by itself. Only what can mean nothing else is one: applying it must not take a decision
 * that belongs to a person.
 */
export interface Fix {
  /** What it does, as an instruction: "write `payments`". */
  readonly title: string;
  /** They do not overlap. */
  readonly edits: readonly Replacement[];
}

/** What a phase reports. The severity is the code's. */
export interface Problem {
  readonly code: DiagnosticCode;
  /** Lower case, one clause, no full stop; names what the user wrote. */
  readonly message: string;
  readonly span: Span;
  /** What to do about it. */
  readonly help?: string | null;
  readonly related?: readonly RelatedPlace[];
  readonly fix?: Fix | null;
}

export type Report = (problem: Problem) => void;

/** A mistake in the user's policy: data, never thrown. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly help: string | null;
  readonly related: readonly RelatedPlace[];
  readonly fix: Fix | null;
}

export function diagnosticOf(problem: Problem): Diagnostic {
  return {
    code: problem.code,
    severity: DIAGNOSTICS[problem.code].severity,
    message: problem.message,
    span: problem.span,
    help: problem.help ?? null,
    related: problem.related ?? [],
    fix: problem.fix ?? null,
  };
}

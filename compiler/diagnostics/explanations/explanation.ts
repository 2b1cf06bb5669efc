import type { DiagnosticCode } from '../registry.ts';

/** What `mcpgw explain CODE` says beside the summary. The examples are compiled in the tests. */
export interface Explanation {
  /** What the code means, and why it matters. */
  readonly meaning: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly wrong: Example;
  readonly right: Example;
  /** Whether the examples are whole policies; otherwise they are parts of one that is without mistakes. */
  readonly isWhole?: true;
}

/** The text of a policy file, or of several files by their names. */
export type Example = string | Readonly<Record<string, string>>;

/** One for every code of an area: the compiler of TypeScript refuses a code without. */
export type Explanations<Area extends string> = Readonly<
  Record<Extract<DiagnosticCode, `${Area}/${string}`>, Explanation>
>;

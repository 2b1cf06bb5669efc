import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** One `--flag`. Its name is its key in the table of options. */
export interface Option {
  /** What stands for the value in help, e.g. FILE; null for a switch, which takes none. */
  readonly value: string | null;
  readonly help: string;
  readonly required?: true;
  readonly default?: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** May be given several times: read with `list`. */
  readonly repeated?: true;
}

export interface Positional {
  /** In capitals, as help shows it. */
  readonly name: string;
  readonly help: string;
  readonly required?: true;
  readonly default?: string;
  /** The last one only: takes all that follow. */
  readonly repeated?: true;
}

/** What was given, checked against the tables of the command. Asking for what is not in them is a bug. */
export interface Arguments {
  positional(name: string): string | null;
  /** A positional that is required or has a default. */
  requiredPositional(name: string): string;
  positionals(name: string): readonly string[];
  text(option: string): string | null;
  /** An option that is required or has a default. */
  requiredText(option: string): string;
  list(option: string): readonly string[];
  flag(option: string): boolean;
}

export interface Context {
  readonly args: Arguments;
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** One command of the CLI. `usage` in help is derived from the two tables. */
export interface Command {
  /** One word, or two: `robot key`. */
  readonly name: string;
  /** One clause, lower case, for the list of commands. */
  readonly summary: string;
  /** Paragraphs for the command's own help. */
  readonly description?: string;
  readonly positionals: readonly Positional[];
  readonly options: Readonly<Record<string, Option>>;
  /** Command lines as a person would type them, and what each is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  run(context: Context): Promise<ExitCode>;
}

/** The option of every command whose result a program may read. */
export const FORMAT: Option = {
  value: 'FORMAT',
  help: 'how to print the result',
  choices: ['text', 'json'],
  default: 'text',
};

/** The positional of every command that reads policies. */
export const POLICY_FOLDER: Positional = {
  name: 'DIR',
  help: 'folder with the Workspace and everything below it',
  default: 'policies',
};

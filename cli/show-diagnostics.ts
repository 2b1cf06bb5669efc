import { countDiagnostics } from '../compiler/diagnostics/collect.ts';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { renderGithub } from '../compiler/diagnostics/render-github.ts';
import { renderJson } from '../compiler/diagnostics/render-json.ts';
import { renderSarif } from '../compiler/diagnostics/render-sarif.ts';
import { renderText } from '../compiler/diagnostics/render-text.ts';
import { VERSION } from '../dataplane/version.ts';
import type { Option } from './command.ts';
import type { Terminal } from './terminal.ts';

const WIDTH_WITHOUT_TERMINAL = 100;

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;

/** The option of a command whose result is diagnostics. */
export const DIAGNOSTICS_FORMAT: Option = {
  value: 'FORMAT',
  help: 'how to print the result; sarif for code scanning, github for annotations of a workflow',
  choices: FORMATS,
  default: 'text',
};

/** Diagnostics in a format that `DIAGNOSTICS_FORMAT` allows, for stdout. */
export function formatDiagnostics(terminal: Terminal, format: string, diagnostics: readonly Diagnostic[]): string {
  const known = FORMATS.find((name) => name === format) ?? 'text';
  switch (known) {
    case 'text':
      return diagnosticsText(terminal, 'result', diagnostics);
    case 'json':
      return renderJson(diagnostics);
    case 'sarif':
      return renderSarif(diagnostics, VERSION);
    case 'github':
      return renderGithub(diagnostics);
  }
}

/** Diagnostics as text, in colours and to the width of the stream where it is a terminal. */
export function diagnosticsText(
  terminal: Terminal,
  stream: 'result' | 'comment',
  diagnostics: readonly Diagnostic[],
): string {
  const colour = terminal.paint(stream, 'bold', 'x') !== 'x';
  const { columns } = stream === 'result' ? process.stdout : process.stderr;
  return renderText(diagnostics, { colour, width: columns ?? WIDTH_WITHOUT_TERMINAL });
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return countDiagnostics(diagnostics).errors > 0;
}

/** `2 errors, 1 warning`. */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const { errors, warnings } = countDiagnostics(diagnostics);
  const parts = [errors > 0 ? plural(errors, 'error') : null, warnings > 0 ? plural(warnings, 'warning') : null];
  return parts.filter((part) => part !== null).join(', ');
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

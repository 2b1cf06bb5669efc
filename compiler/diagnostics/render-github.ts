import type { Diagnostic, Span } from './diagnostic.ts';
import { visible } from './invisible.ts';
import { positionAt } from './position.ts';

/**
 * Annotations of a GitHub workflow, one command in a line for each diagnostic. GitHub shows a column only where a problem
 * begins and ends in one line.
 */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic)}\n`).join('');
}

function renderOne({ code, severity, message, span, help, related }: Diagnostic): string {
  const properties = Object.entries({ file: span.file.path, ...placeOf(span), title: code });
  const lines = [message, ...(help === null ? [] : [`help: ${help}`])];
  for (const place of related) {
    const { line, col } = placeOf(place.span);
    lines.push(`note: ${place.span.file.path}:${line}:${col}: ${place.message}`);
  }
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${severity} ${written}::${lines.map((line) => escapeData(visible(line))).join('%0A')}`;
}

interface GithubPlace {
  readonly line: number;
  readonly endLine: number;
  readonly col: number;
  readonly endColumn?: number;
}

function placeOf({ file, start, end }: Span): GithubPlace {
  const [from, to] = [positionAt(file, start), positionAt(file, end)];
  const place = { line: from.line, endLine: to.line, col: from.column };
  return from.line === to.line ? { ...place, endColumn: to.column } : place;
}

/** As `@actions/core` escapes the text of a command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

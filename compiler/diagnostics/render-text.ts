import type { Diagnostic, Span } from './diagnostic.ts';
import { excerptOf } from './excerpt.ts';
import { visible } from './invisible.ts';
import { positionAt } from './position.ts';

export interface TextOptions {
  /** ANSI colours. */
  readonly colour: boolean;
  /** Columns of the terminal; source lines are cut to them, messages are not. */
  readonly width: number;
}

/**
 * For people, and for tools that read `path:line:col: error: message [code]` (language.md, Diagnostics). A blank line
 * stands between two diagnostics, a line feed after the last. No text of the user's reaches the terminal as control.
 */
export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions): string {
  return diagnostics.map((diagnostic) => renderOne(diagnostic, options)).join('\n');
}

function renderOne(diagnostic: Diagnostic, { colour, width }: TextOptions): string {
  const paint = colour ? inColour : plain;
  const { severity, message, code, span, help, related } = diagnostic;
  const strong = severity === 'error' ? 'red' : 'yellow';
  const head = `${paint(`${placeOf(span)}:`, 'bold')} ${paint(`${severity}:`, strong)}`;
  const lines = [`${head} ${visible(message)} [${code}]`, ...renderExcerpt(span, width, strong, paint)];
  if (help !== null) lines.push(`  ${paint('help:', 'cyan')} ${visible(help)}`);
  for (const place of related) {
    lines.push(`  ${paint('note:', 'cyan')} ${placeOf(place.span)}: ${visible(place.message)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function renderExcerpt(span: Span, width: number, strong: Colour, paint: Paint): readonly string[] {
  const { line } = positionAt(span.file, span.start);
  const gutter = `  ${line} | `;
  const excerpt = excerptOf(span, width - gutter.length);
  const below = `${' '.repeat(gutter.length - 2)}| ${' '.repeat(excerpt.caretColumn)}`;
  return [`${gutter}${excerpt.text}`.trimEnd(), `${below}${paint('^'.repeat(excerpt.caretColumns), strong)}`];
}

function placeOf(span: Span): string {
  const { line, column } = positionAt(span.file, span.start);
  return `${visible(span.file.path)}:${line}:${column}`;
}

type Colour = 'bold' | 'red' | 'yellow' | 'cyan';
type Paint = (text: string, colour: Colour) => string;

/** Select Graphic Rendition (ECMA-48, 8.3.117). */
const SGR: Readonly<Record<Colour, number>> = { bold: 1, red: 31, yellow: 33, cyan: 36 };

const plain: Paint = (text) => text;
const inColour: Paint = (text, colour) => `\u001B[${SGR[colour]}m${text}\u001B[0m`;

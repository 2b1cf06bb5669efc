import { plural } from '../show-diagnostics.ts';
import type { Terminal } from '../terminal.ts';
import type { TestOutcome } from './outcome.ts';

/** For people: the failing tests in full, the passing ones counted by suite. */
export function renderOutcomes(outcomes: readonly TestOutcome[], terminal: Terminal): string {
  const lines: string[] = [];
  for (const [heading, list] of Map.groupBy(outcomes, ({ environment, suite }) => `${suite} in ${environment}`)) {
    const failed = list.filter((outcome) => outcome.failure !== null);
    const mark =
      failed.length === 0 ? terminal.paint('result', 'green', 'ok') : terminal.paint('result', 'red', 'FAILED');
    lines.push(
      `${mark} ${heading}: ${plural(list.length - failed.length, 'test')} passed${failed.length > 0 ? `, ${failed.length} failed` : ''}`,
    );
    for (const outcome of failed) lines.push('', ...renderFailure(outcome, terminal));
    if (failed.length > 0) lines.push('');
  }
  return lines.map((line) => `${line}\n`).join('');
}

function renderFailure({ name, at, failure }: TestOutcome, terminal: Terminal): string[] {
  if (failure === null) return [];
  const label = (text: string): string => terminal.paint('result', 'cyan', text.padEnd(9));
  return [
    `  ${terminal.paint('result', 'bold', `${at}:`)} ${name}`,
    `    ${label('expected')} ${failure.expected}`,
    `    ${label('actual')} ${failure.actual}`,
    ...failure.notes.map(
      ({ text, at: place }) => `    ${label('because')} ${text}${place === null ? '' : ` (${place})`}`,
    ),
  ];
}

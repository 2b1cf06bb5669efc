import { readFileSync } from 'node:fs';
import { renderStatuses, type Difference } from './verdict.ts';

/** A row of the table in README.md: a verdict that is another one through the proxy, and why that is right. */
export interface ListedDifference {
  readonly run: string;
  /** As `describeDifference` writes it. */
  readonly what: string;
  readonly why: string;
}

const COLUMNS = 6;

/** The rows of the one table in README.md with these columns: run, scenario, check, without, through, why. */
export function readListedDifferences(): readonly ListedDifference[] {
  const text = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => cells.length === COLUMNS && !/^-+$/.test(cells[0] ?? '') && cells[0] !== 'run');
  return rows.map(([run = '', scenario = '', check = '', before = '', after = '', why = '']) => ({
    run,
    what: `${scenario} ${check}: ${before} -> ${after}`,
    why,
  }));
}

export function describeDifference({ scenario, check, before, after }: Difference): string {
  return `${scenario} ${check}: ${renderStatuses(before)} -> ${renderStatuses(after)}`;
}

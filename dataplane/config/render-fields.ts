import { FIELDS, flagOf, nameOf, variableOf } from './fields.ts';

/** The options part of `--help`: one line per field. */
export function renderFlags(): string {
  const rows = FIELDS.map((entry): [string, string] => [
    `--${flagOf(entry)} ${placeholder(entry.kind)}`,
    `${entry.summary}${entry.required ? ' (required)' : ''}`,
  ]);
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return rows.map(([flag, summary]) => `  ${flag.padEnd(width)}  ${summary}`).join('\n');
}

/** The Markdown table of `README.md` in this folder. */
export function renderTable(): string {
  const rows = FIELDS.map(
    (entry) =>
      `| \`${nameOf(entry)}\` | \`--${flagOf(entry)}\` | \`${variableOf(entry)}\` | ${entry.required ? 'yes' : ''} | ${entry.summary} |`,
  );
  return ['| field | flag | variable | required | what |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

function placeholder(kind: (typeof FIELDS)[number]['kind']): string {
  switch (kind) {
    case 'text':
      return 'TEXT';
    case 'path':
      return 'PATH';
    case 'list':
      return 'A,B';
    case 'integer':
      return 'N';
    case 'sinks':
      return 'PATH,PATH';
    case 'mapping':
      return '{NAME: VALUE}';
  }
}

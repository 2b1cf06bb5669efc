import type { Example } from './explanations/explanation.ts';
import { EXPLANATIONS } from './explanations/index.ts';
import { visible } from './invisible.ts';
import { DIAGNOSTICS, type DiagnosticCode } from './registry.ts';

/** Columns of a page, examples aside. */
const WIDTH = 100;
const INDENT = '    ';

/** Every code, by area in the order of the registry. */
const CODES = Object.keys(DIAGNOSTICS) as readonly DiagnosticCode[];

export function isCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(DIAGNOSTICS, text);
}

/** What a code means, a wrong example, what to do, and a right example. */
export function renderPage(code: DiagnosticCode): string {
  const { severity, summary } = DIAGNOSTICS[code];
  const { meaning, remedy, wrong, right } = EXPLANATIONS[code];
  const lines = [
    `${code} (${severity})`,
    summary,
    '',
    ...wrap(meaning),
    '',
    'Wrong:',
    '',
    ...exampleLines(wrong).map(indented),
    '',
    ...wrap(remedy),
    '',
    'Right:',
    '',
    ...exampleLines(right).map(indented),
  ];
  return `${lines.join('\n')}\n`;
}

/** The same in Markdown, without its heading. */
export function renderPageMarkdown(code: DiagnosticCode): string {
  const { severity, summary } = DIAGNOSTICS[code];
  const { meaning, remedy, wrong, right } = EXPLANATIONS[code];
  return [`**${summary}** (${severity})`, meaning, ...fenced('Wrong', wrong), remedy, ...fenced('Right', right)].join(
    '\n\n',
  );
}

/** Every code in one line, by area. */
export function renderCodes(): string {
  const width = Math.max(...CODES.map((code) => code.length));
  const areas = [...Map.groupBy(CODES, (code) => code.slice(0, code.indexOf('/'))).values()];
  return areas
    .map((codes) => codes.map((code) => `${code.padEnd(width)}  ${DIAGNOSTICS[code].summary}\n`).join(''))
    .join('\n');
}

/** The page of all codes, for reading in the repository. */
export function renderCodesMarkdown(): string {
  const table = CODES.map((code) => {
    const { severity, summary } = DIAGNOSTICS[code];
    return `| [\`${code}\`](#${code.replace('/', '')}) | ${severity} | ${summary} |`;
  });
  const pages = CODES.map((code) => `## ${code}\n\n${renderPageMarkdown(code)}`);
  const head = [
    '# Diagnostic codes',
    'What the compiler can report. Written by `npm run golden` from the registry beside this file; `mcpgw explain CODE` prints one.',
    `| code | severity | what it says |\n| --- | --- | --- |\n${table.join('\n')}`,
  ];
  return `${[...head, ...pages].join('\n\n')}\n`;
}

function exampleLines(example: Example): readonly string[] {
  if (typeof example === 'string') return example.trimEnd().split('\n').map(shown);
  return Object.entries(example).flatMap(([path, text], at) => [
    ...(at === 0 ? [] : ['']),
    `# ${path}`,
    ...text.trimEnd().split('\n').map(shown),
  ]);
}

function fenced(title: string, example: Example): readonly string[] {
  const files = typeof example === 'string' ? [[null, example] as const] : Object.entries(example);
  return files.map(([path, text]) => {
    const heading = path === null ? `${title}:` : `${title}, \`${path}\`:`;
    const language = path?.endsWith('.json') === true ? 'json' : 'yaml';
    return `${heading}\n\n\`\`\`${language}\n${text.trimEnd().split('\n').map(shown).join('\n')}\n\`\`\``;
  });
}

/** A line as a terminal can show it; only as much of it as a page can. */
function shown(line: string): string {
  const text = line.split('\t').map(visible).join('\t');
  return text.length <= 2 * WIDTH ? text : `${text.slice(0, WIDTH)}…`;
}

function indented(line: string): string {
  return line === '' ? '' : INDENT + line;
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

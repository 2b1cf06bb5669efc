import type { Command, Option, Positional } from './command.ts';
import { COMMAND_GROUPS, COMMANDS, type CommandEntry } from './commands.ts';
import { EXIT_MEANINGS } from './exit-code.ts';

const WIDTH_MAX = 100;

/** `mcpgw`, `mcpgw help`: every command in one screen. */
export async function renderOverview(): Promise<string> {
  const width = Math.max(...COMMANDS.map((entry) => entry.name.length));
  const lines = [
    'Policy as code for the Model Context Protocol: files in git, compiled into a signed bundle,',
    'enforced by a thin proxy on every call.',
    '',
    'Usage: mcpgw COMMAND [OPTIONS]',
  ];
  for (const group of COMMAND_GROUPS) lines.push('', `${group.title}:`, ...(await summaries(group.commands, width)));
  lines.push('', '`mcpgw COMMAND --help` explains a command, with examples. `mcpgw --version` prints the version.');
  lines.push('', 'Exit codes:', ...EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padStart(2)}  ${meaning}`));
  return `${lines.join('\n')}\n`;
}

/** `mcpgw robot`, `mcpgw help robot`: the commands that begin with that word. */
export async function renderFamily(word: string, entries: readonly CommandEntry[]): Promise<string> {
  const width = Math.max(...entries.map((entry) => entry.name.length));
  const lines = [`Usage: mcpgw ${word} COMMAND [OPTIONS]`, '', ...(await summaries(entries, width))];
  return `${lines.join('\n')}\n`;
}

async function summaries(entries: readonly CommandEntry[], width: number): Promise<readonly string[]> {
  const commands = await Promise.all(entries.map((entry) => entry.load()));
  return commands.flatMap((command) => row(command.name, width, command.summary));
}

/** `mcpgw COMMAND --help`. */
export function renderHelp(command: Command): string {
  const lines = [`${upperFirst(command.summary)}.`, '', `Usage: ${usageOf(command)}`];
  if (command.description !== undefined)
    lines.push('', ...command.description.split('\n').flatMap((text) => wrap(text, WIDTH_MAX)));
  const options = Object.entries(command.options);
  const names = [
    ...command.positionals.map((one) => one.name),
    ...options.map(([name, option]) => spelled(name, option)),
  ];
  const width = Math.max(0, ...names.map((name) => name.length));
  if (command.positionals.length > 0) {
    lines.push('', 'Arguments:');
    for (const positional of command.positionals) lines.push(...row(positional.name, width, explained(positional)));
  }
  if (options.length > 0) {
    lines.push('', 'Options:');
    for (const [name, option] of options) lines.push(...row(spelled(name, option), width, explained(option)));
  }
  if (command.examples.length > 0) lines.push('', 'Examples:');
  for (const [line, purpose] of command.examples) lines.push(`  ${line}`, `      ${purpose}`);
  return `${lines.join('\n')}\n`;
}

/** Required options stand in the usage line; the others are one word. */
function usageOf(command: Command): string {
  const words = ['mcpgw', command.name];
  for (const positional of command.positionals) {
    const name = positional.repeated === true ? `${positional.name}...` : positional.name;
    words.push(positional.required === true ? name : `[${name}]`);
  }
  const options = Object.entries(command.options);
  for (const [name, option] of options) if (option.required === true) words.push(spelled(name, option));
  if (options.some(([, option]) => option.required !== true)) words.push('[OPTIONS]');
  return words.join(' ');
}

function spelled(name: string, option: Option): string {
  return option.value === null ? `--${name}` : `--${name} ${option.value}`;
}

function explained(entry: Option | Positional): string {
  const notes: string[] = [];
  if ('choices' in entry && entry.choices !== undefined) notes.push(entry.choices.join(', '));
  if (entry.required === true) notes.push('required');
  if (entry.default !== undefined) notes.push(`default: ${entry.default}`);
  if (entry.repeated === true) notes.push('may be repeated');
  return notes.length === 0 ? entry.help : `${entry.help} (${notes.join('; ')})`;
}

function row(name: string, width: number, text: string): string[] {
  const indent = width + 4;
  return wrap(text, WIDTH_MAX - indent).map((line, at) =>
    at === 0 ? `  ${name.padEnd(width + 2)}${line}` : `${' '.repeat(indent)}${line}`,
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

import { parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { COMMAND_GROUPS, COMMANDS } from './commands.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { Failure } from './failure.ts';
import { renderFamily, renderHelp, renderOverview } from './help.ts';
import { didYouMean } from '../compiler/diagnostics/suggest.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from '../dataplane/version.ts';

/** Finds the command in the words, checks its arguments and runs it. @throws Failure, and what is a bug. */
export async function dispatch(
  words: readonly string[],
  terminal: Terminal,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ExitCode> {
  const first = words[0];
  if (first === undefined) {
    terminal.comment(renderOverview(COMMAND_GROUPS).trimEnd());
    return EXIT.usage;
  }
  if (first === '--version') {
    terminal.result(`${VERSION}\n`);
    return EXIT.ok;
  }
  if (first === 'help' || first === '--help' || first === '-h') {
    terminal.result(helpOn(words.slice(1)));
    return EXIT.ok;
  }
  const { command, rest } = findCommand(words);
  if (wantsHelp(rest)) {
    terminal.result(command === null ? renderFamily(first, familyOf(first)) : renderHelp(command));
    return EXIT.ok;
  }
  if (command === null) throw unfinished(first, rest[0]);
  return command.run({ args: parseArguments(command, rest), terminal, environment });
}

/** Two words before one, so that `robot key` is found first; null for the first word of a family alone. */
function findCommand(words: readonly string[]): { command: Command | null; rest: readonly string[] } {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ');
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (command !== undefined) return { command, rest: words.slice(count) };
  }
  const first = words[0] ?? '';
  if (familyOf(first).length > 0) return { command: null, rest: words.slice(1) };
  if (first.startsWith('-'))
    throw new Failure(`${first}: is no option of \`mcpgw\` itself`, { help: 'options follow the command' });
  throw unknownCommand(words.slice(0, 2));
}

function familyOf(word: string): readonly Command[] {
  return COMMANDS.filter((command) => command.name.startsWith(`${word} `));
}

function wantsHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf('--');
  const own = end === -1 ? rest : rest.slice(0, end);
  return own.includes('--help') || own.includes('-h');
}

function helpOn(words: readonly string[]): string {
  const first = words[0];
  if (first === undefined) return renderOverview(COMMAND_GROUPS);
  const { command } = findCommand(words);
  return command === null ? renderFamily(first, familyOf(first)) : renderHelp(command);
}

function unknownCommand(words: readonly string[]): Failure {
  const names = COMMANDS.map((command) => command.name);
  const help =
    didYouMean(words.join(' '), names) ?? didYouMean(words[0] ?? '', names) ?? '`mcpgw help` lists the commands';
  return new Failure(`${words[0] ?? ''}: is no command of mcpgw`, { help });
}

function unfinished(first: string, second: string | undefined): Failure {
  const names = familyOf(first).map((command) => command.name);
  const message = second === undefined ? `${first}: is half a command` : `${first} ${second}: is no command of mcpgw`;
  const near = second === undefined ? null : didYouMean(`${first} ${second}`, names);
  return new Failure(message, { help: near ?? names.map((name) => `mcpgw ${name}`).join(', ') });
}

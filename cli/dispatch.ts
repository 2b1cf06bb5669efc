import { didYouMean } from '../compiler/diagnostics/suggest.ts';
import { VERSION } from '../dataplane/version.ts';
import { parseArguments } from './arguments.ts';
import { COMMANDS, type CommandEntry } from './commands.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { Failure } from './failure.ts';
import { renderFamily, renderHelp, renderOverview } from './help.ts';
import type { Terminal } from './terminal.ts';

/** Finds the command in the words, checks its arguments and runs it. @throws Failure, and what is a bug. */
export async function dispatch(
  words: readonly string[],
  terminal: Terminal,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ExitCode> {
  const first = words[0];
  if (first === undefined) {
    terminal.comment((await renderOverview()).trimEnd());
    return EXIT.usage;
  }
  if (first === '--version') {
    terminal.result(`${VERSION}\n`);
    return EXIT.ok;
  }
  if (first === 'help' || first === '--help' || first === '-h') {
    terminal.result(await helpOn(words.slice(1)));
    return EXIT.ok;
  }
  const { entry, rest } = findCommand(words);
  if (wantsHelp(rest)) {
    terminal.result(await helpOn(words.slice(0, words.length - rest.length)));
    return EXIT.ok;
  }
  if (entry === null) throw unfinished(first, rest[0]);
  const command = await entry.load();
  return command.run({ args: parseArguments(command, rest), terminal, environment });
}

/** Two words before one, so that `robot key` is found first; null for the first word of a family alone. */
function findCommand(words: readonly string[]): { entry: CommandEntry | null; rest: readonly string[] } {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ');
    const entry = COMMANDS.find((candidate) => candidate.name === name);
    if (entry !== undefined) return { entry, rest: words.slice(count) };
  }
  const first = words[0] ?? '';
  if (familyOf(first).length > 0) return { entry: null, rest: words.slice(1) };
  if (first.startsWith('-')) {
    throw new Failure(`${first}: is no option of \`mcpgw\` itself`, { help: 'options follow the command' });
  }
  throw unknownCommand(words.slice(0, 2));
}

function familyOf(word: string): readonly CommandEntry[] {
  return COMMANDS.filter((entry) => entry.name.startsWith(`${word} `));
}

function wantsHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf('--');
  const own = end === -1 ? rest : rest.slice(0, end);
  return own.includes('--help') || own.includes('-h');
}

async function helpOn(words: readonly string[]): Promise<string> {
  const first = words[0];
  if (first === undefined) return renderOverview();
  const { entry } = findCommand(words);
  return entry === null ? renderFamily(first, familyOf(first)) : renderHelp(await entry.load());
}

function unknownCommand(words: readonly string[]): Failure {
  const names = COMMANDS.map((entry) => entry.name);
  const near = didYouMean(words.join(' '), names) ?? didYouMean(words[0] ?? '', names);
  return new Failure(`${words[0] ?? ''}: is no command of mcpgw`, { help: near ?? '`mcpgw help` lists the commands' });
}

function unfinished(first: string, second: string | undefined): Failure {
  const names = familyOf(first).map((entry) => entry.name);
  const message = second === undefined ? `${first}: is half a command` : `${first} ${second}: is no command of mcpgw`;
  const near = second === undefined ? null : didYouMean(`${first} ${second}`, names);
  return new Failure(message, { help: near ?? names.map((name) => `mcpgw ${name}`).join(', ') });
}

import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { didYouMean } from '../compiler/diagnostics/suggest.ts';
import type { Arguments, Command, Option } from './command.ts';
import { failure } from './failure.ts';

/**
 * Reads the words after the command's name against its tables.
 * @throws Failure naming the flag or argument that is wrong.
 */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const given = new Map<string, string[]>();
  const rest: string[] = [];
  for (const token of tokens(command, words)) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const option = declared(command, token.name);
    if (option === null) throw unknownOption(command, token.rawName, token.name);
    const values = given.get(token.name) ?? [];
    if (values.length > 0 && option.repeated !== true) throw failure(token.rawName, 'is given twice');
    values.push(optionValue(option, token));
    given.set(token.name, values);
  }
  for (const [name, option] of Object.entries(command.options)) {
    if (option.required === true && !given.has(name)) {
      throw failure(`--${name}`, `is required: ${option.help}`, seeHelp(command));
    }
  }
  return readers(command, given, placed(command, rest));
}

/** Own entries only: `--constructor` is no option. */
function declared(command: Command, name: string): Option | null {
  return Object.hasOwn(command.options, name) ? (command.options[name] ?? null) : null;
}

type Token = ReturnType<typeof tokens>[number];

function tokens(command: Command, words: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, option]) => [
      name,
      { type: option.value === null ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  return parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function optionValue(option: Option, token: Extract<Token, { kind: 'option' }>): string {
  if (option.value === null) {
    if (token.value !== undefined) throw failure(token.rawName, 'takes no value');
    return '';
  }
  if (token.value === undefined || token.value === '') throw failure(token.rawName, `needs a value: ${option.value}`);
  // Far more often a forgotten value than a value that begins with a dash.
  if (!token.inlineValue && token.value.startsWith('-')) {
    const instead = `write ${token.rawName}=${token.value} if that is the value`;
    throw failure(token.rawName, `needs a value: ${option.value}`, instead);
  }
  if (option.choices !== undefined && !option.choices.includes(token.value)) {
    const message = `\`${token.value}\` is not one of ${option.choices.join(', ')}`;
    throw failure(token.rawName, message, didYouMean(token.value, option.choices));
  }
  return token.value;
}

function placed(command: Command, rest: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, readonly string[]>();
  let next = 0;
  for (const positional of command.positionals) {
    const taken = rest.slice(next, positional.repeated === true ? rest.length : next + 1);
    if (taken.length === 0 && positional.required === true) {
      throw failure(positional.name, `is required: ${positional.help}`, seeHelp(command));
    }
    next += taken.length;
    result.set(positional.name, taken);
  }
  const extra = rest[next];
  if (extra !== undefined) throw failure(extra, 'is one argument too many', seeHelp(command));
  return result;
}

function unknownOption(command: Command, rawName: string, name: string): Error {
  const names = Object.keys(command.options).map((option) => `--${option}`);
  return failure(
    rawName,
    `is no option of \`mcpgw ${command.name}\``,
    didYouMean(`--${name}`, names) ?? seeHelp(command),
  );
}

function seeHelp(command: Command): string {
  return `mcpgw ${command.name} --help`;
}

function readers(
  command: Command,
  given: ReadonlyMap<string, readonly string[]>,
  placedRest: ReadonlyMap<string, readonly string[]>,
): Arguments {
  const option = (name: string): Option => {
    const found = declared(command, name);
    assert(found !== null, `\`${command.name}\` declares no option ${name}`);
    return found;
  };
  const positionals = (name: string): readonly string[] => {
    const declared = command.positionals.find((positional) => positional.name === name);
    assert(declared !== undefined, `\`${command.name}\` declares no argument ${name}`);
    const values = placedRest.get(name) ?? [];
    return values.length === 0 && declared.default !== undefined ? [declared.default] : values;
  };
  const text = (name: string): string | null => option(name).default ?? null;
  const required = (value: string | null, name: string): string => {
    assert(value !== null, `\`${command.name}\`: ${name} is neither required nor has it a default`);
    return value;
  };
  const reader: Arguments = {
    positionals,
    positional: (name) => positionals(name)[0] ?? null,
    requiredPositional: (name) => required(reader.positional(name), name),
    text: (name) => given.get(name)?.[0] ?? text(name),
    requiredText: (name) => required(reader.text(name), name),
    list: (name) => (option(name), given.get(name) ?? []),
    flag: (name) => (option(name), given.has(name)),
  };
  return reader;
}

import type { Command } from './command.ts';
import { check } from './commands/check.ts';
import { compile } from './commands/compile.ts';
import { inspect } from './commands/inspect.ts';
import { keygen } from './commands/keygen.ts';
import { promote } from './commands/promote.ts';
import { robotKey } from './commands/robot-key.ts';
import { test } from './commands/test.ts';
import { token } from './commands/token.ts';
import { verify } from './commands/verify.ts';

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Every command, in the order in which a person meets them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { title: 'Write policies', commands: [check, test, robotKey] },
  { title: 'Ship them', commands: [keygen, compile, promote, verify, inspect] },
  { title: 'Try them on this machine', commands: [token] },
];

export const COMMANDS: readonly Command[] = COMMAND_GROUPS.flatMap((group) => group.commands);

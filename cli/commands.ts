import type { Command } from './command.ts';
import { check } from './commands/check.ts';
import { compile } from './commands/compile.ts';
import { catalogAccept } from './commands/catalog-accept.ts';
import { catalogSync } from './commands/catalog-sync.ts';
import { init } from './commands/init.ts';
import { inspect } from './commands/inspect.ts';
import { keygen } from './commands/keygen.ts';
import { promote } from './commands/promote.ts';
import { robotKey } from './commands/robot-key.ts';
import { serve } from './commands/serve.ts';
import { test } from './commands/test.ts';
import { token } from './commands/token.ts';
import { verify } from './commands/verify.ts';

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Every command, in the order in which a person meets them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { title: 'Write policies', commands: [init, check, test, robotKey, catalogSync, catalogAccept] },
  { title: 'Ship them', commands: [keygen, compile, promote, verify, inspect] },
  { title: 'Try them on this machine', commands: [serve, token] },
];

export const COMMANDS: readonly Command[] = COMMAND_GROUPS.flatMap((group) => group.commands);

import type { Command } from './command.ts';
import { keygen } from './commands/keygen.ts';

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Every command, in the order in which a person meets them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { title: 'Write policies', commands: [] },
  { title: 'Ship them', commands: [keygen] },
  { title: 'Run them here', commands: [] },
];

export const COMMANDS: readonly Command[] = COMMAND_GROUPS.flatMap((group) => group.commands);

import type { Command } from './command.ts';

/** A command by name. Only the one that is asked for is loaded: the compiler and the proxy are large. */
export interface CommandEntry {
  readonly name: string;
  readonly load: () => Promise<Command>;
}

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandEntry[];
}

/** Every command, in the order in which a person meets them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    title: 'Write policies',
    commands: [
      { name: 'init', load: async () => (await import('./commands/init.ts')).init },
      { name: 'check', load: async () => (await import('./commands/check.ts')).check },
      { name: 'fmt', load: async () => (await import('./commands/fmt.ts')).fmt },
      { name: 'schema', load: async () => (await import('./commands/schema.ts')).schema },
      { name: 'explain', load: async () => (await import('./commands/explain.ts')).explain },
      { name: 'test', load: async () => (await import('./commands/test.ts')).test },
      { name: 'redact', load: async () => (await import('./commands/redact.ts')).redact },
      { name: 'team add', load: async () => (await import('./commands/team-add.ts')).teamAdd },
      { name: 'robot add', load: async () => (await import('./commands/robot-add.ts')).robotAdd },
      { name: 'server add', load: async () => (await import('./commands/server-add.ts')).serverAdd },
      { name: 'gateway add', load: async () => (await import('./commands/gateway-add.ts')).gatewayAdd },
      { name: 'grant add', load: async () => (await import('./commands/grant-add.ts')).grantAdd },
      { name: 'robot key', load: async () => (await import('./commands/robot-key.ts')).robotKey },
      { name: 'catalog sync', load: async () => (await import('./commands/catalog-sync.ts')).catalogSync },
      { name: 'catalog accept', load: async () => (await import('./commands/catalog-accept.ts')).catalogAccept },
    ],
  },
  {
    title: 'Ship them',
    commands: [
      { name: 'keygen', load: async () => (await import('./commands/keygen.ts')).keygen },
      { name: 'compile', load: async () => (await import('./commands/compile.ts')).compile },
      { name: 'promote', load: async () => (await import('./commands/promote.ts')).promote },
      { name: 'refresh', load: async () => (await import('./commands/refresh.ts')).refresh },
      { name: 'verify', load: async () => (await import('./commands/verify.ts')).verify },
      { name: 'inspect', load: async () => (await import('./commands/inspect.ts')).inspect },
    ],
  },
  {
    title: 'Try them on this machine',
    commands: [
      { name: 'serve', load: async () => (await import('./commands/serve.ts')).serve },
      { name: 'token', load: async () => (await import('./commands/token.ts')).token },
      { name: 'doctor', load: async () => (await import('./commands/doctor.ts')).doctor },
    ],
  },
];

export const COMMANDS: readonly CommandEntry[] = COMMAND_GROUPS.flatMap((group) => group.commands);

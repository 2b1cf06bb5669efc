/**
 * The exit codes of every command: they are an interface, so a code keeps its meaning for ever.
 * `usage` covers what the invocation or the world did wrong: a flag, a path, a busy port.
 */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  compile: 3,
  tests: 4,
  gate: 5,
  verification: 6,
  accessChanged: 10,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For `mcpgw help`: what a script may branch on. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.internal, 'a bug in mcpgw'],
  [EXIT.usage, 'a flag, a path or the surroundings are wrong'],
  [EXIT.compile, 'the policy has errors'],
  [EXIT.tests, 'policy tests failed, or there are none'],
  [EXIT.gate, 'an invariant or a review gate said no'],
  [EXIT.verification, 'a signature, digest or self-test did not hold'],
  [EXIT.accessChanged, 'with --detailed-exitcode: done, and access changed'],
];

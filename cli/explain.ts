import { EXIT, type ExitCode } from './exit-code.ts';
import { Failure, systemFailure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** What went wrong outside is one line and its remedy; what went wrong in here shows its stack. Returns the exit code. */
export function explain(error: unknown, terminal: Terminal): ExitCode {
  const failure = error instanceof Failure ? error : systemFailure(error);
  if (failure !== null) {
    complain(failure, terminal);
    return failure.exit;
  }
  terminal.comment(error instanceof Error ? (error.stack ?? error.message) : String(error));
  terminal.comment('this is a bug in mcpgw');
  return EXIT.internal;
}

export function complain(failure: Failure, terminal: Terminal): void {
  terminal.comment(`${terminal.paint('comment', ['red', 'bold'], 'error:')} ${failure.message}`);
  if (failure.help !== null) terminal.comment(`  help: ${failure.help}`);
}

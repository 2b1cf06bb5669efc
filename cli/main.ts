#!/usr/bin/env node
import { dispatch } from './dispatch.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { Failure, systemFailure } from './failure.ts';
import { processTerminal as terminal } from './terminal.ts';

/** The one place that catches: what went wrong outside is one line, what went wrong in here shows its stack. */
function explain(error: unknown): ExitCode {
  const failure = error instanceof Failure ? error : systemFailure(error);
  if (failure !== null) {
    terminal.comment(`${terminal.paint('comment', ['red', 'bold'], 'error:')} ${failure.message}`);
    if (failure.help !== null) terminal.comment(`  help: ${failure.help}`);
    return failure.exit;
  }
  terminal.comment(error instanceof Error ? (error.stack ?? error.message) : String(error));
  terminal.comment('this is a bug in mcpgw');
  return EXIT.internal;
}

// `mcpgw inspect … | head` closes our stdout early: nobody reads on, so there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : explain(error));
});
process.on('uncaughtException', (error) => {
  process.exit(explain(error));
});

try {
  process.exitCode = await dispatch(process.argv.slice(2), terminal, process.env);
} catch (error) {
  process.exitCode = explain(error);
}

#!/usr/bin/env node
import { dispatch } from './dispatch.ts';
import { EXIT } from './exit-code.ts';
import { explain } from './explain.ts';
import { processTerminal as terminal } from './terminal.ts';

// `mcpgw inspect … | head` closes our stdout early: nobody reads on, so there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : explain(error, terminal));
});
process.on('uncaughtException', (error) => {
  process.exit(explain(error, terminal));
});

try {
  process.exitCode = await dispatch(process.argv.slice(2), terminal, process.env);
} catch (error) {
  process.exitCode = explain(error, terminal);
}

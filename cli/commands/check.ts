import { positionAt } from '../../compiler/diagnostics/position.ts';
import type { AppliedFix } from '../../compiler/fix/apply-fixes.ts';
import { POLICY_FOLDER, type Arguments, type Command, type Context } from '../command.ts';
import { chosenEnvironments, compileFor } from '../compile-folder.ts';
import { folderState } from '../development/folder-state.ts';
import { interrupted } from '../development/interrupted.ts';
import { watchFolder } from '../development/watch-folder.ts';
import { fixFolder } from '../edit/fix-folder.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { complain } from '../explain.ts';
import { Failure, failure } from '../failure.ts';
import { policyExit } from '../policy-exit.ts';
import { readPolicyFiles, type PolicyFolder } from '../policy-folder.ts';
import { countText, DIAGNOSTICS_FORMAT, formatDiagnostics, hasErrors, plural } from '../show-diagnostics.ts';
import type { Terminal } from '../terminal.ts';

/** Shorter than a person notices, longer than an editor takes to write a file. */
const QUIET_MS = 40;

export const check: Command = {
  name: 'check',
  summary: 'find mistakes in policies, with file, line, column and remedy',
  positionals: [POLICY_FOLDER],
  options: {
    environment: { value: 'NAME', help: 'only what applies in this environment; otherwise in each of them' },
    fix: { value: null, help: 'mend what needs no decision, and show what is left' },
    watch: { value: null, help: 'check again after each change, until Ctrl-C' },
    format: DIAGNOSTICS_FORMAT,
  },
  examples: [
    ['mcpgw check', 'the policies in ./policies, for every environment'],
    ['mcpgw check --watch', 'while you write'],
    ['mcpgw check --fix', 'typing mistakes, missing quotes and the like are mended'],
    ['mcpgw check --format sarif > policy.sarif', 'for code scanning'],
  ],
  async run(context) {
    const { args, terminal } = context;
    if (args.flag('watch')) return watch(context);
    const folder = await readPolicyFiles(args.requiredPositional('DIR'));
    if (!args.flag('fix')) return checkFolder(folder, args, terminal);
    const fixed = await fixFolder(folder, args.text('environment'));
    for (const applied of fixed.applied) terminal.comment(fixedLine(applied, terminal));
    return checkFolder(fixed.folder, args, terminal);
  },
};

function checkFolder(folder: PolicyFolder, args: Arguments, terminal: Terminal): ExitCode {
  const environments = chosenEnvironments(folder, args.text('environment'));
  const { diagnostics } = compileFor(folder, environments);
  terminal.result(formatDiagnostics(terminal, args.requiredText('format'), diagnostics));
  const what = `${plural(folder.files.length, 'file')} for ${environments.join(', ')}`;
  if (hasErrors(diagnostics)) {
    terminal.comment(`${terminal.paint('comment', 'red', countText(diagnostics))} in ${folder.root}`);
    return policyExit(diagnostics);
  }
  const found = diagnostics.length === 0 ? '' : `, ${countText(diagnostics)}`;
  terminal.comment(`${terminal.paint('comment', 'green', 'ok')}: ${what}${found}`);
  return EXIT.ok;
}

function fixedLine({ diagnostic, fix }: AppliedFix, terminal: Terminal): string {
  const { file, start } = diagnostic.span;
  const { line, column } = positionAt(file, start);
  const label = terminal.paint('comment', 'green', 'fixed:');
  return `${file.path}:${line}:${column}: ${label} ${fix.title} [${diagnostic.code}]`;
}

/** What cannot be read now is said, and looked at again after the next change. */
async function watch({ args, terminal }: Context): Promise<ExitCode> {
  if (args.flag('fix')) throw failure('--fix', 'cannot be combined with --watch');
  const path = args.requiredPositional('DIR');
  const seen = await folderState(path);
  let folder = await readPolicyFiles(path);
  checkFolder(folder, args, terminal);
  const watcher = watchFolder(path, seen, again, QUIET_MS);
  async function again(): Promise<void> {
    terminal.clear();
    try {
      folder = await readPolicyFiles(path, folder);
      checkFolder(folder, args, terminal);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      complain(error, terminal);
    }
  }
  terminal.comment(`watching ${path}; Ctrl-C stops`);
  await interrupted();
  watcher.close();
  return EXIT.ok;
}

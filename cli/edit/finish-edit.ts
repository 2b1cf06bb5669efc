import { join } from 'node:path';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { FORMAT, type Context, type Option } from '../command.ts';
import { chosenEnvironments, compileFor } from '../compile-folder.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { failure } from '../failure.ts';
import { policyExit } from '../policy-exit.ts';
import type { PolicyFolder } from '../policy-folder.ts';
import { countText, diagnosticsText } from '../show-diagnostics.ts';
import { PUBLIC, writeNewFile } from '../write-file.ts';
import { folderAfter, type Draft } from './draft-folder.ts';
import { renderLineDiff } from './line-diff.ts';
import { rewriteFile } from './rewrite-file.ts';

/** The options of every command that edits policies. */
export const EDIT_OPTIONS = {
  policies: { value: 'DIR', help: 'folder with the Workspace and everything below it', default: 'policies' },
  file: { value: 'FILE', help: 'where a new document goes, below that folder; otherwise in the customary place' },
  environment: { value: 'NAME', help: 'only this environment; otherwise all of them' },
  'dry-run': { value: null, help: 'show the diff and write nothing' },
  format: FORMAT,
} as const satisfies Readonly<Record<string, Option>>;

export interface Edit {
  readonly draft: Draft;
  /** Command lines that come next, and what each is for. */
  readonly next: readonly string[];
  /** An error that is there until the next command has run, if any: a Server without its lock. */
  readonly expected?: Diagnostic['code'];
}

/**
 * Checks an edit and writes it. Whatever would make an error that was not there before is shown and not written. The
 * result is the files that changed.
 */
export async function finishEdit(edit: Edit, { args, terminal }: Context): Promise<ExitCode> {
  const { draft, expected } = edit;
  const { before, changes } = draft;
  const next = edit.next.map((line) => inFolder(line, args.requiredText('policies')));
  const isDry = args.flag('dry-run');
  const diffs = [...changes].map(([path, after]) => {
    const text = [...before.files, ...before.locks].find((file) => file.path === path)?.text ?? null;
    const file = join(before.root, path);
    return { file, before: text, after, diff: renderLineDiff(file, text, after, null) };
  });
  const changed = diffs.filter(({ diff }) => diff !== '');
  const errors = changed.length === 0 ? [] : newErrors(before, folderAfter(draft), expected ?? null);
  if (errors.length > 0) {
    terminal.comment(diagnosticsText(terminal, 'comment', errors).trimEnd());
    terminal.comment(`${terminal.paint('comment', 'red', countText(errors))}: nothing is written`);
    return policyExit(errors);
  }
  if (!isDry) for (const change of changed) await write(change);
  if (args.requiredText('format') === 'json') {
    const files = changed.map(({ file, diff }) => ({ file, diff }));
    terminal.result(`${JSON.stringify({ written: !isDry, files, next }, null, 2)}\n`);
  } else {
    for (const { file, diff } of changed) terminal.result(isDry ? diff : `${file}\n`);
  }
  if (changed.length === 0) terminal.comment('nothing to change');
  else if (isDry) terminal.comment('nothing is written');
  for (const line of next) terminal.comment(`next: ${line}`);
  return EXIT.ok;
}

/** A command line for the folder that was edited, unless it is the one that is meant anyway. */
function inFolder(line: string, folder: string): string {
  if (folder === EDIT_OPTIONS.policies.default) return line;
  return line.startsWith('mcpgw test') ? `${line} ${folder}` : `${line} --policies ${folder}`;
}

async function write(change: { readonly file: string; readonly before: string | null; readonly after: string }) {
  const { file, before, after } = change;
  if (before === null) await writeNewFile(file, after, PUBLIC);
  else await rewriteFile(file, after);
}

/** Errors after the edit that were not there before, wherever in their file they stand now. */
function newErrors(
  before: PolicyFolder,
  after: PolicyFolder,
  expected: Diagnostic['code'] | null,
): readonly Diagnostic[] {
  const known = errorsOf(before).map(keyOf);
  return errorsOf(after).filter((diagnostic) => {
    const at = known.indexOf(keyOf(diagnostic));
    if (at !== -1) known.splice(at, 1);
    return at === -1 && diagnostic.code !== expected;
  });
}

function errorsOf(folder: PolicyFolder): readonly Diagnostic[] {
  const { diagnostics } = compileFor(folder, chosenEnvironments(folder, null));
  return diagnostics.filter(({ severity }) => severity === 'error');
}

function keyOf({ code, message, span }: Diagnostic): string {
  return JSON.stringify([code, message, span.file.path]);
}

/** The environments that a new document names, from `--environment`; undefined = all. */
export function environmentsFor(folder: PolicyFolder, named: string | null): readonly string[] | undefined {
  return named === null ? undefined : chosenEnvironments(folder, named);
}

/** @throws Failure when a document of the name says something else than was asked for. */
export function refuseOther(name: string, kind: string, what: string, where: string): never {
  throw failure(name, `the ${kind} is there already, with another ${what}`, `edit it at ${where}`);
}

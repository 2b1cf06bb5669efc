import { join } from 'node:path';
import { compile, environmentsOf, type Compiled } from '../compiler/index.ts';
import { collectDiagnostics, countDiagnostics } from '../compiler/diagnostics/collect.ts';
import type { Diagnostic, Replacement, SourceFile } from '../compiler/diagnostics/diagnostic.ts';
import { didYouMean } from '../compiler/diagnostics/suggest.ts';
import { VERSION } from '../dataplane/version.ts';
import type { Development } from '../compiler/lower/lower.ts';
import { isAliveElsewhere } from './alive-elsewhere.ts';
import { failure } from './failure.ts';
import type { PolicyFolder } from './policy-folder.ts';

export interface FolderResult {
  /** With paths as they should be printed: below the folder as it was named. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null when any diagnostic is an error. */
  readonly compiled: Compiled | null;
}

/** Compiles what applies in one environment. */
export function compileFolder(
  folder: PolicyFolder,
  environment: string,
  development: Development | null = null,
): FolderResult {
  const { files, locks, source } = folder;
  const { diagnostics, compiled } = compile({
    files,
    locks,
    environment,
    source,
    compilerVersion: VERSION,
    nowMs: Date.now(),
    ...(development === null ? {} : { development }),
  });
  if (compiled === null && countDiagnostics(diagnostics).errors === 0) {
    throw failure(folder.root, 'holds no Workspace', '`mcpgw init` writes a policy to begin with');
  }
  return { diagnostics: underRoot(folder.root, diagnostics), compiled };
}

/** The environments asked for: the one named, or all that the workspace has. @throws Failure when it has no such one. */
export function chosenEnvironments(folder: PolicyFolder, named: string | null): readonly string[] {
  const known = environmentsOf(folder.files);
  // Without a readable workspace any environment will do: the compiler says what is wrong with it.
  if (known.length === 0) return [named ?? ''];
  if (named === null) return known;
  if (known.includes(named)) return [named];
  const help = didYouMean(named, known) ?? `it has ${known.join(', ')}`;
  throw failure('--environment', `the workspace has no environment \`${named}\``, help);
}

/** Compiles for several environments; what is wrong in more than one is said once. */
export function compileFor(
  folder: PolicyFolder,
  environments: readonly string[],
): { readonly diagnostics: readonly Diagnostic[]; readonly compiled: ReadonlyMap<string, Compiled> } {
  const collector = collectDiagnostics();
  const compiled = new Map<string, Compiled>();
  const results = environments.map((environment) => ({ environment, ...compileFolder(folder, environment) }));
  for (const result of results) {
    for (const diagnostic of result.diagnostics) {
      if (!isAliveElsewhere(folder.root, diagnostic, result, results)) collector.report(diagnostic);
    }
    if (result.compiled !== null) compiled.set(result.environment, result.compiled);
  }
  return { diagnostics: collector.diagnostics(), compiled };
}

/** Paths in the compiler are relative to the policy folder; a person in front of a terminal wants to open the file. */
function underRoot(root: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const shown = new Map<SourceFile, SourceFile>();
  const fileOf = (file: SourceFile): SourceFile => {
    const known = shown.get(file) ?? { path: join(root, file.path), text: file.text };
    shown.set(file, known);
    return known;
  };
  const shownEdit = (edit: Replacement): Replacement => ({
    ...edit,
    span: { ...edit.span, file: fileOf(edit.span.file) },
  });
  return diagnostics.map((diagnostic) => ({
    ...diagnostic,
    span: { ...diagnostic.span, file: fileOf(diagnostic.span.file) },
    related: diagnostic.related.map((place) => ({ ...place, span: { ...place.span, file: fileOf(place.span.file) } })),
    fix: diagnostic.fix === null ? null : { ...diagnostic.fix, edits: diagnostic.fix.edits.map(shownEdit) },
  }));
}

import { join } from 'node:path';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { applyFixes, type AppliedFix } from '../../compiler/fix/apply-fixes.ts';
import { chosenEnvironments, compileFor } from '../compile-folder.ts';
import type { PolicyFolder } from '../policy-folder.ts';
import { rewriteFile } from './rewrite-file.ts';

/** A fix may bring to light what another can mend. */
const ROUNDS_MAX = 10;

export interface FixedFolder {
  readonly folder: PolicyFolder;
  /** What is left. */
  readonly diagnostics: readonly Diagnostic[];
  readonly applied: readonly AppliedFix[];
}

/**
 * Applies every fix that the compiler offers, again and again until there is none, and writes the files that change, each
 * in one step. Fixes that do not mend what they were offered for are not written.
 *
 * @param named the environment asked for; null for all.
 */
export async function fixFolder(folder: PolicyFolder, named: string | null): Promise<FixedFolder> {
  const check = (now: PolicyFolder): readonly Diagnostic[] =>
    compileFor(now, chosenEnvironments(now, named)).diagnostics;
  let fixed: FixedFolder = { folder, diagnostics: check(folder), applied: [] };
  const seen = new Set([stateOf(folder)]);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const next = fixOnce(fixed, check);
    if (next === null || seen.has(stateOf(next.folder))) break;
    seen.add(stateOf(next.folder));
    fixed = next;
  }
  for (const file of fixed.folder.files) {
    const before = folder.files.find(({ path }) => path === file.path)?.text ?? '';
    if (before !== file.text) await rewriteFile(join(folder.root, file.path), file.text);
  }
  return fixed;
}

function fixOnce(
  { folder, diagnostics, applied }: FixedFolder,
  check: (folder: PolicyFolder) => readonly Diagnostic[],
): FixedFolder | null {
  const texts = new Map(folder.files.map(({ path, text }) => [join(folder.root, path), text]));
  const { texts: changed, applied: now } = applyFixes(diagnostics, texts);
  if (now.length === 0) return null;
  const files = folder.files.map(({ path, text }) => ({ path, text: changed.get(join(folder.root, path)) ?? text }));
  const after = { ...folder, files };
  const left = check(after);
  const before = Map.groupBy(diagnostics, keyOf);
  const still = Map.groupBy(left, keyOf);
  for (const [key, mended] of Map.groupBy(now, ({ diagnostic }) => keyOf(diagnostic))) {
    if ((still.get(key)?.length ?? 0) > (before.get(key)?.length ?? 0) - mended.length) return null;
  }
  return { folder: after, diagnostics: left, applied: [...applied, ...now] };
}

function stateOf({ files }: PolicyFolder): string {
  return files.map(({ text }) => text).join('\0');
}

/** A mistake wherever it stands now in its file. */
function keyOf({ code, message, span }: Diagnostic): string {
  return JSON.stringify([code, message, span.file.path]);
}

import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import { applyEdits, type TextEdit } from '../edit/text-edit.ts';

export interface AppliedFix {
  readonly diagnostic: Diagnostic;
  readonly fix: Fix;
}

export interface Fixed {
  /** New texts of the files that change, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly applied: readonly AppliedFix[];
}

/**
 * Applies the fixes of diagnostics to the texts they were found in. Of fixes that are about the same stretch only the
 * first is applied; the others may be offered again once the files are read anew.
 */
export function applyFixes(diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>): Fixed {
  const edits = new Map<string, TextEdit[]>();
  const applied: AppliedFix[] = [];
  for (const diagnostic of diagnostics) {
    const { fix } = diagnostic;
    if (fix === null || !isFree(fix, edits, texts)) continue;
    for (const { span, insert } of fix.edits) {
      const ofFile = edits.get(span.file.path) ?? [];
      edits.set(span.file.path, ofFile);
      ofFile.push({ start: span.start, end: span.end, insert });
    }
    applied.push({ diagnostic, fix });
  }
  const changed = [...edits].map(([path, ofFile]): [string, string] => [
    path,
    applyEdits(texts.get(path) ?? '', ofFile),
  ]);
  return { texts: new Map(changed), applied };
}

/** Whether a fix is of the texts as they are, and touches nothing that another does. */
function isFree(
  fix: Fix,
  edits: ReadonlyMap<string, readonly TextEdit[]>,
  texts: ReadonlyMap<string, string>,
): boolean {
  return fix.edits.every(({ span }) => {
    if (texts.get(span.file.path) !== span.file.text) return false;
    return !(edits.get(span.file.path) ?? []).some(({ start, end }) => span.start <= end && start <= span.end);
  });
}

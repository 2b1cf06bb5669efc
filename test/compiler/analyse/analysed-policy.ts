import assert from 'node:assert/strict';
import { analyse, type AnalyseInput } from '../../../compiler/analyse/index.ts';
import { collectDiagnostics } from '../../../compiler/diagnostics/collect.ts';
import type { Diagnostic, SourceFile } from '../../../compiler/diagnostics/diagnostic.ts';
import { renderText } from '../../../compiler/diagnostics/render-text.ts';
import { link } from '../../../compiler/link/index.ts';
import { lower } from '../../../compiler/lower/lower.ts';
import { readDocuments } from '../../../compiler/source/read-documents.ts';
import { buildEngine } from '../../../dataplane/decide/index.ts';

/** Compiles files that have no errors as far as the analysis needs it. */
export function analyseInput(texts: ReadonlyMap<string, string>, nowMs: number | null): AnalyseInput {
  const files = [...texts].map(([path, text]): SourceFile => ({ path, text }));
  const collector = collectDiagnostics();
  const read = readDocuments(
    files.filter(({ path }) => path.endsWith('.yaml')),
    collector.report,
  );
  const locks = files.filter(({ path }) => path.endsWith('.lock.json'));
  const linked = link(read, locks, 'production', collector.report);
  assert.equal(collector.errors(), 0, renderText(collector.diagnostics(), { colour: false, width: 120 }));
  assert(linked !== null);
  const { policy, catalog } = lower(linked, null);
  const engine = buildEngine(policy, catalog);
  assert(engine.ok, engine.ok ? '' : engine.message);
  return { linked, policy, catalog, engine: engine.engine, nowMs };
}

export function analysisOf(texts: ReadonlyMap<string, string>, nowMs: number | null): readonly Diagnostic[] {
  const collector = collectDiagnostics();
  analyse(analyseInput(texts, nowMs), collector.report);
  return collector.diagnostics();
}

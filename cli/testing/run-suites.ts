import { positionAt } from '../../compiler/diagnostics/position.ts';
import type { Document } from '../../compiler/source/document.ts';
import type { TestSuite } from '../../schemas/types/documents.ts';
import type { TestOutcome } from './outcome.ts';
import { runTest } from './run-test.ts';
import { staleBed, type TestBed } from './test-bed.ts';

/** Runs every test of the suites, in the order of their names and of the tests in them. */
export function runSuites(bed: TestBed, suites: readonly Document<TestSuite>[]): readonly TestOutcome[] {
  const stale = suites.some(({ value }) => value.stale === true) ? staleBed(bed) : bed;
  return [...suites]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((suite) =>
      suite.value.tests.map((test, index): TestOutcome => {
        const { file, start } = suite.spanAt(['tests', index]);
        const { line, column } = positionAt(file, start);
        return {
          environment: bed.environment,
          suite: suite.name,
          name: test.name,
          at: `${file.path}:${line}:${column}`,
          failure: runTest(suite.value.stale === true ? stale : bed, suite.value, test),
        };
      }),
    );
}

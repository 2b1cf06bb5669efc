import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectDiagnostics, countDiagnostics } from '../../../compiler/diagnostics/collect.ts';
import type { Problem } from '../../../compiler/diagnostics/diagnostic.ts';

const codes: fc.Arbitrary<Problem['code']> = fc.constantFrom('policy/unknown-key', 'yaml/tab', 'lint/many-tools');
const texts = fc.constantFrom('one', 'two');
const paths = fc.constantFrom('a.yaml', 'b.yaml', 'B.yaml');
const problem = fc
  .tuple(codes, texts, paths, fc.nat(3), fc.nat(2))
  .map(([code, message, path, start, length]): Problem => {
    return { code, message, span: { file: { path, text: 'abcdef' }, start, end: start + length } };
  });

test('what is reported comes out sorted and once, in whatever order it was found', () => {
  fc.assert(
    fc.property(fc.array(problem, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (problems, random) => {
      const collect = (list: readonly Problem[]) => {
        const collector = collectDiagnostics();
        for (const item of list) collector.report(item);
        return collector;
      };
      const shuffled = problems
        .map((item) => ({ item, key: random.next().value }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item);
      const diagnostics = collect(problems).diagnostics();
      expect(collect(shuffled).diagnostics()).toEqual(diagnostics);
      expect(collect([...problems, ...problems]).diagnostics()).toEqual(diagnostics);
      const places = diagnostics.map(({ span }) => [span.file.path, span.start] as const);
      const sorted = places.toSorted(([a, x], [b, y]) => (a === b ? x - y : a < b ? -1 : 1));
      expect(places).toEqual(sorted);
      expect(collect(problems).errors()).toBe(countDiagnostics(diagnostics).errors);
    }),
  );
});

test('warnings are no errors', () => {
  const collector = collectDiagnostics();
  const span = { file: { path: 'a.yaml', text: '' }, start: 0, end: 0 };
  collector.report({ code: 'lint/many-tools', message: 'many', span });
  expect(collector.errors()).toBe(0);
  collector.report({ code: 'yaml/tab', message: 'a tab', span });
  expect(collector.errors()).toBe(1);
  expect(countDiagnostics(collector.diagnostics())).toEqual({ errors: 1, warnings: 1 });
});

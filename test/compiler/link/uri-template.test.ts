import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shapeOfPattern, shapesOverlap } from '../../../compiler/link/uri-overlap.ts';
import { templatePatterns, templateShapes } from '../../../compiler/link/uri-template.ts';
import { UriIndex } from '../../../dataplane/decide/uri-index.ts';

describe('the patterns of a template', () => {
  const cases: readonly (readonly [name: string, template: string, patterns: readonly string[]])[] = [
    ['without expressions', 'repo://acme/readme', ['repo://acme/readme']],
    ['with a plain expression', 'repo://{owner}/x', ['repo://*/x']],
    ['with several variables', 'repo://{owner,name}/x', ['repo://*/x']],
    ['with a label', 'repo://acme/x{.ext}', ['repo://acme/x*']],
    ['with parameters of a segment', 'repo://acme/x{;a,b}', ['repo://acme/x*']],
    ['with segments', 'repo://acme{/path*}', ['repo://acme**']],
    ['with whatever a URI may hold', 'repo://acme/{+path}', ['repo://acme/**', 'repo://acme/**?**']],
    ['with a query', 'repo://acme/x{?ref}', ['repo://acme/x', 'repo://acme/x?*']],
    ['with more of a query', 'repo://acme/x?a=1{&b}', ['repo://acme/x?a=1*']],
    ['with a fragment, which no URI in normal form has', 'repo://acme/x{#part}', ['repo://acme/x']],
    ['with an expression of no known sort', 'repo://{|x}/y', ['repo://**/y', 'repo://**?**/y']],
    ['that ends within an expression', 'repo://acme/{x', ['repo://acme/**', 'repo://acme/**?**']],
    ['with too many alternatives', `repo://acme/{x}${'{?a}'.repeat(9)}`, ['repo://acme/**', 'repo://acme/**?**']],
  ];
  test.each(cases)('%s', (_name, template, patterns) => {
    expect(templatePatterns(template, false)).toEqual(patterns);
  });
});

describe('where URIs are opaque', () => {
  test('a template with expressions may be any', () => {
    expect(templatePatterns('note {x}', true)).toEqual(['**']);
    expect(templatePatterns('note 1', true)).toEqual(['note 1']);
  });
  const overlaps = (template: string, pattern: string): boolean =>
    templateShapes(template, true).some((shape) => shapesOverlap(shape, shapeOfPattern(pattern, true)));
  test('it is listed for texts that it can become', () => {
    expect(overlaps('note {x}, #{y}', 'note 1, #2')).toBe(true);
    expect(overlaps('note {x}, #{y}', 'note 1')).toBe(false);
    expect(overlaps('note {x}', '**')).toBe(true);
    expect(overlaps('note *', 'note 1')).toBe(false);
  });
});

/** What RFC 6570 makes of an expression, with values of which the encoding leaves nothing in normal form out. */
const expansions: Readonly<Record<string, readonly string[]>> = {
  '{x}': ['', 'a', 'a%20b'],
  '{+x}': ['', 'a/b', 'a?b', 'a'],
  '{.x}': ['', '.a'],
  '{/x}': ['', '/a', '/a/b'],
  '{;x}': [';x', ';x=a', ''],
  '{?x}': ['', '?x=a', '?x=a&y=b'],
  '{&x}': ['', '&x=a'],
};

test('whatever a template becomes, one of its patterns matches it', () => {
  const part = fc.oneof(
    fc.constantFrom('a', '/', 'b/').map((text) => ({ template: text, text })),
    fc
      .constantFrom(...Object.keys(expansions))
      .chain((template) => fc.constantFrom(...(expansions[template] ?? [''])).map((text) => ({ template, text }))),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const template = `x:${parts.map((each) => each.template).join('')}`;
      const uri = `x:${parts.map((each) => each.text).join('')}`;
      // What has a second question mark is a query of which no pattern is.
      if (uri.split('?').length > 2) return;
      expect(new UriIndex([templatePatterns(template, false)], false).matches(uri)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

import fc from 'fast-check';
import { Document, isMap, isScalar, parseDocument, Scalar } from 'yaml';
import { expect, test } from 'vitest';
import { scalarOffsets } from '../../../compiler/source/scalar-offsets.ts';

const STYLES = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;

const letters = fc.constantFrom(
  'a',
  'Z',
  '0',
  'é',
  '日',
  '😀',
  '-',
  '#',
  ':',
  "'",
  '"',
  '\\',
  '[',
  '}',
  '*',
  '&',
  '%',
  '.',
);
const text = fc
  .array(
    fc.oneof({ weight: 6, arbitrary: letters }, fc.constantFrom(' ', '  ', '\n', '\n\n', '\t', '\u0007', '\u2028')),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(''));

test('every unit of a scalar that YAML wrote is found where it was written, in all five styles', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...STYLES), fc.integer({ min: 20, max: 60 }), (value, style, lineWidth) => {
      const scalar = new Scalar(value);
      scalar.type = style;
      const source = new Document({ before: 1, inner: { text: scalar }, after: 2 }).toString({ lineWidth });
      expectPlaces(source);
      expectPlaces(source.replaceAll('\n', '\r\n'));
    }),
    { numRuns: 3_000 },
  );
});

const quoted = fc
  .array(fc.constantFrom('a', 'b ', ' ', '  ', '\t', '\n    ', '\n\n    ', '\r\n    ', 'é', '😀', '日本'), {
    maxLength: 20,
  })
  .map((parts) => parts.join(''));
const escapes = fc.constantFrom(
  '\\n',
  '\\t',
  '\\\\',
  '\\"',
  '\\x41',
  '\\u00e9',
  '\\U0001F600',
  '\\\n    ',
  '\\ ',
  '\\/',
  '\\_',
);
const sources: readonly [name: string, source: fc.Arbitrary<string>][] = [
  ['plain', fc.tuple(quoted).map(([inside]) => `x${inside}y`)],
  [
    'single-quoted',
    fc.array(fc.oneof(quoted, fc.constant("''")), { maxLength: 8 }).map((parts) => `'${parts.join('')}'`),
  ],
  ['double-quoted', fc.array(fc.oneof(quoted, escapes), { maxLength: 8 }).map((parts) => `"${parts.join('')}"`)],
  ['literal', blocks('|')],
  ['folded', blocks('>')],
];

test.each(sources)('every unit of a %s scalar that a person wrote is found where it was written', (_name, source) => {
  fc.assert(
    fc.property(source, (written) => expectPlaces(`before: 1\ninner:\n  text: ${written}\nafter: 2\n`)),
    { numRuns: 2_000 },
  );
});

function blocks(sign: string): fc.Arbitrary<string> {
  const header = fc.constantFrom('', '-', '+', '2', '2-', '+2', ' # comment');
  const line = fc.constantFrom(
    '',
    '  ',
    '     ',
    '    a',
    '    a b',
    '      deeper',
    '    \tb',
    '    c  ',
    '    é日😀',
    '    # d',
  );
  const ending = fc.constantFrom('\n', '\r\n');
  return fc
    .tuple(header, fc.array(line, { maxLength: 8 }), ending)
    .map(([head, lines, end]) => `${sign}${head}${end}${lines.join(end)}`);
}

/** Checks the scalar at `inner.text`; a source that is no YAML, or no text, has no places to check. */
function expectPlaces(source: string): void {
  const document = parseDocument(source, { keepSourceTokens: true, stringKeys: true });
  const inner = document.get('inner', true);
  const scalar = isMap(inner) ? inner.get('text', true) : null;
  if (document.errors.length > 0 || !isScalar(scalar) || typeof scalar.value !== 'string') return;
  const offsets = scalarOffsets(scalar);
  expect(offsets, JSON.stringify(source)).not.toBeNull();
  const { starts, ends } = offsets ?? { starts: [], ends: [] };
  expect(starts).toHaveLength(scalar.value.length);
  let before = 0;
  for (const [at, unit] of [...units(scalar.value)].entries()) {
    const [start, end] = [starts[at] ?? -1, ends[at] ?? -1];
    expect(start).toBeGreaterThanOrEqual(before);
    expect(stands(source.slice(start, end), unit, scalar.type), JSON.stringify({ source, at, start, end })).toBe(true);
    before = start;
  }
}

function* units(value: string): Generator<string> {
  for (let at = 0; at < value.length; at++) yield value.charAt(at);
}

/** Whether the source text may stand for a unit of the value: itself, an escape, a doubled quote, a line break. */
function stands(written: string, unit: string, style: Scalar['type']): boolean {
  if (written === unit) return true;
  if (style === 'QUOTE_DOUBLE' && written.startsWith('\\')) return decode(written).includes(unit);
  if (style === 'QUOTE_SINGLE' && written === "''") return unit === "'";
  return (unit === ' ' || unit === '\n') && /^(?:\r?\n)?$/.test(written);
}

function decode(escape: string): string {
  return String(parseDocument(`"${escape}"`).toJS());
}

test('a scalar that was not parsed with its tokens has no places', () => {
  expect(scalarOffsets(new Scalar('x'))).toBeNull();
});

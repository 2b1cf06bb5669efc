import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeFolded, writeLiteral, writeQuoted, writeText } from '../../../compiler/fmt/write-text.ts';

const cases: [text: string, inBlock: string, inFlow: string][] = [
  ['word', 'word', 'word'],
  ['two words', 'two words', 'two words'],
  ['2027-03-31', '2027-03-31', '2027-03-31'],
  ['tickets/get_*', 'tickets/get_*', 'tickets/get_*'],
  ['.github', '.github', '.github'],
  ['a, b', 'a, b', "'a, b'"],
  ['repo:acme/pay', 'repo:acme/pay', "'repo:acme/pay'"],
  ['https://acme.dev/mcp', 'https://acme.dev/mcp', 'https://acme.dev/mcp'],
  ['', "''", "''"],
  [' x', "' x'", "' x'"],
  ['a: b', "'a: b'", "'a: b'"],
  ['a:', "'a:'", "'a:'"],
  ['a # b', "'a # b'", "'a # b'"],
  ['*', "'*'", "'*'"],
  ['@acme/leads', "'@acme/leads'", "'@acme/leads'"],
  ['!has(args.x)', "'!has(args.x)'", "'!has(args.x)'"],
  ['true', "'true'", "'true'"],
  ['on', "'on'", "'on'"],
  ['Null', "'Null'", "'Null'"],
  ['1.10', "'1.10'", "'1.10'"],
  ['1e3', "'1e3'", "'1e3'"],
  ['0x1F', "'0x1F'", "'0x1F'"],
  ['1_000', "'1_000'", "'1_000'"],
  ['12:30', "'12:30'", "'12:30'"],
  ['.5', "'.5'", "'.5'"],
  ["it's", "it's", "it's"],
  ["'quoted'", `"'quoted'"`, `"'quoted'"`],
  ['it\'s: "x"', `'it''s: "x"'`, `'it''s: "x"'`],
  ['a\tb', '"a\\tb"', '"a\\tb"'],
  ['a\u200Bb', '"a\\u200Bb"', '"a\\u200Bb"'],
  ['a\u{E0041}b', '"a\\U000E0041b"', '"a\\U000E0041b"'],
];

test.each(cases)('%j is written %s, and %s between brackets', (text, inBlock, inFlow) => {
  expect([writeText(text, 'block'), writeText(text, 'flow')]).toEqual([inBlock, inFlow]);
});

describe('whatever the text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom('a', ' ', ':', '#', "'", '"', ',', '[', '}', '-', '\\', '\n', '\t', '0', 'e', '.'),
    }),
    fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed()),
  );

  test('it is read as the same text, plain or quoted, in a line or between brackets, as a key or a value', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(parse(`a: ${writeText(one, 'block')}`)).toEqual({ a: one });
        expect(parse(`- ${writeText(one, 'block')} # comment`)).toEqual([one]);
        expect(parse(`[${writeText(one, 'flow')}, x]`)).toEqual([one, 'x']);
        expect(parse(`{ a: ${writeText(one, 'flow')} }`)).toEqual({ a: one });
        expect([...parse(`{ ${writeQuoted(one)}: b }`, { mapAsMap: true })]).toEqual([[one, 'b']]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('it is read as the same text from lines, where it can be written in lines at all', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (one, columns) => {
        for (const block of [writeLiteral(one), writeFolded(one, columns)]) {
          if (block === null) continue;
          const lines = block.lines.map((line) => (line === '' ? '' : `  ${line}`));
          expect(parse(`a: ${block.header}\n${lines.join('\n')}\nb: 1`)).toEqual({ a: one, b: 1 });
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonTree, plainValue } from '../../../dataplane/format/json-tree.ts';

/** What JSON.parse takes and this does not, on purpose. */
const STRICTER = /appears twice|surrogate|levels deep/;

const pieces = [
  '"',
  '\\',
  '\\"',
  'a',
  '\\u0041',
  '\n',
  '\\n',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '1',
  '-',
  'e',
  '"a":',
  'true',
  ' ',
];

test('a text is taken exactly when JSON.parse takes it, with the same value', () => {
  const noise = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));
  const text = fc.oneof(
    noise,
    noise.map((inner) => `"${inner}"`),
    fc.json(),
  );
  fc.assert(
    fc.property(text, (json) => {
      const parsed = parseJsonTree(json);
      if (parsed.ok) expect(plainValue(parsed.tree)).toEqual(JSON.parse(json));
      else if (!STRICTER.test(parsed.message)) expect(() => JSON.parse(json)).toThrow(SyntaxError);
    }),
    { numRuns: 5_000 },
  );
});

test('strings may be as long as memory allows', () => {
  expect(parseJsonTree(`"${'x'.repeat(20_000_000)}"`).ok).toBe(true);
  expect(parseJsonTree(`"${'\\"'.repeat(10_000_000)}"`).ok).toBe(true);
  expect(parseJsonTree(`"${'\\'.repeat(10_000_001)}"`).ok).toBe(false);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactMessage, type RuleSet } from '../../dataplane/content/index.ts';
import { rulesOf } from '../dataplane/content/policy-of.ts';
import { below, randomFrom, randomText, type Random } from './json-text.ts';

const RULES = rulesOf([
  { name: 'ones', regex: ['1+', '[14]{2}'], action: { kind: 'replace', with: '"\\\n😀' } },
  { name: 'letters', regex: ['(?i)[a-b]é?', '漢.'], action: { kind: 'redact' } },
]);

type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** A value in which some texts are JSON themselves, with white space and escapes as nobody would write them. */
function randomValue(random: Random, depth: number): Value {
  switch (below(random, depth > 0 ? 6 : 3)) {
    case 0:
      return randomText(random).toWellFormed();
    case 1:
      return [1, 0, 14, -1.5, 411, 7][below(random, 6)] ?? 0;
    case 2:
      return random() < 0.5;
    case 3:
      return randomList(random, depth);
    case 4:
      return { [`key ${below(random, 9)}`]: randomValue(random, depth - 1), x: randomValue(random, depth - 1) };
    default:
      return JSON.stringify(randomList(random, depth));
  }
}

function randomList(random: Random, depth: number): readonly Value[] {
  return Array.from({ length: below(random, 4) }, () => randomValue(random, depth - 1));
}

/** What splicing must come to: parse, change every text, key and number, and write again. */
function mapped(value: Value, rules: RuleSet, isInText: boolean): Value {
  if (typeof value === 'string') return mappedText(value, rules);
  if (typeof value === 'number') {
    const text = String(value);
    const changed = mappedText(text, rules);
    return isInText && changed !== text ? changed : value;
  }
  if (Array.isArray(value)) return value.map((item: Value) => mapped(item, rules, isInText));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      isInText ? mappedText(key, rules) : key,
      mapped(member, rules, isInText),
    ]),
  );
}

function mappedText(text: string, rules: RuleSet): string {
  const inner = parsed(text);
  if (inner !== null) return JSON.stringify(mapped(inner, rules, true));
  const outcome = redactMessage(rules, Buffer.from(JSON.stringify({ result: { text: `.${text}` } })));
  if (outcome.kind === 'blocked') throw new Error('blocked');
  const { result } = JSON.parse(outcome.bytes.toString()) as { result: { text: string } };
  return result.text.slice(1);
}

/** The object or list that a text is; null when it is none. */
function parsed(text: string): Value {
  try {
    const value = JSON.parse(text) as Value;
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

test('texts that are JSON come out as parse, change every leaf and stringify would have them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const value = randomValue(randomFrom(seed), 4);
      const outcome = redactMessage(RULES, Buffer.from(JSON.stringify({ result: { value } })));
      if (outcome.kind === 'blocked') throw new Error(`blocked: ${outcome.failure}`);
      const { result } = JSON.parse(outcome.bytes.toString()) as { result: { value: Value } };
      expect(result.value).toEqual(mapped(value, RULES, false));
    }),
    { numRuns: 5_000 },
  );
});

test('what no rule changes stays as it was, byte by byte, on every level', () => {
  const never = rulesOf([{ name: 'n', regex: ['PLANT'], action: { kind: 'replace', with: 'x' } }]);
  const writings = ['1.0', '1e3', '"\\u00e9"', ' "a\\/b" ', '{"k" :\t[ ]}', '-0', '"\\ud83d\\ude00"', 'null'];
  const list = fc.array(fc.constantFrom(...writings), { maxLength: 5 });
  fc.assert(
    fc.property(list, list, fc.boolean(), (before, after, isNested) => {
      const inner = (plant: string): string => `[${[...before, `"${plant}"`, ...after].join(' ,\n')}]`;
      const text = (plant: string): string => JSON.stringify(isNested ? JSON.stringify([inner(plant)]) : inner(plant));
      const outcome = redactMessage(never, Buffer.from(`{"result":{"text":${text('é PLANT')}}}`));
      expect(outcome.kind === 'blocked' ? 'blocked' : outcome.bytes.toString()).toBe(
        `{"result":{"text":${text('é x')}}}`,
      );
    }),
    { numRuns: 2_000 },
  );
});

import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { redactMessage, redactSpan, redactText, type RuleSet } from '../../dataplane/content/index.ts';
import { afterCharacter } from '../../dataplane/content/detect/detection.ts';
import { re2js } from '../../dataplane/content/regex/re2js.ts';
import { splice } from '../../dataplane/json/splice.ts';
import { parseJsonTree } from '../../dataplane/format/json-tree.ts';
import { MAIL, PAN, rulesOf } from '../dataplane/content/policy-of.ts';
import { readingsOf } from '../fuzz/redact-readings.ts';
import { below, randomFrom, randomText, writeValue } from './json-text.ts';

const SEEDS = fc.integer({ min: 0, max: 2 ** 31 });

/** Patterns that meet seams, edges, empty matches and surrogates in every way. */
const PATTERNS = [
  '[^x]+',
  String.raw`\s`,
  String.raw`\s*a`,
  'a.?b',
  '(?s)a.?b',
  String.raw`a\s?b?`,
  String.raw`\ba`,
  String.raw`a\b`,
  String.raw`\Ba`,
  String.raw`\B.`,
  '^a',
  'b$',
  '(?m)^.',
  String.raw`\A.`,
  String.raw`.\z`,
  'a*',
  'a*?',
  '(?:a|ab)(?:c|bcd)?',
  '[😀é]+',
  String.raw`\d+`,
  String.raw`[1-4 -]+`,
  'a|b|',
  '(?i)A',
  String.raw`\n`,
  '"',
  String.raw`\\`,
  '[^\n]+',
  '.{2}',
];

/** Each text searched alone by the engine itself, as it stands and with its escapes undone; every place replaced. */
function replacedAlone(pattern: string, text: string): string {
  const found = readingsOf(text).flatMap((reading) => matchesIn(pattern, reading.text, reading.places));
  let replaced = '';
  let at = 0;
  for (const { start, end } of found.sort((a, b) => a.start - b.start)) {
    if (start >= at) replaced += `${text.slice(at, start)}#`;
    at = Math.max(at, end);
  }
  return replaced + text.slice(at);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function matchesIn(pattern: string, text: string, places: readonly number[]): readonly Span[] {
  const found: Span[] = [];
  const matcher = RE2JS.compile(pattern).matcher(text);
  while (matcher.find()) {
    if (matcher.end() === matcher.start()) continue;
    found.push({ start: places[matcher.start()] ?? 0, end: places[matcher.end()] ?? 0 });
  }
  return found;
}

test('texts of a message come out as if each had been searched alone', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PATTERNS), SEEDS, fc.integer({ min: 1, max: 40 }), (pattern, seed, count) => {
      const random = randomFrom(seed);
      const texts = Array.from({ length: count }, () => randomText(random));
      const rules = rulesOf([{ name: 'r', regex: [pattern], action: { kind: 'replace', with: '#' } }]);
      const message = Buffer.from(JSON.stringify({ result: { values: texts } }));
      const outcome = redactMessage(rules, message);
      const out = outcome.kind === 'blocked' ? outcome.failure : (JSON.parse(outcome.bytes.toString()) as unknown);
      expect(out).toEqual({ result: { values: texts.map((text) => replacedAlone(pattern, text)) } });
    }),
    { numRuns: 4_000 },
  );
});

/** Patterns with a longest match, which are searched for in windows. */
const BOUNDED = [
  'a',
  'ab|b',
  'a.{3}',
  String.raw`\b\d(?:[ -]?\d){3,6}\b`,
  String.raw`\ba\B`,
  '😀.?',
  '[^a]{2}',
  String.raw`a\s?`,
  '(?s)b.',
  '(?:a|ab)(?:c|bcd)?',
  'é{1,3}',
];

test('what is found in windows is what is found in the whole text', () => {
  const sizes = fc.constantFrom(0, 1, 50, 90, 1_000, 2_100, 5_000);
  fc.assert(
    fc.property(fc.constantFrom(...BOUNDED), SEEDS, sizes, fc.boolean(), (pattern, seed, size, isSparse) => {
      const random = randomFrom(seed);
      let text = '';
      while (text.length < size) text += isSparse && random() < 0.98 ? '.漢.....'.repeat(8) : randomText(random);
      const windows = re2js.compile(pattern).matcher(text);
      const whole = RE2JS.compile(pattern).matcher(text);
      for (let from = 0; from <= text.length;) {
        const found = whole.find(from);
        expect(windows.find(from)).toBe(found);
        if (!found) break;
        expect([windows.start, windows.end]).toEqual([whole.start(), whole.end()]);
        from = below(random, 2) === 0 ? whole.end() : afterCharacter(text, whole.start());
      }
    }),
    { numRuns: 600 },
  );
});

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapStrings(member, map)]));
}

function redactedText(rules: RuleSet, text: string): string {
  const outcome = redactText(rules, text);
  if (outcome.kind === 'blocked') throw new Error('blocked');
  return outcome.text;
}

test('arguments come out as parse, change every string and stringify would have them, and other bytes as they were', () => {
  const rules = rulesOf([
    { name: 'ones', regex: ['1+', '[14]{2}'], action: { kind: 'replace', with: '"\\\n😀' } },
    { name: 'letters', regex: ['(?i)[a-b]é?', '漢.'], action: { kind: 'redact' } },
    { name: 'edges', regex: ['^.', String.raw`\W$`], action: { kind: 'replace', with: '<>' } },
  ]);
  fc.assert(
    fc.property(SEEDS, (seed) => {
      const text = writeValue(randomFrom(seed), 4);
      if (!parseJsonTree(text).ok) return;
      const body = Buffer.from(`{"arguments":${text}}`);
      const start = body.indexOf(':') + 1;
      const span = {
        start: start + (text.length - text.trimStart().length),
        end: start + Buffer.byteLength(text.trimEnd()),
      };
      const outcome = redactSpan(rules, body, span);
      if (outcome.kind === 'blocked') throw new Error(`blocked: ${outcome.failure}`);
      const edits = outcome.kind === 'changed' ? outcome.edits : [];
      const { arguments: changed } = JSON.parse(splice(body, edits).toString()) as { arguments: unknown };
      expect(changed).toEqual(mapStrings(JSON.parse(text), (leaf) => redactedText(rules, leaf)));
      for (const edit of edits) expect(edit.start).toBeGreaterThan(span.start);
    }),
    { numRuns: 4_000 },
  );
});

test('a card or an address is found wherever it is put and however it is escaped', () => {
  const rules = rulesOf([PAN, MAIL]);
  const plants = fc.constantFrom('4111 1111 1111 1111', '5555555555554444', 'ana@acme.dev');
  const escaped = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
  const around = fc.constantFrom('', ' ', '😀', '漢', '"', '\n', '\\', ', ');
  fc.assert(
    fc.property(plants, escaped, around, around, SEEDS, (plant, escapes, before, after, seed) => {
      const token = Array.from(plant, (character, index) =>
        escapes[index] === true ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character,
      ).join('');
      const filler = writeValue(randomFrom(seed), 3);
      if (!parseJsonTree(filler).ok) return;
      const inside = `${JSON.stringify(before).slice(1, -1)}${token}${JSON.stringify(after).slice(1, -1)}`;
      const message = `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"${inside}"}],"structuredContent":[${filler},"${inside}"]}}`;
      const outcome = redactMessage(rules, Buffer.from(message));
      if (outcome.kind === 'blocked') throw new Error(`blocked: ${outcome.failure}`);
      const { result } = JSON.parse(outcome.bytes.toString()) as {
        result: { content: [{ text: string }]; structuredContent: [unknown, string] };
      };
      const expected = `${before}${plant.includes('@') ? '' : '[PAN]'}${after}`;
      expect([result.content[0].text, result.structuredContent[1]]).toEqual([expected, expected]);
    }),
    { numRuns: 2_000 },
  );
});

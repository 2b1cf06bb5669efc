import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../schemas/types/policy.ts';
import { buildContent, redactMessage, validatePattern, type RuleSet } from '../../dataplane/content/index.ts';
import { detect } from '../../dataplane/content/detect/detect.ts';
import type { Passage } from '../../dataplane/content/detect/recognize/recognizer.ts';
import type { RegexEngine } from '../../dataplane/content/regex/engine.ts';
import { re2js } from '../../dataplane/content/regex/re2js.ts';
import { EXCHANGE, MAIL, PAN, policyOf, type RuleSketch } from '../dataplane/content/policy-of.ts';
import { nativeRegex } from '../fixtures/native-regex.ts';
import { below, pick, randomFrom, randomText, type Random } from './json-text.ts';
import { randomPattern } from './random-pattern.ts';

const SEEDS = fc.integer({ min: 0, max: 2 ** 31 });

const sketch = (regex: string, at: number): RuleSketch => ({
  name: `r${String(at).padStart(2, '0')}`,
  regex: [regex],
  action: { kind: 'alert' },
});

/** Patterns that the engines could read differently: classes, boundaries, anchors, flags, groups, quoting, letters of every width. */
const PATTERNS = [
  '[^x]+',
  String.raw`\s`,
  String.raw`\s*a`,
  '(?s)a.?b',
  String.raw`\ba\B`,
  String.raw`\B.`,
  '^a',
  'b$',
  '(?m)^.$',
  String.raw`\A.`,
  String.raw`.\z`,
  'a*?b',
  '(?:a|ab)(?:c|bcd)?',
  '[😀é]+',
  '[^a-z]{2}',
  '(?i)É|K|s',
  '(?U)a+',
  String.raw`\Qa.\E|\.`,
  String.raw`[[:punct:]]+`,
  String.raw`\x{1F600}|\x{e9}`,
  String.raw`\pL{2}`,
  String.raw`[\d/"\\-]+`,
  String.raw`\/|/`,
  '(a)|(?P<b>b)',
  String.raw`\W\w`,
  '.{2}',
];

const recognizing: readonly RuleSketch[] = [
  {
    name: 'personal',
    regex: [],
    action: { kind: 'alert' },
    detect: {
      kind: 'pii',
      entities: [
        'CREDIT_CARD',
        'EMAIL_ADDRESS',
        'IBAN_CODE',
        'IP_ADDRESS',
        'UK_NINO',
        'US_MBI',
        'IN_PAN',
        'UK_POSTCODE',
      ],
      threshold: 1,
      regions: ['US'],
      allow: [],
    },
  },
  {
    name: 'secret',
    regex: [],
    action: { kind: 'alert' },
    detect: { kind: 'secrets', entities: ['AWS_ACCESS_KEY', 'JWT', 'TELLING_KEY'], threshold: 1, allow: [] },
  },
  {
    name: 'steering',
    regex: [],
    action: { kind: 'alert' },
    detect: { kind: 'injection', entities: ['INSTRUCTION', 'TOOL_CALL', 'CHAT_MARKUP'], threshold: 1 },
  },
];

function rulesOn(engine: RegexEngine): RuleSet {
  return rulesOf(policyOf([...PATTERNS.map(sketch), PAN, MAIL, ...recognizing]), engine);
}

function rulesOf(policy: Policy, engine: RegexEngine): RuleSet {
  const built = buildContent(policy, { regex: engine });
  if (!built.ok) throw new Error(built.message);
  return built.content.rulesFor(EXCHANGE);
}

/** Pieces of what is looked for, beside the letters that confuse: other cases, ends of lines, half pairs, edges of every encoding. */
const PIECES = [
  '4111 1111',
  ' 1111 1111',
  'ana@',
  'acme.dev',
  '10.0.0.1',
  'AKIA',
  'QNZVTI6Q3EXAMPLE',
  '\u212a',
  'ſ',
  'É',
  '\n',
  '\r\n',
  '\u0085',
  '\u2029',
  '\u0000',
  '\ufeff',
  '\uffff',
  '\u{10ffff}',
  'e\u0301',
  '\u202e',
  '👩‍👩‍👧',
  '\ud83d',
  '\ude00',
  'ignore ',
  'previous instructions',
];

function confusingText(random: Random): string {
  const pieces = Array.from({ length: below(random, 3) }, () => pick(random, PIECES) + randomText(random));
  return randomText(random) + pieces.join('') + (below(random, 6) === 0 ? '\n' : '');
}

function randomTexts(random: Random, count: number): readonly string[] {
  return Array.from({ length: count }, () => confusingText(random));
}

const RUNS = 2_500;
const TEXTS = 40;

/** The texts of one message, which are well-formed; now and then those that are not. */
function passagesOf(random: Random): readonly Passage[] {
  const texts = randomTexts(random, TEXTS);
  const isMessage = below(random, 4) > 0;
  return texts.map((text) => ({ text: isMessage ? text.toWellFormed() : text, keys: [] }));
}

/** How many detections both make. */
function compareDetections(rules: readonly RuleSet[], passages: readonly Passage[]): number {
  const [first, second] = rules.map((each) => detect(each, passages));
  // What is said of a difference takes long to make.
  if (!isDeepStrictEqual(first, second)) expect(first).toEqual(second);
  return first?.ok === true ? first.detections.length : 0;
}

/** 100 000 texts in all; most of them have something in them. */
function compareRuns(compare: (random: Random) => number): void {
  let found = 0;
  const run = (seed: number): void => {
    found += compare(randomFrom(seed));
  };
  fc.assert(fc.property(SEEDS, run), { numRuns: RUNS });
  expect(found).toBeGreaterThan(RUNS * TEXTS);
}

describe.skipIf(nativeRegex === undefined)('both engines (left out where the package re2 is not built)', () => {
  const engines = [nativeRegex ?? re2js, re2js];

  test('find the same in 100 000 texts by many patterns and recognizers', { timeout: 300_000 }, () => {
    const rules = engines.map(rulesOn);
    compareRuns((random) => compareDetections(rules, passagesOf(random)));
  });

  test('find the same in 100 000 texts by rules of random patterns', { timeout: 300_000 }, () => {
    compareRuns((random) => {
      const policy = policyOf(Array.from({ length: 1 + below(random, 4) }, (_, at) => randomRule(random, at)));
      const rules = engines.map((engine) => rulesOf(policy, engine));
      return compareDetections(rules, passagesOf(random));
    });
  });

  test('have the groups of a match in the same places', () => {
    const patterns = ['(a)|(?P<b>b)(é)?', '(😀)?(?:a(1))?', String.raw`(\w+)\W(?P<n>\d*)`];
    fc.assert(
      fc.property(fc.constantFrom(...patterns), SEEDS, (pattern, seed) => {
        const text = confusingText(randomFrom(seed));
        const [first, second] = engines.map((engine) => groupsOf(engine, pattern, text));
        expect(first).toEqual(second);
      }),
      { numRuns: 3_000 },
    );
  });

  test('make the same of whole messages, half of a surrogate pair and all', () => {
    const rules = engines.map((engine) => rulesOf(policyOf([PAN, MAIL, REPLACING]), engine));
    fc.assert(
      fc.property(SEEDS, (seed) => {
        const texts = randomTexts(randomFrom(seed), 10);
        const message = Buffer.from(JSON.stringify({ result: { texts, text: JSON.stringify(texts) } }));
        const [first, second] = rules.map((each) => redactMessage(each, message));
        expect(first).toEqual(second);
      }),
      { numRuns: 2_000 },
    );
  });
});

const REPLACING: RuleSketch = {
  name: 'turned',
  regex: [String.raw`(?P<front>[^\s@]+)@(\w+)`],
  action: { kind: 'replace', with: '$2 at ${front}' },
};

/** Some patterns under one name, whatever else a rule of patterns can say. */
function randomRule(random: Random, at: number): RuleSketch {
  const regex = Array.from({ length: 1 + below(random, 3) }, () => acceptedPattern(random));
  const fewest = Math.min(...regex.map((each) => groupCount(each)));
  return {
    name: `r${at}`,
    regex,
    ...(below(random, 4) === 0 ? { check: 'luhn' } : {}),
    ...(fewest > 0 && below(random, 2) === 0 ? { group: String(1 + below(random, fewest)) } : {}),
    action: fewest > 0 ? { kind: 'replace', with: `<$${1 + below(random, fewest)}>` } : { kind: 'redact' },
  };
}

function acceptedPattern(random: Random): string {
  for (;;) {
    const pattern = randomPattern(random);
    if (validatePattern(pattern).ok) return pattern;
  }
}

function groupCount(pattern: string): number {
  const valid = validatePattern(pattern);
  return valid.ok ? valid.groupCount : 0;
}

/** Where all groups of all matches are. */
function groupsOf(engine: RegexEngine, pattern: string, text: string): readonly unknown[] {
  const compiled = engine.compile(pattern);
  const matcher = compiled.matcher(text);
  const groups: unknown[] = [];
  for (let from = 0; from <= text.length && matcher.find(from); from = matcher.end) {
    for (let group = 0; group <= compiled.groupCount; group++) groups.push(matcher.group(group));
    if (matcher.end === matcher.start) break;
  }
  return groups;
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildContent, REGEX_ENGINES, type RuleSet } from '../../dataplane/content/index.ts';
import { detect } from '../../dataplane/content/detect/detect.ts';
import type { RegexEngine } from '../../dataplane/content/regex/engine.ts';
import { re2js } from '../../dataplane/content/regex/re2js.ts';
import { EXCHANGE, MAIL, PAN, policyOf, type RuleSketch } from '../dataplane/content/policy-of.ts';
import { randomFrom, randomText } from './json-text.ts';

const native = REGEX_ENGINES.find(({ name }) => name === 're2');
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
  const built = buildContent(policyOf([...PATTERNS.map(sketch), PAN, MAIL, ...recognizing]), { regex: engine });
  if (!built.ok) throw new Error(built.message);
  return built.content.rulesFor(EXCHANGE);
}

/** Pieces of what is looked for, beside the letters that confuse. */
const PIECES = [
  '4111 1111',
  ' 1111 1111',
  'ana@',
  'acme.dev',
  '10.0.0.1',
  'AKIA',
  'QNZVTI6Q3EXAMPLE',
  'K',
  'ſ',
  '\n',
  'ignore ',
  'previous instructions',
];

function randomTexts(seed: number, count: number): readonly string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const piece = random() < 0.5 ? (PIECES[Math.floor(random() * PIECES.length)] ?? '') : '';
    return randomText(random) + piece + randomText(random);
  });
}

const RUNS = 2_500;
const TEXTS = 40;

test.skipIf(native === undefined)(
  'both engines find the same in 100 000 texts (left out where the optional package re2 is not installed)',
  { timeout: 300_000 },
  () => {
    const rules = [native ?? re2js, re2js].map(rulesOn);
    fc.assert(
      fc.property(SEEDS, (seed) => {
        const passages = randomTexts(seed, TEXTS).map((text) => ({ text: text.toWellFormed(), keys: [] }));
        const [first, second] = rules.map((each) => detect(each, passages));
        expect(first).toEqual(second);
      }),
      { numRuns: RUNS },
    );
  },
);

test.skipIf(native === undefined)('groups of a match are where the other engine has them', () => {
  const patterns = ['(a)|(?P<b>b)(é)?', '(😀)?(?:a(1))?', String.raw`(\w+)\W(?P<n>\d*)`];
  fc.assert(
    fc.property(fc.constantFrom(...patterns), SEEDS, (pattern, seed) => {
      const text = (randomTexts(seed, 1)[0] ?? '').toWellFormed();
      const found = [native ?? re2js, re2js].map((engine) => {
        const compiled = engine.compile(pattern);
        const matcher = compiled.matcher(text);
        const groups: unknown[] = [];
        for (let from = 0; from <= text.length && matcher.find(from); from = matcher.end) {
          for (let group = 0; group <= compiled.groupCount; group++) groups.push(matcher.group(group));
          if (matcher.end === matcher.start) break;
        }
        return groups;
      });
      expect(found[0]).toEqual(found[1]);
    }),
    { numRuns: 3_000 },
  );
});

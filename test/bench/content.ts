/**
 * What thirty content rules cost for one message, on each engine that there is, beside what they may cost; and what patterns
 * cost that take a backtracking engine for ever, at n, 2n and 4n characters: `node test/bench/content.ts`.
 */
import { buildContent, redactMessage, redactText, REGEX_ENGINES, type RuleSet } from '../../dataplane/content/index.ts';
import type { RegexEngine } from '../../dataplane/content/regex/engine.ts';
import { EXCHANGE, MAIL, PAN, policyOf, type RuleSketch } from '../dataplane/content/policy-of.ts';
import { cpuMicros } from './cpu.ts';
import type { Row } from './micro.ts';

const TOKENS: readonly RuleSketch[] = Array.from({ length: 28 }, (_, at) => ({
  name: `token-${at}`,
  regex: [String.raw`\b(?:tok|key|sec)${String.fromCharCode(97 + (at % 26))}_[A-Za-z0-9]{${16 + at}}\b`],
  action: { kind: 'redact' },
}));
const WORDS = 'the quick brown fox jumps over lazy dogs and then some more text follows '.repeat(1_000);

function message(texts: readonly string[]): Buffer {
  const content = texts.map((text) => ({ type: 'text', text }));
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content } }));
}

const HITS = [1, 2, 3, 4, 5].flatMap((at) => [`paid with 4111 1111 1111 1111`, `to a${at}@acme.dev`]).slice(0, 9);

interface Case {
  readonly what: string;
  readonly message: Buffer;
  /** What it may cost at most, by engine; of an engine that is not named anything will do. */
  readonly microsMax: Readonly<Partial<Record<RegexEngine['name'], number>>>;
}

const CASES: readonly Case[] = [
  { what: '1 KB, nothing found', message: message([WORDS.slice(0, 950)]), microsMax: { re2: 15, re2js: 25 } },
  { what: '64 KB, nothing found', message: message([WORDS.slice(0, 65_000)]), microsMax: { re2: 400 } },
  {
    what: '64 KB, 9 found and replaced',
    message: message(HITS.map((hit) => `${WORDS.slice(0, 7_200)} ${hit}`)),
    microsMax: { re2: 2_000 },
  },
  {
    what: '4 KB of JSON within a text, one found',
    message: message([JSON.stringify({ mail: 'ana@acme.dev', rows: WORDS.match(/.{1,40}/g)?.slice(0, 100) })]),
    microsMax: {},
  },
];

/** Each with a text of `a` and one `!`, which it could match in exponentially or polynomially many ways; only the last one does. */
const EXPLODING = [
  '(a+)+$',
  '(a|aa)+$',
  '(a|a)*b',
  '(.*)*x',
  '(a*)*(a*)*b',
  String.raw`(?:\w+\s?)+$`,
  '(a?){40}a{40}b',
  '(a+a+)+!',
];
const EXPLODING_CHARACTERS = 4_096;

function rulesOn(engine: RegexEngine, sketches: readonly RuleSketch[]): RuleSet {
  const built = buildContent(policyOf(sketches), { regex: engine });
  if (!built.ok) throw new Error(built.message);
  return built.content.rulesFor(EXCHANGE);
}

function caseRows(engine: RegexEngine): readonly Row[] {
  const rules = rulesOn(engine, [...TOKENS, PAN, MAIL]);
  return CASES.map(({ what, message: bytes, microsMax }) => {
    const micros = cpuMicros(() => redactMessage(rules, bytes));
    const bound = microsMax[engine.name];
    const verdict = bound === undefined ? '' : `, at most ${bound}${micros > bound ? ': MISSED' : ''}`;
    return [`${what} (${engine.name})`, `${micros.toFixed(1)} us${verdict}`];
  });
}

function explodingRow(engine: RegexEngine, regex: string): Row {
  const rules = rulesOn(engine, [{ name: 'r', regex: [regex], action: { kind: 'redact' } }]);
  const figures = [1, 2, 4].map((times) => {
    const text = `${'a'.repeat(EXPLODING_CHARACTERS * times)}!`;
    return `${cpuMicros(() => redactText(rules, text)).toFixed(0)} us`;
  });
  return [`\`${regex}\` on 4, 8 and 16 KB (${engine.name})`, figures.join(', ')];
}

const rows = REGEX_ENGINES.flatMap((engine) => [
  ...caseRows(engine),
  ...EXPLODING.map((regex) => explodingRow(engine, regex)),
]);
console.log(JSON.stringify(rows));

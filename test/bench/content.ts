/** What thirty content rules cost for one message, on each engine that there is: `node test/bench/content.ts`. */
import { bench } from 'mitata';
import { buildContent, redactMessage, REGEX_ENGINES, type RuleSet } from '../../dataplane/content/index.ts';
import type { RegexEngine } from '../../dataplane/content/regex/engine.ts';
import { EXCHANGE, MAIL, PAN, policyOf, type RuleSketch } from '../dataplane/content/policy-of.ts';
import { printRows } from './micro.ts';

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
const MESSAGES: readonly [what: string, message: Buffer][] = [
  ['1 KB, nothing found', message([WORDS.slice(0, 950)])],
  ['64 KB, nothing found', message([WORDS.slice(0, 65_000)])],
  ['64 KB, 9 found and replaced', message(HITS.map((hit) => `${WORDS.slice(0, 7_200)} ${hit}`))],
  [
    '4 KB of JSON within a text, one found',
    message([JSON.stringify({ mail: 'ana@acme.dev', rows: WORDS.match(/.{1,40}/g)?.slice(0, 100) })]),
  ],
];

function rulesOn(engine: RegexEngine): RuleSet {
  const built = buildContent(policyOf([...TOKENS, PAN, MAIL]), { regex: engine });
  if (!built.ok) throw new Error(built.message);
  return built.content.rulesFor(EXCHANGE);
}

for (const engine of REGEX_ENGINES) {
  const rules = rulesOn(engine);
  for (const [what, bytes] of MESSAGES) bench(`${what} (${engine.name})`, () => redactMessage(rules, bytes));
}
await printRows();

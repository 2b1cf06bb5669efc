import { expect, test } from 'vitest';
import { buildContent, redactMessage, redactSpan, redactText, type RuleSet } from '../../../dataplane/content/index.ts';
import { CONTENT_FAILURES, type ContentFailure } from '../../../dataplane/content/detect/detection.ts';
import type { RegexEngine } from '../../../dataplane/content/regex/engine.ts';
import { EXCHANGE, MAIL, PAN, policyOf, rulesOf, type RuleSketch } from './policy-of.ts';

const CARD = '4111 1111 1111 1111';
const RULES = rulesOf([PAN, MAIL]);

function outcomeOf(rules: RuleSet, text: string): string {
  const result = redactText(rules, text);
  return result.kind === 'blocked' ? `blocked (${result.failure ?? 'by a rule'})` : result.text;
}

/** A result with these string tokens as its texts, and the tokens that come out. */
function tokensOf(rules: RuleSet, tokens: readonly string[]): readonly string[] | string {
  const items = tokens.map((token) => `{"type":"text","text":${token}}`);
  const message = `{"jsonrpc":"2.0","id":1,"result":{"content":[${items.join()}]}}`;
  const result = redactMessage(rules, Buffer.from(message));
  if (result.kind === 'blocked') return result.failure ?? 'blocked';
  const out = result.bytes.toString();
  return out
    .slice(out.indexOf('[{') + 2, out.lastIndexOf('}]'))
    .split('},{')
    .map((item) => item.slice('"type":"text","text":'.length));
}

const encodings: [name: string, token: string, expected: string][] = [
  ['digits in escapes', String.raw`"no \u0034111 1111 1111 111\u0031 ok"`, '"no [PAN] ok"'],
  [
    'all digits in escapes',
    String.raw`"\u0034\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031"`,
    '"[PAN]"',
  ],
  ['an at sign in escapes', String.raw`"a\u0040b.dev!"`, '"!"'],
  ['a line feed before it', String.raw`"card\n4111 1111 1111 1111\ttab"`, String.raw`"card\n[PAN]\ttab"`],
  ['a quote around it', String.raw`"\"4111 1111 1111 1111\""`, String.raw`"\"[PAN]\""`],
  ['backslashes before it', String.raw`"\\\\4111 1111 1111 1111"`, String.raw`"\\\\[PAN]"`],
  [
    'other escapes stay as they were',
    String.raw`"\/\u00e9\u00C9 4111 1111 1111 1111 \u2028\/"`,
    String.raw`"\/\u00e9\u00C9 [PAN] \u2028\/"`,
  ],
  ['an emoji before it', '"😀 4111 1111 1111 1111 😀"', '"😀 [PAN] 😀"'],
  ['an emoji in escapes before it', String.raw`"\ud83d\ude00 4111 1111 1111 1111"`, String.raw`"\ud83d\ude00 [PAN]"`],
  ['CJK before it', '"漢字かな 4111 1111 1111 1111 漢"', '"漢字かな [PAN] 漢"'],
  ['combining and two-byte letters before it', '"éé\u0301ß 4111 1111 1111 1111ß"', '"éé\u0301ß [PAN]ß"'],
  ['several in one text', '"a@b.dev, é, c@d.dev; 4111-1111-1111-1111"', '", é, ; [PAN]"'],
  ['nothing else', '"4111 1111 1111 1111"', '"[PAN]"'],
];

test.each(encodings)('%s', (_name, token, expected) => {
  expect(tokensOf(RULES, [token])).toEqual([expected]);
  expect(outcomeOf(RULES, String(JSON.parse(token)))).toBe(JSON.parse(expected));
});

const replacements: [name: string, replacement: string, expected: string][] = [
  ['quotes and backslashes', String.raw`"\x"`, String.raw`"\"\\x\""`],
  ['a line feed', 'a\nb', String.raw`"a\nb"`],
  ['what only looks like references', '$& $ $x ${ ${} $-1 \\1', String.raw`"$& $ $x ${'${ ${}'} $-1 \\1"`],
  ['a dollar sign written twice', '$$1 $$$${x}', '"$1 $${x}"'],
  ['other letters', 'é😀', '"é😀"'],
  ['what the rule finds', CARD, `"${CARD}"`],
];

test.each(replacements)('%s in a replacement are literal', (_name, replacement, expected) => {
  const rules = rulesOf([{ ...PAN, action: { kind: 'replace', with: replacement } }]);
  expect(tokensOf(rules, [`"${CARD}"`])).toEqual([expected]);
});

const anything = { kind: 'replace', with: '#' } as const;

/** Patterns over several texts, each of which must be treated as if it stood alone. */
const seams: [name: string, regex: string, texts: readonly string[], expected: readonly string[]][] = [
  ['digits of two texts make no card', PAN.regex[0] ?? '', ['4111 1111', '1111 1111'], ['4111 1111', '1111 1111']],
  ['a run of anything ends with its text', '[^x]+', ['ab', 'cxd', 'e'], ['#', '#x#', '#']],
  ['a run that needs two texts is none', 'a[^x]+b', ['a1', '2b', 'a3b'], ['a1', '2b', '#']],
  ['white space between texts is not there', String.raw`a\s+b`, ['a', 'b', 'a b'], ['a', 'b', '#']],
  ['white space alone', String.raw`\s`, ['a', ' ', 'b\n'], ['a', '#', 'b#']],
  ['a match behind one that spans a seam', String.raw`a\s|b`, ['a', 'b', 'ab'], ['a', '#', 'a#']],
  ['a shorter match where the longer spans a seam', String.raw`a(?:\s*b)?`, ['a', 'b', 'a b'], ['#', 'b', '#']],
  ['word boundaries at both ends', String.raw`\bab\b`, ['ab', 'ab', 'abc'], ['#', '#', 'abc']],
  ['no word boundary at an end', String.raw`\Ba`, ['a', 'ba', 'a'], ['a', 'b#', 'a']],
  ['the beginning of a text', '^a', ['a', 'ba\na', 'a'], ['#', 'ba\na', '#']],
  ['the beginning of a line', '(?m)^a', ['a', 'ba\na'], ['#', 'ba\n#']],
  ['the end of a text', 'a$', ['a', 'ab', 'ba'], ['#', 'ab', 'b#']],
  ['the whole text', String.raw`\Aab\z`, ['ab', 'ab\n', 'ab'], ['#', 'ab\n', '#']],
  ['empty texts', 'a', ['', 'a', '', '', 'a', ''], ['', '#', '', '', '#', '']],
  ['empty matches', 'a*', ['baa', '', 'b'], ['b#', '', 'b']],
  ['text with line feeds of its own', 'a\nb', ['a\nb', 'a', 'b'], ['#', 'a', 'b']],
  ['a dot that takes line feeds', '(?s)a.b', ['a', 'b', 'a\nb', 'axb'], ['a', 'b', '#', '#']],
  ['emoji', '😀', ['😀😀', 'a😀'], ['##', 'a#']],
];

test.each(seams)('%s', (_name, regex, texts, expected) => {
  const rules = rulesOf([{ name: 'r', regex: [regex], action: anything }]);
  const tokens = tokensOf(
    rules,
    texts.map((text) => JSON.stringify(text)),
  );
  expect(tokens).toEqual(expected.map((text) => JSON.stringify(text)));
  expect(texts.map((text) => outcomeOf(rules, text))).toEqual(expected);
});

test('texts that fill many blocks are searched like one', () => {
  const texts = Array.from({ length: 5_000 }, (_, index) => (index % 7 === 0 ? `${index}: ${CARD}` : `text ${index}`));
  const tokens = tokensOf(
    RULES,
    texts.map((text) => JSON.stringify(text)),
  );
  expect(tokens).toEqual(texts.map((text) => JSON.stringify(text.replace(CARD, '[PAN]'))));
});

const replace = (name: string, regex: string, text: string): RuleSketch => ({
  name,
  regex: [regex],
  action: { kind: 'replace', with: text },
});

const overlaps: [name: string, rules: readonly RuleSketch[], text: string, expected: string][] = [
  ['the longer wins', [replace('a', 'bcd', 'A'), replace('b', 'abcde', 'B')], 'xabcdex', 'xBx'],
  ['the longer wins though it starts later', [replace('a', 'ab', 'A'), replace('b', 'bcd', 'B')], 'xabcdx', 'xBx'],
  ['among equals the first by name', [replace('b', 'ab', 'B'), replace('a', 'bc', 'A')], 'xabcx', 'xAx'],
  ['the same place, the first by name', [replace('b', 'ab', 'B'), replace('a', 'ab', 'A')], 'xabx', 'xAx'],
  ['what touches is apart', [replace('a', 'ab', 'A'), replace('b', 'cd', 'B')], 'abcd', 'AB'],
  [
    'a chain becomes one',
    [replace('a', 'abc', 'A'), replace('b', 'cdef', 'B'), replace('c', 'fg', 'C')],
    'abcdefg',
    'B',
  ],
  ['two patterns of one rule', [{ name: 'a', regex: ['ab', 'bc'], action: { kind: 'redact' } }], 'xabcx', 'xx'],
  [
    'redact beside replace',
    [{ name: 'a', regex: ['abc'], action: { kind: 'redact' } }, replace('b', 'bc', 'B')],
    'xabcx',
    'xx',
  ],
  [
    'an alert covers nothing',
    [{ name: 'a', regex: ['abcd'], action: { kind: 'alert' } }, replace('b', 'bc', 'B')],
    'abcd',
    'aBd',
  ],
  [
    'mode alert covers nothing',
    [{ ...replace('a', 'abcd', 'A'), mode: 'alert' }, replace('b', 'bc', 'B')],
    'abcd',
    'aBd',
  ],
  [
    'a block wins',
    [{ name: 'a', regex: ['b'], action: { kind: 'block' } }, replace('b', 'abc', 'B')],
    'abc',
    'blocked (by a rule)',
  ],
  [
    'a block only for alert does not',
    [{ name: 'a', regex: ['b'], action: { kind: 'block' }, mode: 'alert' }, replace('b', 'c', 'C')],
    'abc',
    'abC',
  ],
  ['detections are of the original text', [replace('a', 'ab', 'cd'), replace('b', 'cd', 'ab')], 'abcd', 'cdab'],
];

function* orders<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) yield items;
  for (const [index, item] of items.entries()) {
    for (const rest of orders(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}

test.each(overlaps)('%s, in whatever order the rules are', (_name, sketches, text, expected) => {
  for (const order of orders(sketches)) {
    if (order.length > 0) expect(outcomeOf(rulesOf(order), text)).toBe(expected);
  }
});

test('findings count the places of every rule, blocked or not, and say nothing of the text', () => {
  const rules = rulesOf([
    { ...MAIL, mode: 'alert' },
    { name: 'digits', regex: ['1+', '11'], action: { kind: 'alert' } },
    { name: 'never', regex: ['zzz'], action: { kind: 'redact' } },
    { ...PAN, action: { kind: 'block' } },
  ]);
  const result = redactText(rules, `${CARD}, a@b.dev, c@d.dev`);
  expect(result).toEqual({
    kind: 'blocked',
    failure: null,
    findings: [
      { rule: 1, action: 'alert', mode: 'enforce', count: 4, entities: { DIGITS: 4 }, failed: 0 },
      { rule: 0, action: 'redact', mode: 'alert', count: 2, entities: { MAIL: 2 }, failed: 0 },
      { rule: 3, action: 'block', mode: 'enforce', count: 1, entities: { PAN: 1 }, failed: 0 },
    ],
  });
});

test('an alert leaves the very bytes', () => {
  const rules = rulesOf([{ ...PAN, mode: 'alert' }]);
  const message = Buffer.from(`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"${CARD}"}]}}`);
  const result = redactMessage(rules, message);
  expect(result).toEqual({
    kind: 'unchanged',
    bytes: message,
    findings: [{ rule: 0, action: 'replace', mode: 'alert', count: 1, entities: { PAN: 1 }, failed: 0 }],
  });
  expect(result.kind === 'unchanged' && result.bytes === message).toBe(true);
});

const luhn: [name: string, text: string, expected: string][] = [
  ['a card', 'card 4111 1111 1111 1111 ok', 'card [PAN] ok'],
  ['a card of 15 digits', '378282246310005', '[PAN]'],
  ['a number that is no card', 'order 1234567890123', 'order 1234567890123'],
  ['one digit wrong', '4111 1111 1111 1112', '4111 1111 1111 1112'],
  ['a card behind another number', '1234 4111 1111 1111 1111', '1234 [PAN]'],
  ['a card behind a number that passes with its first digits', '14 4111 1111 1111 1111', '[PAN]'],
  ['two cards', '4111111111111111,5555-5555-5555-4444', '[PAN],[PAN]'],
];

test.each(luhn)('%s', (_name, text, expected) => {
  expect(outcomeOf(rulesOf([PAN]), text)).toBe(expected);
});

test('rules with the same pattern and different checks do not share matches', () => {
  const rules = rulesOf([PAN, { name: 'any-number', regex: PAN.regex, action: { kind: 'alert' } }]);
  const result = redactText(rules, '1234567890123 and 4111111111111111');
  expect(result).toMatchObject({ kind: 'changed', text: '1234567890123 and [PAN]' });
  expect(result.findings).toEqual([
    { rule: 1, action: 'alert', mode: 'enforce', count: 2, entities: { ANY_NUMBER: 2 }, failed: 0 },
    { rule: 0, action: 'replace', mode: 'enforce', count: 1, entities: { PAN: 1 }, failed: 0 },
  ]);
});

test('no rules, no work: not even bytes that are no JSON are looked at', () => {
  const none = rulesOf([]);
  expect(none.empty).toBe(true);
  expect(redactMessage(none, Buffer.from('not JSON'))).toMatchObject({ kind: 'unchanged' });
});

/** An engine that finds out too late that it cannot. */
const BROKEN: RegexEngine = {
  name: 're2',
  compile: (source) => ({
    source,
    size: 1,
    isAnchored: false,
    groups: new Map(),
    groupCount: 0,
    matcher: () => {
      throw new Error('out of memory');
    },
  }),
  combine: () => ({ hits: () => [0] }),
};

function rulesOfBrokenEngine(): RuleSet {
  const built = buildContent(policyOf([PAN]), { regex: BROKEN });
  if (!built.ok) throw new Error(built.message);
  return built.content.rulesFor(EXCHANGE);
}

/** Looks at the clock once an hour. */
function rulesInAHurry(): RuleSet {
  let now = 0;
  const built = buildContent(policyOf([PAN, MAIL]), { clock: () => (now += 3_600_000) });
  if (!built.ok) throw new Error(built.message);
  return built.content.rulesFor(EXCHANGE);
}

/** Who does not wait for the answer lets nothing pass. */
const ASKED: RuleSketch = {
  name: 'asked',
  regex: [],
  detect: { kind: 'webhook', url: 'https://dlp.acme.dev/', secret: 'dlp', timeoutMs: 1_000, onFailure: 'pass' },
  action: { kind: 'block' },
};

const failures: [name: string, rules: RuleSet, message: Buffer, failure: ContentFailure][] = [
  ['what is no JSON', RULES, Buffer.from('{"result":'), 'not-json'],
  ['what is no UTF-8', RULES, Buffer.from([0x22, 0xff, 0x22]), 'not-json'],
  ['a key twice', RULES, Buffer.from('{"result":{"a":"x","a":"y"}}'), 'not-json'],
  ['more texts than the bound', RULES, Buffer.from(`{"result":{"a":[${'"",'.repeat(200_000)}""]}}`), 'too-many-texts'],
  [
    'more detections than the bound',
    rulesOf([{ name: 'a', regex: ['a'], action: { kind: 'alert' } }]),
    Buffer.from(`{"result":{"a":"${'a'.repeat(20_001)}"}}`),
    'too-many-detections',
  ],
  [
    'matches that a check keeps refusing',
    rulesOf([{ ...PAN, regex: [String.raw`[\d ]+`] }]),
    Buffer.from(`{"result":{"a":"${'12'.repeat(3_000)}"}}`),
    'too-much-work',
  ],
  [
    'a hash without its key',
    rulesOf([{ name: 'a', regex: ['x'], action: { kind: 'hash', key: 'join' } }]),
    Buffer.from('{"result":{"a":"x"}}'),
    'no-key',
  ],
  [
    'what takes too long',
    rulesInAHurry(),
    Buffer.from(`{"result":[${`"${'x'.repeat(1_000)}",`.repeat(100)}""]}`),
    'too-slow',
  ],
  ['an engine that throws', rulesOfBrokenEngine(), Buffer.from('{"result":{"a":"x"}}'), 'engine'],
  ['what somebody else is to be asked about', rulesOf([PAN, ASKED]), Buffer.from('{"result":{}}'), 'external'],
];

test.each(failures)('%s is blocked', (_name, rules, message, failure) => {
  expect(redactMessage(rules, message)).toMatchObject({ kind: 'blocked', failure });
});

test('every failure has its case', () => {
  const shown = new Set(failures.map(([, , , failure]) => failure));
  expect(CONTENT_FAILURES.filter((failure) => !shown.has(failure))).toEqual([]);
});

test('arguments that are no JSON are blocked too', () => {
  expect(redactSpan(RULES, Buffer.from('{"a":}'), { start: 0, end: 6 })).toMatchObject({ failure: 'not-json' });
});

test('a message of 1 MB is redacted at both ends', () => {
  const filler = 'The quick brown fox jumps over 12 lazy dogs. '.repeat(24_000);
  expect(tokensOf(RULES, [JSON.stringify(`${CARD} ${filler}é ${CARD}`)])).toEqual([
    JSON.stringify(`[PAN] ${filler}é [PAN]`),
  ]);
});

const slow: [name: string, regex: string, text: string][] = [
  ['(a+)+$', '(a+)+$', `${'a'.repeat(50_000)}!`],
  ['(a|a)*$', '(a|a)*$', `${'a'.repeat(50_000)}!`],
  ['(.*)*x', '(.*)*x', 'a'.repeat(50_000)],
  ['([a-z0-9]+)*@', '([a-z0-9]+)*@', 'a'.repeat(50_000)],
];

test.each(slow)('%s, which takes for ever elsewhere, ends', (_name, regex, text) => {
  const rules = rulesOf([{ name: 'r', regex: [regex], action: anything }]);
  expect(redactText(rules, text).kind).not.toBe('blocked');
});

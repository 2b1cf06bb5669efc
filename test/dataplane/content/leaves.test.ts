import { expect, test } from 'vitest';
import { redactMessage, redactText } from '../../../dataplane/content/index.ts';
import { MAIL, PAN, rulesOf, type RuleSketch } from './policy-of.ts';

const CARD = '4111111111111111';
const DIGITS: RuleSketch = { name: 'digits', regex: ['[0-9]{16}'], action: { kind: 'replace', with: '[D]' } };
const SSN: RuleSketch = {
  name: 'ssn',
  regex: [],
  detect: { kind: 'pii', entities: ['US_SSN'], threshold: 60, regions: [], allow: [] },
  action: { kind: 'replace', with: null },
};

/** The value of `result.value` after the rules. */
function redacted(rules: readonly RuleSketch[], value: string): string {
  const outcome = redactMessage(rulesOf(rules), Buffer.from(`{"jsonrpc":"2.0","id":1,"result":{"value":${value}}}`));
  if (outcome.kind === 'blocked') return `blocked: ${outcome.failure}`;
  return outcome.bytes.toString().slice('{"jsonrpc":"2.0","id":1,"result":{"value":'.length, -2);
}

const json = JSON.stringify;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The token of a text that is this JSON. */
const nested: [name: string, rules: readonly RuleSketch[], text: string, expected: string][] = [
  ['a value', [MAIL], '{"to":"a@b.dev","n":1.0}', '{"to":"","n":1.0}'],
  [
    'a value whose letters are escapes',
    [MAIL],
    String.raw`{"to":"a\u0040b.dev","o":"\u00e9"}`,
    String.raw`{"to":"","o":"\u00e9"}`,
  ],
  ['a value behind an escape', [PAN], String.raw`{"a":"no\n${CARD}"}`, String.raw`{"a":"no\n[PAN]"}`],
  ['white space around it', [PAN], ` \n[ "${CARD}" ]\n`, ' \n[ "[PAN]" ]\n'],
  [
    'a replacement with quotes',
    [{ ...DIGITS, action: { kind: 'replace', with: '"\\' } }],
    `["${CARD}"]`,
    String.raw`["\"\\"]`,
  ],
  ['a number', [DIGITS], `{"card": ${CARD}}`, '{"card": "[D]"}'],
  ['a key', [DIGITS], `{"${CARD}": [1]}`, '{"[D]": [1]}'],
  ['no match over two values', [{ ...DIGITS, regex: ['1.*2'] }], '["1","2"]', '["1","2"]'],
  ['emoji before it', [PAN], `{"😀":"é😀 ${CARD} 😀"}`, '{"😀":"é😀 [PAN] 😀"}'],
  ['JSON within that', [PAN], json({ a: json({ b: `x ${CARD}` }) }), json({ a: json({ b: 'x [PAN]' }) })],
  ['two levels within that', [PAN], json([json([json([CARD, 1.5])])]), json([json([json(['[PAN]', 1.5])])])],
  ['the name of a member as context', [SSN], '{"ssn":"536-22-1234"}', '{"ssn":"<US_SSN>"}'],
  ['text that only begins like it', [PAN], `{"a":"${CARD}"`, '{"a":"[PAN]"'],
  ['what has a member twice is a text like others', [PAN], `{"a":"${CARD}","a":1}`, '{"a":"[PAN]","a":1}'],
];

test.each(nested)('JSON within a text: %s', (_name, rules, text, expected) => {
  expect(redacted(rules, json(text))).toBe(json(expected));
  const alone = redactText(rulesOf(rules), text);
  expect(alone.kind === 'blocked' ? 'blocked' : alone.text).toBe(expected);
});

test('bytes around what is replaced on the inner level stay as they were', () => {
  const token = String.raw`"{\u0022a\u0022:\"x\\u00e9 ${CARD}\",\"\/\":\"\u00e9\"}"`;
  expect(redacted([PAN], token)).toBe(token.replace(CARD, '[PAN]'));
});

test('what is nested deeper than anybody looks is blocked', () => {
  let text = CARD;
  for (let level = 0; level < 5; level++) text = json([text]);
  expect(redacted([PAN], json(text))).toBe('blocked: too-much-work');
  expect(redacted([PAN], text)).toContain('[PAN]');
});

test('a text and the structured content that it is the JSON of say the same afterwards', () => {
  const value = { [`k${CARD}`]: CARD, number: Number(CARD), ssn: '536-22-1234', list: [`x ${CARD}`, { id: '1' }] };
  const message = {
    jsonrpc: '2.0',
    id: 1,
    result: { content: [{ type: 'text', text: json(value) }], structuredContent: value },
  };
  const outcome = redactMessage(rulesOf([DIGITS, SSN]), Buffer.from(json(message)));
  if (outcome.kind === 'blocked') throw new Error('blocked');
  const { result } = JSON.parse(outcome.bytes.toString()) as {
    result: { content: [{ text: string }]; structuredContent: unknown };
  };
  expect(JSON.parse(result.content[0].text)).toEqual(result.structuredContent);
  expect(result.structuredContent).toEqual({
    'k[D]': '[D]',
    number: '[D]',
    ssn: '<US_SSN>',
    list: ['x [D]', { id: '1' }],
  });
});

const asked: [name: string, rule: RuleSketch, value: string, expected: string][] = [
  ['a key where a rule asks for keys', { ...DIGITS, keys: true }, `{"a ${CARD}":1}`, '{"a [D]":1}'],
  ['no key where none does', DIGITS, `{"${CARD}":1}`, `{"${CARD}":1}`],
  ['a number where a rule asks for numbers', { ...DIGITS, numbers: true }, `[${CARD}, 1]`, '["[D]", 1]'],
  ['a number with an exponent', { ...DIGITS, numbers: true }, '[4.111111111111111e15]', '["[D]"]'],
  ['no number where none does', DIGITS, `[${CARD}]`, `[${CARD}]`],
  ['a card that is a number', PAN, `{"card":${CARD}}`, '{"card":"[PAN]"}'],
  ['a number that is no card', PAN, '{"order":1234567812345678}', '{"order":1234567812345678}'],
];

test.each(asked)('%s', (_name, rule, value, expected) => {
  expect(redacted([rule], value)).toBe(expected);
});

test('a rule that asks for keys beside one that does not', () => {
  const rules = [{ ...DIGITS, keys: true }, { ...PAN, action: { kind: 'block' }, numbers: false } as const];
  expect(redacted(rules, `{"${CARD}":${CARD}}`)).toBe(`{"[D]":${CARD}}`);
});

test('names that the protocol gives are not taken for names of members', () => {
  const rules = rulesOf([{ ...DIGITS, regex: ['[a-zA-Z_]{3,}'], keys: true }]);
  const outcome = redactMessage(
    rules,
    Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":false,"_meta":{"abc 1":1}}}'),
  );
  expect(outcome.kind === 'blocked' ? '' : outcome.bytes.toString()).toBe(
    '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":false,"_meta":{"[D] 1":1}}}',
  );
});

/** Strings wherever they are, in which a text is encoded. */
const encoded: [name: string, value: string, expected: string][] = [
  ['base64', base64(`to ${CARD}, é`), base64('to [PAN], é')],
  ['base64 without padding', base64(`to ${CARD}!`).replaceAll('=', ''), base64('to [PAN]!')],
  ['base64 for URLs', Buffer.from(`??? ${CARD} ???`).toString('base64url'), base64('??? [PAN] ???')],
  ['base64 in lines', base64(`to ${CARD}, é`).replace(/(.{8})/g, '$1\r\n'), base64('to [PAN], é')],
  ['JSON in base64', base64(`{"n":"${CARD}"}`), base64('{"n":"[PAN]"}')],
  [
    'a data URL',
    `data:text/plain;charset=utf-8;base64,${base64(CARD)}`,
    `data:text/plain;charset=utf-8;base64,${base64('[PAN]')}`,
  ],
  ['a data URL that is not base64', `data:text/plain,${CARD}`, 'data:text/plain,[PAN]'],
  ['base64 that is too short to tell', base64('4111111111'), base64('4111111111')],
  ['base64 of control characters', base64(`\u0001 ${CARD}`), base64(`\u0001 ${CARD}`)],
  ['base64 in which nothing is found', base64('an ordinary text'), base64('an ordinary text')],
];

test.each(encoded)('%s within a value', (_name, value, expected) => {
  expect(redacted([PAN], json(value))).toBe(json(expected));
});

test('a string in which something is found both as it stands and decoded is gone as a whole', () => {
  const value = base64(`key of ${CARD}`);
  const rule: RuleSketch = { name: 'whole', regex: [value.slice(4, 12)], action: { kind: 'replace', with: '[W]' } };
  expect(redacted([PAN, rule], json(value))).toBe('"[W]"');
});

const blobs: [name: string, resource: string, expected: string][] = [
  ['a text', `"blob":"${base64(`é ${CARD}`)}"`, `"blob":"${base64('é [PAN]')}"`],
  ['JSON', `"blob":"${base64(`{"n":${CARD}}`)}"`, `"blob":"${base64('{"n":"[PAN]"}')}"`],
  ['a text without padding', `"blob":"${base64(CARD).replaceAll('=', '')}"`, `"blob":"${base64('[PAN]')}"`],
  ['a text with nothing in it', `"blob":"${base64('abc')}"`, `"blob":"${base64('abc')}"`],
  ['bytes that are no text', `"blob":"${'/'.repeat(240)}${CARD}"`, `"blob":"${'/'.repeat(240)}${CARD}"`],
  ['so few bytes that they may be a key', `"blob":"${CARD}"`, '"blob":"[PAN]"'],
  ['a text with NUL in it', `"blob":"${base64(`\0${CARD}`)}"`, `"blob":"${base64(`\0${CARD}`)}"`],
];

test.each(blobs)('%s in base64', (_name, resource, expected) => {
  const message = (members: string): string =>
    `{"jsonrpc":"2.0","id":1,"result":{"contents":[{"uri":"a:b",${members}}]}}`;
  const outcome = redactMessage(rulesOf([PAN]), Buffer.from(message(resource)));
  expect(outcome.kind === 'blocked' ? 'blocked' : outcome.bytes.toString()).toBe(message(expected));
});

import { expect, test } from 'vitest';
import { declaredTexts, NO_TEXTS, type Texts } from '../../../compiler/analyse/declared-texts.ts';
import type { TextForm } from '../../../compiler/analyse/text-forms.ts';
import { analyseInput } from './analysed-policy.ts';
import { BASE } from './base-policy.ts';

const { linked } = analyseInput(BASE, null);
const [template] = linked.servers.flatMap((server) => server.definitions);

function textsOf(inputSchema: unknown): Texts | undefined {
  if (template === undefined) return undefined;
  const json = JSON.stringify({ inputSchema });
  return declaredTexts({ ...template, definition: { ...template.definition, json } });
}

const NONE = NO_TEXTS;
const ANY = { isAny: true };
const formed = (longest: number, alphabet: TextForm['alphabet'] = null) => ({
  isAny: false,
  forms: [{ longest, alphabet }],
});
const SHORT = { ...formed(4), values: [], hasNumbers: false };
const WORDS = { isAny: false, values: ['a', 'bc'], forms: [], hasNumbers: false };
const NUMBERS = { isAny: false, values: [], forms: [], hasNumbers: true };
const DIGITS = [0x30, 0x39] as const;
const CAPITALS = [0x41, 0x5a] as const;
const DASH = [0x2d, 0x2d] as const;

const CODE = {
  isAny: false,
  forms: [{ longest: 8, alphabet: expect.arrayContaining([CAPITALS, DASH, DIGITS]) }],
};

const ofArgument: [name: string, schema: unknown, texts: object][] = [
  ['any text', { type: 'string' }, ANY],
  ['anything', {}, ANY],
  ['anything, said in another way', true, ANY],
  ['nothing', false, NONE],
  ['what is only described', { description: 'a name', default: 'x' }, ANY],
  ['one of several texts', { type: 'string', enum: ['a', 'bc'] }, WORDS],
  ['one of several, of no type', { enum: ['a', 'bc'] }, WORDS],
  ['texts within what is listed', { enum: [{ x: ['a'] }, 'bc', null, true] }, WORDS],
  ['numbers that are listed', { enum: [1, 2] }, NUMBERS],
  ['one text', { const: 'a' }, { ...WORDS, values: ['a'] }],
  ['a short text', { type: 'string', maxLength: 4 }, SHORT],
  ['a short text or null', { type: ['string', 'null'], maxLength: 4 }, SHORT],
  ['a short text, however the bound is written', { type: 'string', maxLength: 4.0 }, SHORT],
  ['a text in which a number can be written shorter than it is', { type: 'string', maxLength: 5 }, formed(17)],
  ['a longer text', { type: 'string', maxLength: 40 }, formed(40)],
  ['a bound on something else', { maxLength: 4 }, ANY],
  ['a bound that is none', { type: 'string', maxLength: 'x' }, ANY],
  ['a form of certain characters', { type: 'string', pattern: '^[A-Z]{2}-\\d{1,5}$' }, CODE],
  ['a form and a bound', { type: 'string', pattern: '^[A-Z]+$', maxLength: 5 }, formed(5, [CAPITALS])],
  ['a form that is long enough for base64', { type: 'string', pattern: '^[A-Z]{2}-\\d{1,17}$' }, formed(20)],
  ['a form with room for JSON', { type: 'string', pattern: '^[A-Z{]{1,6}$' }, formed(17)],
  ['a form with room for escapes', { type: 'string', pattern: '^[0-9A-F%]{1,6}$' }, formed(17)],
  ['a form with spaces, of which ECMA-262 has more', { type: 'string', pattern: '^\\s{1,4}$' }, SHORT],
  ['a form in which only ECMA-262 has a letter', { type: 'string', pattern: '^\\Aab$' }, ANY],
  ['a form that ECMA-262 reads as any character', { type: 'string', pattern: '^[^]a]$' }, ANY],
  ['a form of other than ASCII', { type: 'string', pattern: '^[😀]$' }, ANY],
  ['a form without end', { type: 'string', pattern: '^[A-Z]+$' }, ANY],
  ['a form that need not be all of it', { type: 'string', pattern: '[A-Z]{2}' }, ANY],
  ['a form with an alternative', { type: 'string', pattern: '^a|b$' }, ANY],
  ['a form that only seems to end', { type: 'string', pattern: '^a\\$' }, ANY],
  ['a form of lines', { type: 'string', pattern: '(?m)^a$' }, ANY],
  ['a form that is not RE2', { type: 'string', pattern: '^(?=a)a$' }, ANY],
  ['a form of which nobody checks anything', { type: 'string', format: 'uuid' }, ANY],
  ['a number', { type: 'integer' }, NUMBERS],
  ['a truth', { type: 'boolean' }, NONE],
  ['members', { type: 'object', properties: { x: { enum: ['a'] }, y: { enum: ['bc'] } } }, WORDS],
  ['members of any name', { type: 'object', additionalProperties: { enum: ['a', 'bc'] } }, WORDS],
  ['members of some names', { type: 'object', patternProperties: { '^x': { enum: ['a', 'bc'] } } }, WORDS],
  ['members besides', { type: 'object', properties: { x: { type: 'null' } }, additionalProperties: true }, ANY],
  ['no members', { type: 'object', additionalProperties: false }, NONE],
  ['members that nobody names', { type: 'object' }, ANY],
  ['members of what may be a text', { properties: { x: { enum: ['a'] } } }, ANY],
  ['items', { type: 'array', items: { enum: ['a', 'bc'] } }, WORDS],
  ['items of any sort', { type: 'array' }, ANY],
  ['the first items', { type: 'array', prefixItems: [{ enum: ['a'] }] }, ANY],
  ['the first items and the others', { type: 'array', prefixItems: [{ enum: ['bc'] }], items: { const: 'a' } }, WORDS],
  ['one or the other', { anyOf: [{ const: 'a' }, { const: 'bc' }] }, WORDS],
  ['one or the other, or null', { oneOf: [{ enum: ['a', 'bc'] }, { type: 'null' }] }, WORDS],
  ['one or any', { anyOf: [{ const: 'a' }, { type: 'string' }] }, ANY],
  ['one or whatever', { anyOf: [{ const: 'a' }, { description: 'x' }] }, ANY],
  ['this and that', { allOf: [{ enum: ['a', 'bc'] }, { description: 'x' }] }, WORDS],
  [
    'members of both',
    {
      type: 'object',
      properties: { x: { const: 'a' } },
      allOf: [{ type: 'object', properties: { y: { const: 'bc' } } }],
    },
    WORDS,
  ],
  [
    'members, and which of them are needed',
    { type: 'object', properties: { x: { enum: ['a', 'bc'] } }, anyOf: [{ required: ['x'] }, { required: ['y'] }] },
    WORDS,
  ],
  ['members that depend on others', { type: 'object', properties: {}, dependentSchemas: { x: {} } }, ANY],
  ['what is written elsewhere', { $ref: '#/$defs/words' }, WORDS],
  ['what is written in another document', { $ref: 'https://acme.dev/words.json' }, ANY],
  ['what is written nowhere', { $ref: '#/$defs/none' }, ANY],
  ['what contains itself', { $ref: '#/$defs/tree' }, ANY],
  ['what grows with each level', { $ref: '#/$defs/d40' }, ANY],
];

const doubling = Object.fromEntries(
  Array.from({ length: 40 }, (_, at) => [
    `d${at + 1}`,
    { allOf: [{ $ref: `#/$defs/d${at}` }, { $ref: `#/$defs/d${at}` }] },
  ]),
);
const $defs = {
  words: { enum: ['a', 'bc'] },
  tree: { type: 'object', properties: { below: { $ref: '#/$defs/tree' } } },
  d0: { type: 'string', maxLength: 4 },
  ...doubling,
};

test.each(ofArgument)('an argument that is %s', (_name, schema, texts) => {
  expect(textsOf({ type: 'object', properties: { x: schema }, $defs })).toMatchObject(texts);
});

const ofTool: [name: string, schema: unknown, texts: Partial<Texts>][] = [
  ['that declares none', { type: 'object' }, NONE],
  ['that declares that there are none', { type: 'object', properties: {} }, NONE],
  ['that admits others', { type: 'object', properties: {}, additionalProperties: true }, ANY],
  ['whose members are of another schema', { $ref: '#/$defs/tool', $defs: { tool: { type: 'object' } } }, NONE],
  ['of which one of two schemas holds', { type: 'object', oneOf: [{ properties: {} }, { properties: {} }] }, ANY],
  ['without a schema that is one', 'none', ANY],
];

test.each(ofTool)('the arguments of a tool %s', (_name, schema, texts) => {
  expect(textsOf(schema)).toMatchObject(texts);
});

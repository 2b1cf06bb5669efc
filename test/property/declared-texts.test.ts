import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { declaredTexts, type Texts } from '../../compiler/analyse/declared-texts.ts';
import type { TextForm } from '../../compiler/analyse/text-forms.ts';
import { leavesOfSpan } from '../../dataplane/content/leaves.ts';
import { analyseInput } from '../compiler/analyse/analysed-policy.ts';
import { BASE } from '../compiler/analyse/base-policy.ts';

/** A schema, and a value that fits it. */
interface Fitting {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

const WORDS = ['a', 'open', 'closed', 'x y', '😀😀', ''];
/** Short texts, some of them JSON whose numbers are longer when they are read. */
const SHORT = ['', 'ab', '[1e9]', '[-9e15]', '{"a":1e15}', '["\\u0041"]', '😀😀😀', '[[["a"]]]', ' [1e15] '];

const chosen = (schema: Fitting['schema'], values: readonly unknown[]): fc.Arbitrary<Fitting> =>
  fc.constantFrom(...values).map((value) => ({ schema, value }));
const bounded = fc
  .constantFrom(...SHORT, ...WORDS)
  .chain((value) =>
    fc
      .nat({ max: 3 })
      .map((more) => ({ schema: { type: 'string', maxLength: Array.from(value).length + more }, value })),
  );

const { fitting } = fc.letrec<{
  fitting: Fitting;
  leaf: Fitting;
  members: Fitting;
  items: Fitting;
  either: Fitting;
  all: Fitting;
}>((tie) => ({
  leaf: fc.oneof(
    bounded,
    chosen({ type: 'string', enum: WORDS }, WORDS),
    chosen({ enum: [{ a: WORDS }, 1, null] }, [{ a: WORDS }, 1, null]),
    chosen({ const: 'only' }, ['only']),
    chosen({ type: 'string', pattern: '^[A-Z]{2}-\\d{1,3}$' }, ['AB-1', 'ZZ-999']),
    chosen({ type: 'string', pattern: '^[A-Za-z0-9]*$', maxLength: 40 }, [
      'Zm9v',
      Buffer.from('{"a":[1e15,"paid in full, with love"]}').toString('base64').slice(0, 40),
    ]),
    chosen({ type: 'string', pattern: '^[a-z0-9%]{1,12}$' }, ['%41%42', 'a%2fb', '%f0%9f%98%80']),
    chosen({ type: 'string', pattern: '^[\\[\\]a-z0-9]{1,8}$' }, ['[1e15]', 'a[1]']),
    chosen({ type: ['integer', 'null'] }, [1, 41111, null]),
    chosen({ type: 'boolean' }, [true]),
  ),
  members: fc
    .dictionary(fc.constantFrom('a', 'b', 'c'), tie('fitting'), { maxKeys: 3, noNullPrototype: true })
    .map((members) => ({
      schema: {
        type: 'object',
        properties: Object.fromEntries(Object.entries(members).map(([key, { schema }]) => [key, schema])),
      },
      value: Object.fromEntries(Object.entries(members).map(([key, { value }]) => [key, value])),
    })),
  items: tie('fitting').map(({ schema, value }) => ({
    schema: { type: 'array', items: schema },
    value: [value, value],
  })),
  either: fc
    .tuple(tie('fitting'), tie('fitting'), fc.constantFrom('anyOf', 'oneOf'))
    .map(([one, other, keyword]) => ({ schema: { [keyword]: [one.schema, other.schema] }, value: other.value })),
  all: tie('fitting').map(({ schema, value }) => ({
    schema: { description: 'x', allOf: [{ title: 'y' }, schema] },
    value,
  })),
  fitting: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('members'), tie('items'), tie('either'), tie('all')),
}));

const [template] = analyseInput(BASE, null).linked.servers.flatMap((server) => server.definitions);

function textsOf(inputSchema: object): Texts {
  if (template === undefined) throw new Error('the base has definitions');
  return declaredTexts({ ...template, definition: { ...template.definition, json: JSON.stringify({ inputSchema }) } });
}

/** The texts of a value as the data plane looks into them. */
function leavesIn(value: unknown): readonly string[] {
  const bytes = Buffer.from(JSON.stringify(value));
  const wanted = { keys: false, numbers: false, paths: false, open: false };
  const gathered = leavesOfSpan(bytes, { start: 0, end: bytes.length }, wanted);
  if (!gathered.ok) throw new Error(gathered.failure);
  return gathered.leaves.leaves.map(({ text }) => text);
}

function fits(text: string, { longest, alphabet }: TextForm): boolean {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const isIn = (point: number): boolean =>
    alphabet === null || alphabet.some(([first, last]) => first <= point && point <= last);
  return points.length <= longest && points.every(isIn);
}

test('whatever arguments fit a schema, their texts are among those that it declares', () => {
  let known = 0;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('x', 'y'), fitting, { noNullPrototype: true }), (members) => {
      const properties = Object.fromEntries(Object.entries(members).map(([key, { schema }]) => [key, schema]));
      const value = Object.fromEntries(Object.entries(members).map(([key, each]) => [key, each.value]));
      const texts = textsOf({ type: 'object', properties });
      if (texts.isAny) return;
      known++;
      const others = leavesIn(value).filter((text) => !texts.values.includes(text));
      expect(others.filter((text) => !texts.forms.some((form) => fits(text, form)))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
  expect(known, 'something is known of most schemas').toBeGreaterThan(1_000);
});

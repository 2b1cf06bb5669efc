import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editMembers, membersOf } from '../../dataplane/json/members.ts';
import { splice, type Edit } from '../../dataplane/json/splice.ts';
import { byteOffsets, stringText, stringToken } from '../../dataplane/json/text.ts';
import { randomFrom, randomText, writeString, writeValue } from './json-text.ts';

const SEEDS = fc.integer({ min: 0, max: 2 ** 31 });

test('a splice leaves every byte outside its edits as it was', () => {
  const cuts = fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.uint8Array({ maxLength: 5 })), { maxLength: 6 });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), cuts, (array, tuples) => {
      const body = Buffer.from(array);
      const edits: Edit[] = [];
      let free = 0;
      for (const [a, b, bytes] of [...tuples].sort((x, y) => Math.min(x[0], x[1]) - Math.min(y[0], y[1]))) {
        const start = Math.max(free, Math.min(a, b));
        const end = Math.max(start, Math.max(a, b));
        edits.push({ start, end, bytes: Buffer.from(bytes) });
        free = end;
      }
      // The slow way: from the last edit to the first, so that offsets stay what they are.
      const slow = edits.toReversed().reduce<number[]>(
        (all, { start, end, bytes }) => {
          return [...all.slice(0, start), ...Buffer.from(bytes), ...all.slice(end)];
        },
        [...body],
      );
      expect([...splice(body, edits)]).toEqual(slow);
    }),
  );
});

const KEYS = ['a', 'b', 'resultType', '_meta', 'é', 'x"y'];

test('members put in and taken out by splice are those that parse, modify and stringify gives', () => {
  const names = fc.uniqueArray(fc.constantFrom(...KEYS));
  fc.assert(
    fc.property(SEEDS, names, names, names, (seed, present, remove, add) => {
      const random = randomFrom(seed);
      const pairs = present.map((key) => ` ${writeString(random, key)} : ${writeValue(random, 0)} `);
      const body = Buffer.from(`[${writeValue(random, 0)},{${pairs.join()}}]`);
      const start = body.indexOf('{', body.indexOf(pairs.length === 0 ? '{}' : `{${pairs[0] ?? ''}`));
      const object = { start, end: body.length - 1 };
      const added = add.map((key) => ({ key, json: '"new"' }));
      const edited = splice(body, editMembers(body, object, { remove, add: added })).toString();

      const [first, value] = JSON.parse(body.toString()) as [unknown, Record<string, unknown>];
      const kept = Object.entries(value).filter(([key]) => !remove.includes(key) && !add.includes(key));
      expect(JSON.parse(edited)).toEqual([first, Object.fromEntries([...kept, ...add.map((key) => [key, 'new'])])]);
      for (const { key, keyStart, end } of membersOf(body, object)) {
        if (remove.includes(key) || add.includes(key)) continue;
        expect(edited).toContain(body.toString('utf8', keyStart, end));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a place in a text is found in its token, whatever is escaped before it', () => {
  fc.assert(
    fc.property(SEEDS, (seed) => {
      const random = randomFrom(seed);
      const text = randomText(random) + randomText(random);
      const token = Buffer.from(` ${writeString(random, text)} `);
      const characters = Array.from(text);
      const offsets = characters.map((_, index) => characters.slice(0, index).join('').length);
      const places = byteOffsets(token, 1, [...offsets, text.length]);
      for (const [index, character] of characters.entries()) {
        const piece = token.subarray(places[index], places[index + 1]);
        expect(JSON.parse(`"${piece.toString()}"`)).toBe(character);
      }
      expect(places.at(-1)).toBe(token.length - 2);
      expect(stringText(token, 1, token.length - 1)).toBe(text);
      expect(JSON.parse(stringToken(text))).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { formatFile } from '../../../compiler/fmt/format-file.ts';
import type { Entry } from '../../../compiler/fmt/layout.ts';
import { readLayout } from '../../../compiler/fmt/read-layout.ts';
import { readDocuments } from '../../../compiler/source/read-documents.ts';
import { randomFrom } from '../../property/json-text.ts';
import { writeDocument } from './written-document.ts';

const values = (text: string): unknown => parseAllDocuments(text).map((document): unknown => document.toJS());

describe('any document', () => {
  test('says what it said before, loses no comment, and is formatted for good', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { text, comments } = writeDocument(randomFrom(seed));
        const formatted = formatFile(text);
        expect(values(formatted), text).toEqual(values(text));
        expect(formatted.match(/# (?:above|at|end) \w+/g)?.sort() ?? [], text).toEqual([...comments].sort());
        expect(formatFile(formatted), text).toBe(formatted);
      }),
      { numRuns: 2_000 },
    );
  });

  test('has every comment at the node that it is about, before and after', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { text } = writeDocument(randomFrom(seed));
        for (const version of [text, formatFile(text)]) {
          for (const [comment, node] of commentsOf(readLayout(version))) {
            expect(node, `${comment}\n${version}`).toContain(comment.split(' ').at(-1));
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Every comment with the names of the node that has it. An item without a key is called by its text, or first key. */
function commentsOf(entry: Entry, isRoot = true): readonly (readonly [string, readonly string[]])[] {
  const { value } = entry;
  const names = isRoot ? ['root'] : namesOf(entry);
  const own = [...entry.before.map(({ text }) => text), ...(entry.comment === null ? [] : [entry.comment])];
  if (value.type === 'scalar') return own.map((text) => [text, names]);
  const all = [...own, ...value.end.map(({ text }) => text)];
  return [...all.map((text) => [text, names] as const), ...value.entries.flatMap((one) => commentsOf(one, false))];
}

function namesOf({ key, value }: Entry): readonly string[] {
  if (key !== null) return [key];
  if (value.type === 'scalar') return [value.text ?? value.source];
  return value.entries.map((one) => one.key ?? '');
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folders = ['policies', 'test/fixtures', 'test/golden', 'cli/starter'];
const files = folders.flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${folder}/${name}`),
);

describe('every file here without mistakes of form', () => {
  const sound = files.filter((path) => {
    let mistakes = 0;
    readDocuments([{ path, text: readFileSync(root + path, 'utf8') }], () => (mistakes += 1));
    return mistakes === 0;
  });
  test('there are some', () => expect(sound.length).toBeGreaterThan(60));
  test.each(sound)('%s says the same, formatted for good', (path) => {
    const text = readFileSync(root + path, 'utf8');
    const formatted = formatFile(text);
    expect(values(formatted)).toEqual(values(text));
    expect(formatFile(formatted)).toBe(formatted);
  });
});

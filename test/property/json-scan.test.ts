import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonTree } from '../../dataplane/format/json-tree.ts';
import { JsonScanner } from '../../dataplane/json/scanner.ts';
import { ARRAY, FALSE, NONE, NULL, NUMBER, OBJECT, TRUE, type JsonTape } from '../../dataplane/json/tape.ts';
import { stringText } from '../../dataplane/json/text.ts';
import { mutate, randomFrom, writeValue } from './json-text.ts';

const ALL_LEVELS = 100;
const scanner = new JsonScanner();

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/** The value that the tape says stands in the bytes. */
function valueOf(bytes: Buffer, tape: JsonTape, node: number): unknown {
  const children: number[] = [];
  for (let child = node + 1; child < tape.next(node); child = tape.next(child)) children.push(child);
  switch (tape.kind(node)) {
    case OBJECT:
      return Object.fromEntries(
        children.map((child) => [
          stringText(bytes, tape.keyStart(child), tape.keyEnd(child)),
          valueOf(bytes, tape, child),
        ]),
      );
    case ARRAY:
      if (children.some((child) => tape.keyStart(child) !== NONE)) throw new Error('an element has a key');
      return children.map((child) => valueOf(bytes, tape, child));
    case NUMBER:
      return Number(bytes.toString('latin1', tape.start(node), tape.end(node)));
    case TRUE:
      return true;
    case FALSE:
      return false;
    case NULL:
      return null;
    default:
      return stringText(bytes, tape.start(node), tape.end(node));
  }
}

/** Null when the scanner and the references agree about these bytes; otherwise what they say. */
function disagreement(bytes: Buffer): string | null {
  const failure = scanner.scan(bytes, ALL_LEVELS);
  const text = bytes.toString('utf8');
  const reference = isUtf8(bytes) ? parsed(text) : null;
  if (failure === 'bad-utf8') return isUtf8(bytes) ? 'refused as bad UTF-8' : null;
  if (failure === 'bad-json') return reference === null ? null : 'refused, and JSON.parse accepts it';
  if (reference === null && failure === null) return 'accepted, and JSON.parse refuses it';
  const tree = parseJsonTree(text);
  // The stricter reasons can hide one another and bad JSON behind them, so beside them only the other strict reader counts.
  if (failure !== null) return tree.ok ? `refused as ${failure}, and the strict reader accepts it` : null;
  if (!tree.ok) return `accepted, and the strict reader says: ${tree.message}`;
  const value = JSON.stringify(valueOf(bytes, scanner.tape, 0));
  return value === JSON.stringify(reference?.value) ? null : `read as ${value}`;
}

function disagreements(inputs: Iterable<Buffer>): readonly string[] {
  const found: string[] = [];
  for (const bytes of inputs) {
    const said = disagreement(bytes);
    if (said !== null) found.push(`${JSON.stringify(bytes.toString('latin1'))}: ${said}`);
  }
  return found;
}

function* generated(seed: number, count: number): Generator<Buffer> {
  const random = randomFrom(seed);
  for (let index = 0; index < count; index++) yield Buffer.from(writeValue(random, 4));
}

function* mutated(seed: number, count: number): Generator<Buffer> {
  const random = randomFrom(seed);
  for (let index = 0; index < count; index++) {
    let bytes = mutate(random, Buffer.from(writeValue(random, 3)));
    while (random() < 0.2) bytes = mutate(random, bytes);
    yield bytes;
  }
}

const SEEDS = fc.integer({ min: 0, max: 2 ** 31 });

test('40 000 generated texts are accepted or refused as JSON.parse and the strict reader do, and read alike', () => {
  fc.assert(
    fc.property(SEEDS, (seed) => {
      expect(disagreements(generated(seed, 200))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('100 000 mutated texts are accepted or refused as JSON.parse and the strict reader do, and read alike', () => {
  fc.assert(
    fc.property(SEEDS, (seed) => {
      expect(disagreements(mutated(seed, 500))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('values of fast-check are read alike', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(disagreement(Buffer.from(text))).toBeNull();
    }),
    { numRuns: 2_000 },
  );
});

test('any bytes are refused or accepted without a throw', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, (array) => {
      expect(disagreement(Buffer.from(array))).toBeNull();
    }),
    { numRuns: 5_000 },
  );
});

test('many keys are found twice exactly when two are equal', () => {
  const keys = fc.array(fc.string({ unit: 'grapheme', maxLength: 3 }), { minLength: 10, maxLength: 60 });
  fc.assert(
    fc.property(keys, (names) => {
      const text = `{${names.map((name) => `${JSON.stringify(name)}:0`).join()}}`;
      const failure = scanner.scan(Buffer.from(text), ALL_LEVELS);
      expect(failure).toBe(new Set(names).size === names.length ? null : 'duplicate-key');
    }),
  );
});

test('recording fewer levels changes nothing but what is recorded', () => {
  fc.assert(
    fc.property(SEEDS, fc.integer({ min: 1, max: 3 }), (seed, levels) => {
      const bytes = Buffer.from(writeValue(randomFrom(seed), 5));
      const failure = scanner.scan(bytes, ALL_LEVELS);
      const all = new JsonScanner();
      expect(all.scan(bytes, levels)).toBe(failure);
      expect(all.tape.length).toBeLessThanOrEqual(scanner.tape.length);
      if (failure !== null) return;
      for (let node = 0; node < all.tape.length; node++) {
        expect(bytes[all.tape.start(node)]).toBeDefined();
        expect(all.tape.next(node)).toBeGreaterThan(node);
      }
    }),
  );
});

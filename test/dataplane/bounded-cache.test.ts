import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedCache } from '../../dataplane/bounded-cache.ts';

/** The same, as slowly as it can be said: an array, the least recently used first. */
class Model {
  entries: [key: number, value: number][] = [];
  readonly forgotten: number[] = [];
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: number): number | undefined {
    const found = this.entries.find(([other]) => other === key);
    if (found === undefined) return undefined;
    this.entries = [...this.entries.filter((entry) => entry !== found), found];
    return found[1];
  }

  set(key: number, value: number): void {
    this.delete(key);
    this.entries.push([key, value]);
    if (this.entries.length > this.#entriesMax) this.forgotten.push(this.entries.shift()?.[1] ?? -1);
  }

  delete(key: number): void {
    this.entries = this.entries.filter(([other]) => other !== key);
  }
}

test('a full cache forgets what was used least recently, whatever happened before', () => {
  const step = fc.record({ what: fc.constantFrom('get', 'set', 'delete'), key: fc.nat(5), value: fc.nat() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (entriesMax, steps) => {
      const forgotten: number[] = [];
      const cache = new BoundedCache<number, number>(entriesMax, (value) => forgotten.push(value));
      const model = new Model(entriesMax);
      for (const { what, key, value } of steps) {
        if (what === 'get') expect(cache.get(key)).toBe(model.get(key));
        else if (what === 'set') [cache, model].forEach((one) => one.set(key, value));
        else [cache, model].forEach((one) => one.delete(key));
        expect([...cache.values()]).toEqual(model.entries.map((entry) => entry[1]));
        expect(cache.size).toBe(model.entries.length);
      }
      expect(forgotten).toEqual(model.forgotten);
    }),
  );
});

test('what is deleted while its values are looked at does not stop that', () => {
  const cache = new BoundedCache<number, number>(10);
  for (let key = 0; key < 5; key++) cache.set(key, key);
  const seen: number[] = [];
  for (const value of cache.values()) {
    seen.push(value);
    cache.delete(value);
    cache.delete(value + 1);
  }
  expect([seen, cache.size]).toEqual([[0, 1, 2, 3, 4], 0]);
});

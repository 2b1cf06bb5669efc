import { expect, test } from 'vitest';
import { soak } from './soak.ts';

/** What one exchange that is never let go keeps is some thousands; what is remembered within bounds is less than this. */
const HEAP_BYTES_PER_EXCHANGE_MAX = 1_000;

test('thousands of exchanges of every kind leave nothing behind, and each is recorded', async () => {
  const { samples, records, expected } = await soak(4_000, 2, () => undefined);
  expect(records).toBe(expected);
  const [warm, end] = samples;
  if (warm === undefined || end === undefined) throw new Error('there are two samples');
  const nothing = { requests: 0, streams: 0, parked: 0, questions: 0, cancellable: 0 };
  for (const { underWay, connections } of samples) expect([underWay, connections]).toEqual([nothing, 0]);
  // One program for each session, and those of a few sessions before.
  expect(end.children).toBeLessThanOrEqual(warm.children + 12);
  expect(end.descriptors).toBeLessThanOrEqual(warm.descriptors + 40);
  expect((end.heapBytes - warm.heapBytes) / (end.exchanges - warm.exchanges)).toBeLessThan(HEAP_BYTES_PER_EXCHANGE_MAX);
}, 240_000);

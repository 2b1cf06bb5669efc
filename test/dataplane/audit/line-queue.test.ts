import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineQueue } from '../../../dataplane/audit/line-queue.ts';

/** Of various lengths, so that a short line could slip in where a longer one waits. */
const line = (id: number, pad = 0): string => JSON.stringify({ id, pad: 'x'.repeat(pad) });

/** What a sink would have written: ids, and how many were said to be lost before each. */
function read(text: string): { readonly id: number; readonly dropped: number }[] {
  const lines = text.split('\n').filter((part) => part !== '');
  return lines.map((part) => {
    const { id, dropped = 0 } = JSON.parse(part) as { id: number; dropped?: number };
    return { id, dropped };
  });
}

/** What the queue gives out, as text. */
const take = (queue: LineQueue, bytesMax: number): string => queue.take(bytesMax)?.bytes.toString() ?? '';

function offerOrGiveUp(queue: LineQueue, text: string): void {
  if (!queue.offer(text)) queue.giveUp(text);
}

test('lines come out in order, in batches of whole lines', () => {
  const queue = new LineQueue({ linesMax: 10, bytesMax: 1_000 });
  for (let id = 0; id < 5; id++) expect(queue.offer(line(id))).toBe(true);
  expect(queue.take(40)).toEqual({ bytes: Buffer.from(`${line(0)}\n${line(1)}\n`), lines: 2 });
  expect(queue.take(1)).toEqual({ bytes: Buffer.from(`${line(2)}\n`), lines: 1 });
  expect(queue.take(1_000)).toEqual({ bytes: Buffer.from(`${line(3)}\n${line(4)}\n`), lines: 2 });
  expect(queue.take(1_000)).toBeNull();
});

test('the record after a gap says how many are missing', () => {
  const queue = new LineQueue({ linesMax: 2, bytesMax: 1_000 });
  for (let id = 0; id < 6; id++) offerOrGiveUp(queue, line(id));
  expect(queue.length).toBe(3);
  expect(read(take(queue, 1_000) + take(queue, 1_000))).toEqual([
    { id: 0, dropped: 0 },
    { id: 1, dropped: 0 },
    { id: 5, dropped: 3 },
  ]);
  expect(queue.lost).toBe(3);
});

test('a single record that found no room is late, not lost', () => {
  const queue = new LineQueue({ linesMax: 1, bytesMax: 1_000 });
  for (let id = 0; id < 2; id++) offerOrGiveUp(queue, line(id));
  expect(read(take(queue, 1_000) + take(queue, 1_000)).map(({ id }) => id)).toEqual([0, 1]);
  expect(queue.lost).toBe(0);
});

test('size is a bound as well, and one line always fits', () => {
  const queue = new LineQueue({ linesMax: 10, bytesMax: 4 });
  expect([queue.offer(line(1)), queue.offer(line(2))]).toEqual([true, false]);
});

test('whatever comes and goes, records stay in order, each is written or counted, and gaps are marked exactly', () => {
  const steps = fc.array(fc.record({ offer: fc.boolean(), size: fc.nat(60) }), { maxLength: 200 });
  fc.assert(
    fc.property(
      steps,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 200 }),
      (script, linesMax, bytesMax) => {
        const queue = new LineQueue({ linesMax, bytesMax });
        let offered = 0;
        let text = '';
        for (const { offer, size } of script) {
          if (offer) offerOrGiveUp(queue, line(offered++, size));
          else text += take(queue, size);
        }
        for (let more = take(queue, 1); more !== ''; more = take(queue, 1)) text += more;
        let expected = 0;
        for (const { id, dropped } of read(text)) {
          expect(id).toBe(expected + dropped);
          expected = id + 1;
        }
        expect(expected).toBe(offered);
        expect(read(text).length + queue.lost).toBe(offered);
      },
    ),
  );
});

test('a short record does not overtake a longer one that waits for room', () => {
  const queue = new LineQueue({ linesMax: 10, bytesMax: 100 });
  expect([queue.offer(line(0, 50)), queue.offer(line(1, 50))]).toEqual([true, false]);
  queue.giveUp(line(1, 50));
  expect(queue.offer(line(2))).toBe(false);
});

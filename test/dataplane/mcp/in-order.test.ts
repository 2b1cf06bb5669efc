import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SCREENING_FULL_BYTES, SCREENING_FULL_MESSAGES, SCREENING_MESSAGES_MAX } from '../../../dataplane/limits.ts';
import { InOrder } from '../../../dataplane/mcp/in-order.ts';

/** Work that waits until the test lets it go. */
class Held {
  readonly done: Promise<void>;
  #release: () => void = () => undefined;
  #refuse: (problem: unknown) => void = () => undefined;

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.#release = resolve;
      this.#refuse = reject;
    });
  }

  release(): void {
    this.#release();
  }

  refuse(problem: unknown): void {
    this.#refuse(problem);
  }
}

interface Seen {
  readonly order: InOrder;
  readonly done: string[];
  readonly broken: unknown[];
  rooms: number;
}

function begin(): Seen {
  const seen: Seen = {
    order: new InOrder({
      broken: (problem) => void seen.broken.push(problem),
      hasRoom: () => void seen.rooms++,
    }),
    done: [],
    broken: [],
    rooms: 0,
  };
  return seen;
}

/** Everything that a promise that is kept already leads to has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('work that may have to wait', () => {
  test('is done at once as long as none waits', () => {
    const { order, done } = begin();
    order.add(() => void done.push('a'), 0);
    order.add(() => void done.push('b'), 0);
    expect(done).toEqual(['a', 'b']);
  });

  test('comes after the work before it, however long that takes', async () => {
    const { order, done } = begin();
    const first = new Held();
    const second = new Held();
    order.add(() => first.done.then(() => void done.push('a')), 0);
    order.add(() => second.done.then(() => void done.push('b')), 0);
    order.add(() => void done.push('c'), 0);
    second.release();
    await settled();
    expect(done).toEqual([]);
    first.release();
    await settled();
    expect(done).toEqual(['a', 'b', 'c']);
  });

  test('comes after what waits when it is added by work that is being done', async () => {
    const { order, done } = begin();
    const first = new Held();
    order.add(() => first.done, 0);
    order.add(() => void order.add(() => void done.push('later'), 0), 0);
    order.add(() => void done.push('before'), 0);
    first.release();
    await settled();
    expect(done).toEqual(['before', 'later']);
  });

  test('is done when the work before it failed, now or later, and whose fault that is is told', async () => {
    const { order, done, broken } = begin();
    const first = new Held();
    order.add(() => first.done, 0);
    order.add(() => {
      throw new Error('second');
    }, 0);
    order.add(() => void done.push('third'), 0);
    first.refuse(new Error('first'));
    await settled();
    expect(done).toEqual(['third']);
    expect(broken).toEqual([new Error('first'), new Error('second')]);
  });

  test('is not done any more once all is over', async () => {
    const { order, done } = begin();
    const first = new Held();
    order.add(() => first.done, 0);
    order.add(() => void done.push('b'), 0);
    order.close();
    first.release();
    await settled();
    expect([order.add(() => void done.push('c'), 0), done]).toEqual([true, []]);
  });
});

test('whatever takes how long, and whatever is added when, work is done in the order in which it was added', async () => {
  const piece = fc.record({ turns: fc.integer({ min: 0, max: 3 }), fails: fc.boolean(), pause: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const { order, done, broken } = begin();
      for (const [at, { turns, fails, pause }] of pieces.entries()) {
        const finish = (): void => {
          done.push(String(at));
          if (fails) throw new Error(String(at));
        };
        const later = async (): Promise<void> => {
          for (let turn = 0; turn < turns; turn++) await settled();
          finish();
        };
        order.add(turns === 0 ? finish : later, 1);
        if (pause) await settled();
      }
      while (done.length < pieces.length) await settled();
      expect(done).toEqual(pieces.map((_piece, at) => String(at)));
      expect(broken).toHaveLength(pieces.filter(({ fails }) => fails).length);
      expect(order.bytes).toBe(0);
    }),
  );
});

describe('much work that waits', () => {
  const cases: readonly (readonly [name: string, pieces: number, bytes: number, isFull: boolean])[] = [
    ['is little', SCREENING_FULL_MESSAGES - 1, 1, false],
    ['is many messages', SCREENING_FULL_MESSAGES, 1, true],
    ['is one message that is large', 1, SCREENING_FULL_BYTES, true],
    ['is one message that is not so large', 1, SCREENING_FULL_BYTES - 1, false],
  ];
  test.each(cases)('%s', async (_name, pieces, bytes, isFull) => {
    const seen = begin();
    const first = new Held();
    seen.order.add(() => first.done, SCREENING_FULL_BYTES);
    for (let piece = 0; piece < pieces; piece++) seen.order.add(() => undefined, bytes);
    expect(seen.order.isFull).toBe(isFull);
    first.release();
    await settled();
    expect([seen.order.isFull, seen.rooms]).toEqual([false, isFull ? 1 : 0]);
  });

  test('is bounded', () => {
    const { order } = begin();
    order.add(() => new Held().done, 0);
    for (let piece = 0; piece < SCREENING_MESSAGES_MAX; piece++) expect(order.add(() => undefined, 0)).toBe(true);
    expect(order.add(() => undefined, 0)).toBe(false);
  });
});

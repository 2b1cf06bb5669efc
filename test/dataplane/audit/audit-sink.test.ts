import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { AuditSink } from '../../../dataplane/audit/audit-sink.ts';
import type { LineTarget } from '../../../dataplane/audit/sink-file.ts';

const BOUNDS = { linesMax: 1_000, bytesMax: 1_000_000 };

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** A disk that takes a few bytes at a time, as often as its script says, and fails in between. */
class Disk implements LineTarget {
  text = '';
  readonly #script: (number | string)[];

  constructor(script: readonly (number | string)[]) {
    this.#script = [...script];
  }

  async write(bytes: Buffer, offset: number): Promise<number> {
    await new Promise(setImmediate);
    const step = this.#script.shift() ?? bytes.length;
    if (typeof step === 'string') throw failure(step);
    const part = bytes.subarray(offset, offset + step);
    this.text += part.toString('latin1');
    return part.length;
  }

  async close(): Promise<void> {}
}

test('however little is written at a time, and whatever fails in between, every byte arrives once', async () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant('EAGAIN')), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(20), async (script, count) => {
      const disk = new Disk(script);
      const sink = await AuditSink.open('disk', BOUNDS, async () => disk);
      const lines = Array.from({ length: count }, (_, at) => JSON.stringify({ at }));
      for (const line of lines) sink.push(line);
      await sink.drained();
      expect(disk.text).toBe(lines.map((line) => `${line}\n`).join(''));
    }),
    { numRuns: 50 },
  );
});

test('a record that was half written when its file was replaced is whole in the new one', async () => {
  const disks = [new Disk([15, 'ENOSPC']), new Disk([])];
  const opened: Disk[] = [];
  const sink = await AuditSink.open('disk', BOUNDS, async () => {
    const disk = disks[opened.length];
    if (disk === undefined) throw failure('ENOENT');
    opened.push(disk);
    return disk;
  });
  for (let at = 0; at < 3; at++) sink.push(JSON.stringify({ at }));
  await vi.waitFor(() => expect(sink.status.failure).toBe('ENOSPC'));
  expect(await sink.reopen()).toBe(true);
  await sink.drained();
  expect(disks.map(({ text }) => text)).toEqual(['{"at":0}\n{"at":', '{"at":1}\n{"at":2}\n']);
});

test('a descriptor that has gone bad is replaced without being asked', async () => {
  const disks = [new Disk(['EBADF']), new Disk([])];
  let opened = 0;
  const sink = await AuditSink.open('disk', BOUNDS, async () => disks[opened++] ?? new Disk([]));
  sink.push('{}');
  await sink.drained();
  expect([opened, disks[1]?.text]).toEqual([2, '{}\n']);
  expect(sink.status).toMatchObject({ failures: 1, failure: null });
});

import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAuditLog, type AuditLog } from '../../../dataplane/audit/audit-log.ts';
import type { AuditRecord } from '../../../schemas/types/audit.ts';
import { record } from './record.ts';

let folder: string;
let path: string;
const logs: AuditLog[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-audit-'));
  path = join(folder, 'audit.jsonl');
});

afterEach(async () => {
  for (const log of logs.splice(0)) await log.close(50);
  await rm(folder, { recursive: true });
});

async function openLog(
  files: readonly string[],
  more: { onFull?: 'drop' | 'block'; linesMax?: number } = {},
): Promise<AuditLog> {
  const sinks = files.map((file) => ({ file }));
  const bounds = { linesMax: more.linesMax ?? 100_000, bytesMax: 100_000_000 };
  const opened = await openAuditLog({ sinks, onFull: more.onFull ?? 'drop' }, bounds);
  if (!opened.ok) throw new Error(`${opened.file}: ${opened.code}`);
  logs.push(opened.log);
  return opened.log;
}

function parse(text: string): AuditRecord[] {
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as AuditRecord);
}

const idsIn = async (file: string): Promise<string[]> => parse(await readFile(file, 'utf8')).map(({ id }) => id);

const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => String(from + at));

const write = (log: AuditLog, ids: readonly string[]): void => {
  for (const id of ids) expect(log.write(record(id))).toBeNull();
};

describe('a file', () => {
  test('gets every record, in order, one per line, and is its owner’s alone', async () => {
    const log = await openLog([path]);
    write(log, numbers(5_000));
    expect(await log.flush()).toBe(true);
    expect(await idsIn(path)).toEqual(numbers(5_000));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(log.status()).toEqual([{ file: path, written: 5_000, queued: 0, dropped: 0, failures: 0, failure: null }]);
  });

  test('is appended to', async () => {
    await writeFile(path, '{"id":"before"}\n');
    const log = await openLog([path]);
    write(log, ['after']);
    await log.close();
    expect(await idsIn(path)).toEqual(['before', 'after']);
  });

  test('that a crash left with half a line loses only that half', async () => {
    await writeFile(path, '{"id":"before"}\n{"id":"to');
    const log = await openLog([path]);
    write(log, ['after']);
    await log.close();
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines.slice(0, 2)).toEqual(['{"id":"before"}', '{"id":"to']);
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ id: 'after' });
  });

  test('is flushed on closing, and takes nothing after', async () => {
    const log = await openLog([path]);
    write(log, numbers(100));
    expect(await log.close()).toBe(true);
    expect(log.write(record('late'))).toBeNull();
    expect(await idsIn(path)).toEqual(numbers(100));
    expect(log.status()[0]?.dropped).toBe(1);
  });

  test('holds hostile names on one line each', async () => {
    const log = await openLog([path]);
    const hostile = ['\n{"id":"forged"}\n', '\r\n', '\u2028', '"},{"id":"x', '\u001b[1A', '\ud800'];
    for (const tool of hostile) expect(log.write(record('a', { tool }))).toBeNull();
    await log.close();
    expect(await idsIn(path)).toEqual(hostile.map(() => 'a'));
  });

  test('that cannot be opened is reported at start', async () => {
    expect(await openAuditLog({ sinks: [{ file: path }, { file: folder }] })).toEqual({
      ok: false,
      file: folder,
      code: 'EISDIR',
    });
    expect(await openAuditLog({ sinks: [{ file: join(folder, 'no', 'such') }] })).toMatchObject({
      ok: false,
      code: 'ENOENT',
    });
  });
});

describe('rotation', () => {
  test('goes on in a new file, without losing or repeating a record', async () => {
    const log = await openLog([path]);
    write(log, numbers(1_000));
    await rename(path, `${path}.1`);
    write(log, numbers(1_000, 1_000));
    expect(await log.reopen()).toEqual([]);
    write(log, numbers(1_000, 2_000));
    await log.close();
    expect([...(await idsIn(`${path}.1`)), ...(await idsIn(path))]).toEqual(numbers(3_000));
  });

  test('keeps the old file when the new one cannot be opened', async () => {
    const log = await openLog([path]);
    write(log, ['one']);
    await rename(path, `${path}.1`);
    await mkdir(path);
    expect(await log.reopen()).toEqual([path]);
    expect(log.status()[0]).toMatchObject({ failures: 1, failure: 'EISDIR' });
    write(log, ['two']);
    await log.flush();
    expect(await idsIn(`${path}.1`)).toEqual(['one', 'two']);
  });
});

/** `/dev/full` and FIFOs: disks and readers at their worst, without a mock. */
const onLinux = describe.skipIf(process.platform !== 'linux');

onLinux('a sink that fails', () => {
  test('a full disk loses nothing that is queued, and is told in the status', async () => {
    await symlink('/dev/full', path);
    const log = await openLog([path]);
    write(log, numbers(10));
    await vi.waitFor(() => expect(log.status()[0]).toMatchObject({ failure: 'ENOSPC', queued: 10, written: 0 }));
    await rm(path);
    expect(await log.reopen()).toEqual([]);
    expect(await log.flush()).toBe(true);
    expect(await idsIn(path)).toEqual(numbers(10));
    expect(log.status()[0]).toMatchObject({ failure: null, queued: 0, written: 10, dropped: 0 });
  });

  test('one that fails does not hold up the other', async () => {
    await symlink('/dev/full', path);
    const good = join(folder, 'good.jsonl');
    const log = await openLog([path, good]);
    write(log, numbers(10));
    await vi.waitFor(async () => expect(await idsIn(good)).toEqual(numbers(10)));
    expect(await log.flush(50)).toBe(false);
  });

  test('one that is never well again does not keep the process from closing', async () => {
    await symlink('/dev/full', path);
    const log = await openLog([path]);
    write(log, ['one']);
    expect(await log.close(50)).toBe(false);
  });
});

const MAKE_PIPE = 'mkfifo';

/** A pipe that nobody reads takes 64 kB and then makes its writer wait: the slowest sink there is. */
async function openPipe(): Promise<{
  readAll(until: (text: string) => boolean): Promise<string>;
  close(): Promise<void>;
}> {
  execFileSync(MAKE_PIPE, [path]);
  await chmod(path, 0o600);
  const reader = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
  let text = '';
  return {
    async readAll(until) {
      while (!until(text)) {
        const chunk = await reader.read(Buffer.alloc(65_536), 0, 65_536, null).catch(() => null);
        if (chunk === null) await new Promise((resolve) => setTimeout(resolve, 5));
        else text += chunk.buffer.toString('utf8', 0, chunk.bytesRead);
      }
      return text;
    },
    close: () => reader.close(),
  };
}

const lastId = (text: string): string => (text.endsWith('\n') ? (parse(text).at(-1)?.id ?? '') : '');

onLinux('a sink that is slow', () => {
  test('with drop: requests go on, the loss is counted, and the log says where the gap is and how wide', async () => {
    const pipe = await openPipe();
    const log = await openLog([path], { linesMax: 100 });
    for (let at = 0; at < 20; at++) {
      write(log, numbers(100, at * 100));
      await new Promise(setImmediate);
    }
    write(log, ['last']);
    const records = parse(await pipe.readAll((text) => lastId(text) === 'last'));
    const dropped = log.status()[0]?.dropped ?? 0;
    expect(dropped).toBeGreaterThan(0);
    expect(records.length + dropped).toBe(2_001);
    expect(records.reduce((sum, { dropped: lost }) => sum + (lost ?? 0), 0)).toBe(dropped);
    let expected = 0;
    for (const { id, dropped: lost } of records.slice(0, -1)) {
      expect(Number(id)).toBe(expected + (lost ?? 0));
      expected = Number(id) + 1;
    }
    await log.flush();
    await pipe.close();
  });

  test('with block: requests wait until there is room, and nothing is lost', async () => {
    const pipe = await openPipe();
    const log = await openLog([path], { linesMax: 100, onFull: 'block' });
    const waits = numbers(2_000).map((id) => log.write(record(id)));
    expect(waits.some((wait) => wait === null)).toBe(true);
    expect(waits.some((wait) => wait !== null)).toBe(true);
    const text = await pipe.readAll((read) => lastId(read) === '1999');
    expect(parse(text).map(({ id }) => id)).toEqual(numbers(2_000));
    for (const wait of waits) expect(await wait).not.toBe(false);
    expect(log.status()[0]).toMatchObject({ dropped: 0 });
    await pipe.close();
  });

  test('with block: closing tells those who wait that their record is not written', async () => {
    const pipe = await openPipe();
    const log = await openLog([path], { linesMax: 1, onFull: 'block' });
    const waits = numbers(1_000).map((id) => log.write(record(id)));
    expect(await log.close(50)).toBe(false);
    expect(await waits.at(-1)).toBe(false);
    expect(await log.write(record('late'))).toBe(false);
    await pipe.readAll((text) => text.length > 0);
    await pipe.close();
  });
});

test('stdout is a sink', () => {
  const script = `
    import { openAuditLog } from './dataplane/audit/audit-log.ts';
    import { record } from './test/dataplane/audit/record.ts';
    const opened = await openAuditLog(undefined);
    for (let at = 0; at < 1000; at++) opened.log.write(record(String(at)));
    await opened.log.close();
  `;
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: new URL('../../..', import.meta.url),
    encoding: 'utf8',
    maxBuffer: 10_000_000,
  });
  expect(parse(text).map(({ id }) => id)).toEqual(numbers(1_000));
});

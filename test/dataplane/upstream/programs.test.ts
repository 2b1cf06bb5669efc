import { expect, test } from 'vitest';
import { openChannels } from '../../../dataplane/upstream/open-channels.ts';
import { LineReader } from '../../../dataplane/upstream/stdio/line-reader.ts';
import { findUser, type UserIds } from '../../../dataplane/upstream/stdio/find-user.ts';
import { ProgramLog } from '../../../dataplane/upstream/stdio/program-log.ts';
import { buildPrograms } from '../../../dataplane/upstream/stdio/program.ts';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nmcp:x:997:996::/:/usr/sbin/nologin\nodd:x::\nsmall\n';

const USERS: readonly [name: string, user: string, ids: UserIds | null][] = [
  ['a name is looked up', 'mcp', { uid: 997, gid: 996 }],
  ['numbers are taken as they are', '1001:1002', { uid: 1001, gid: 1002 }],
  ['an unknown name is none', 'nobody', null],
  ['an entry without numbers is none', 'odd', null],
  ['an entry without fields is none', 'small', null],
  ['a number alone is no user', '1001', null],
  ['half a pair of numbers is none', '1001:', null],
  ['more than a pair of numbers is none', '0:0:0', null],
  ['a number that no user has is none', '4294967295:1', null],
];
test.each(USERS)('user: %s', (_name, user, ids) => {
  expect(findUser(user, PASSWD)).toEqual(ids);
});

const MACHINES: readonly [name: string, uid: number, user: string, outcome: UserIds | null | string][] = [
  ['root runs a program as another user', 0, 'mcp', { uid: 997, gid: 996 }],
  ['anybody runs a program as himself', 997, 'mcp', null],
  ['nobody else runs a program as another user', 1000, 'mcp', 'stdio.files.user: only root can run a program as mcp'],
  ['a user that nobody knows is refused', 0, 'ghost', 'stdio.files.user: ghost is neither in /etc/passwd nor UID:GID'],
];
test.each(MACHINES)('%s', (_name, uid, user, outcome) => {
  const built = buildPrograms(
    { files: { run: ['/bin/true'], user } },
    { uid, gid: uid === 997 ? 996 : uid, passwd: PASSWD },
  );
  expect(built.ok ? built.programs.get('files')?.user : built.problem).toEqual(outcome);
});

test('lines are the same wherever the bytes are cut, and their ends are not part of them', () => {
  const text = Buffer.from('{"a":1}\r\n\n  \nß\r\n{"b":2}\nrest');
  for (let cut = 0; cut <= text.length; cut++) {
    const reader = new LineReader(64);
    const pieces = [text.subarray(0, cut), text.subarray(cut)].map((piece) => reader.push(piece));
    expect(pieces.flatMap((read) => (read.ok ? read.lines.map(String) : ['?']))).toEqual([
      '{"a":1}',
      '  ',
      'ß',
      '{"b":2}',
    ]);
  }
});

test('a line that is longer than it may be ends the reading, complete or not', () => {
  for (const text of ['12345\n', '12345', '1\n12345678']) {
    const reader = new LineReader(4);
    expect(reader.push(Buffer.from(text))).toEqual({ ok: false, reason: 'line-too-long' });
    expect(reader.push(Buffer.from('1\n'))).toEqual({ ok: false, reason: 'line-too-long' });
  }
  const reader = new LineReader(4);
  reader.push(Buffer.from('123'));
  expect(reader.push(Buffer.from('45\n')).ok).toBe(false);
});

test('a log says how many lines it left out, once the time for them is over', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const log = new ProgramLog(
    'p',
    (line) => lines.push(line),
    () => nowMs,
  );
  for (let at = 0; at < 100; at++) log.write('1', `line ${at}`);
  nowMs = 60_000;
  log.write('1', 'later');
  expect(lines.length).toBe(62);
  expect(lines.slice(-2)).toEqual(['stdio p: 40 more lines were left out', 'stdio p 1: later']);
});

test('a line without end is logged in parts that are cut off', () => {
  const lines: string[] = [];
  const read = new ProgramLog(
    'p',
    (line) => lines.push(line),
    () => 0,
  ).reader('1');
  for (let at = 0; at < 10; at++) read(Buffer.from('x'.repeat(1_000)));
  read(Buffer.from('\nend\n'));
  expect(lines.at(-1)).toBe('stdio p 1: end');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(540);
});

test('a proxy whose program cannot run as it should does not start', async () => {
  const surroundings = { environment: {}, log: () => undefined, report: () => undefined };
  const opened = await openChannels(
    { stdio: { files: { run: ['/bin/true'], user: 'no-such-user' } } },
    [],
    surroundings,
  );
  expect(opened).toEqual({
    ok: false,
    problem: 'stdio.files.user: no-such-user is neither in /etc/passwd nor UID:GID',
  });
});

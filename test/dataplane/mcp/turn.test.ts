import { describe, expect, test } from 'vitest';
import type { Exchange, Header } from '../../../dataplane/http/exchange.ts';
import { RequestHeaders } from '../../../dataplane/http/request-headers.ts';
import { RequestRecord } from '../../../dataplane/mcp/request-record.ts';
import { Turn } from '../../../dataplane/mcp/turn.ts';
import type { AuditRecord } from '../../../schemas/types/audit.ts';

interface Sent {
  readonly log: string[];
  readonly records: AuditRecord[];
  readonly turn: Turn;
}

/** A turn whose exchange writes down what it is told to send, in front of a log that answers as told. */
function newTurn(recorded: Promise<boolean> | null = null): Sent {
  const log: string[] = [];
  const records: AuditRecord[] = [];
  const exchange: Exchange = {
    method: 'POST',
    path: '/mcp',
    query: '',
    headers: new RequestHeaders([]),
    peer: '127.0.0.1',
    readBody: () => Promise.resolve({ ok: true, body: Buffer.alloc(0) }),
    answer: (status: number, _headers: readonly Header[], body) =>
      void log.push(`${status} ${body === null ? '' : [body].flat().join('')}`),
    open: (status) => void log.push(`open ${status}`),
    write: (piece) => {
      log.push(piece.toString().trimEnd());
      return true;
    },
    end: () => void log.push('end'),
    cut: () => void log.push('cut'),
    onClose: () => undefined,
    onDrain: () => undefined,
  };
  const writer = {
    write: (record: AuditRecord): Promise<boolean> | null => {
      records.push(record);
      return recorded;
    },
  };
  const origin = { workspace: 'acme', environment: 'test', channel: 'main' };
  const turn = new Turn(exchange, new RequestRecord('r1', 0, 5), writer, origin, () => 12);
  turn.id = Buffer.from('1');
  return { log, records, turn };
}

describe('a turn', () => {
  test('ends once, with one record, whatever is said after that', () => {
    const { log, records, turn } = newTurn();
    turn.record.outcome = 'ok';
    turn.result('{}');
    turn.refuse('internal');
    turn.message(Buffer.from('{}'));
    turn.answer(202, [], null);
    turn.cancel(true);
    expect(log).toEqual(['200 {"jsonrpc":"2.0","id":1,"result":{}}']);
    expect(records).toMatchObject([{ id: 'r1', outcome: 'ok', status: 200, durationMs: 7, responseBytes: 36 }]);
  });

  test('is recorded before it is answered', async () => {
    let settle: (recorded: boolean) => void = () => undefined;
    const { log, records, turn } = newTurn(new Promise((resolve) => (settle = resolve)));
    turn.result('{}');
    expect([records.length, log.length]).toEqual([1, 0]);
    settle(true);
    await expect.poll(() => log).toEqual(['200 {"jsonrpc":"2.0","id":1,"result":{}}']);
  });

  test('that cannot be recorded is refused', async () => {
    const { log, turn } = newTurn(Promise.resolve(false));
    turn.result('{"secret":1}');
    await expect
      .poll(() => log)
      .toEqual([
        '503 {"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"the gateway cannot record requests at the moment"}}',
      ]);
  });

  test('that cannot be recorded keeps its last message back, when it is a stream already', async () => {
    const { log, turn } = newTurn(Promise.resolve(false));
    turn.stream();
    turn.event(Buffer.from('{"a":1}'));
    turn.message(Buffer.from('{"secret":1}'));
    await expect.poll(() => log.at(-1)).toBe('end');
    expect(log.slice(0, 2)).toEqual(['open 200', 'data: {"a":1}']);
    expect(log[2]).toContain('cannot record');
    expect(log.join()).not.toContain('secret');
  });

  test('that fails inside a stream says so in the stream', () => {
    const { log, records, turn } = newTurn();
    turn.stream();
    turn.refuse('upstream-truncated', { subject: 'server docs' });
    expect(log).toEqual([
      'open 200',
      'data: {"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"server docs stopped in the middle of its answer"}}',
      'end',
    ]);
    expect(records).toMatchObject([{ outcome: 'error', error: 'upstream-truncated', status: 200 }]);
  });

  test('without a readable id answers without one', () => {
    const { log, turn } = newTurn();
    turn.id = null;
    turn.refuse('bad-json');
    expect(log).toEqual(['400 {"jsonrpc":"2.0","error":{"code":-32700,"message":"the body is not JSON"}}']);
  });
});

import { expect, test } from 'vitest';
import { RequestHeaders } from '../../../dataplane/http/request-headers.ts';
import { Upstreams } from '../../../dataplane/http/upstream.ts';
import { Identifier } from '../../../dataplane/identity/identify.ts';
import { buildDoor } from '../../../dataplane/mcp/door-checks.ts';
import { FrontDoor } from '../../../dataplane/mcp/front-door.ts';
import type { Exchange } from '../../../dataplane/http/exchange.ts';
import { ClientRequests } from '../../../dataplane/mcp/client-requests.ts';
import { AskingCalls } from '../../../dataplane/mcp/asking-calls.ts';
import { Parks } from '../../../dataplane/mcp/parks.ts';
import { ClientStreams } from '../../../dataplane/mcp/streams/client-streams.ts';
import { serverQuestion } from '../../../dataplane/mcp/streams/server-question.ts';
import { InFlight } from '../../../dataplane/mcp/in-flight.ts';
import { RequestRecord } from '../../../dataplane/mcp/request-record.ts';
import { buildKeyRing } from '../../../dataplane/mcp/seal.ts';
import { Turn } from '../../../dataplane/mcp/turn.ts';
import { UpstreamHealth } from '../../../dataplane/mcp/upstream-health.ts';
import { Channels } from '../../../dataplane/upstream/channels.ts';
import { NO_PEERS } from '../../../dataplane/workers/peers.ts';
import type { AuditRecord } from '../../../schemas/types/audit.ts';

test('a mistake of our own ends one request, recorded, and nothing else', async () => {
  const reported: unknown[] = [];
  const records: AuditRecord[] = [];
  const sent: string[] = [];
  const report = (problem: unknown): void => void reported.push(problem);
  const built = buildKeyRing([Buffer.alloc(32, 1)]);
  if (!built.ok) throw new Error(built.reason);
  const upstreams = new Upstreams();
  const clientRequests = new ClientRequests(built.ring, 'p');
  const clientStreams = new ClientStreams({
    renew: () => Promise.resolve(null),
    open: () => Promise.resolve(null),
    forgetResources: () => undefined,
    question: serverQuestion(clientRequests),
    report,
  });
  const exchange: Exchange = {
    method: 'POST',
    path: '/mcp',
    query: '',
    headers: new RequestHeaders(['host', 'localhost']),
    peer: '127.0.0.1',
    readBody: () => Promise.resolve({ ok: true, body: Buffer.alloc(0) }),
    answer: (status, _headers, body) => void sent.push(`${status} ${String(body)}`),
    open: () => undefined,
    write: () => true,
    end: () => undefined,
    cut: () => undefined,
    onClose: () => undefined,
    onDrain: () => undefined,
  };
  const channels = new Channels({ upstreams, report });
  const door = new FrontDoor({
    door: buildDoor({ address: '127.0.0.1:0' }),
    services: {
      ring: built.ring,
      credentials: () => {
        throw new Error('not reached');
      },
      channels,
      clientRequests,
      clientStreams,
      parks: new Parks(),
      askingCalls: new AskingCalls(() => Promise.resolve(null), report),
      process: 'p',
      peers: NO_PEERS,
      inFlight: new InFlight(),
      health: new UpstreamHealth(),
      report,
    },
    identifier: new Identifier({ jwks: {}, egress: [], tokenAgeMaxMs: null }),
    current: () => {
      throw new Error('an invariant does not hold');
    },
    clock: Date.now,
    turnOf: (asked) =>
      new Turn(
        asked,
        new RequestRecord('r', 0, 0),
        { write: (record) => (records.push(record), null) },
        { workspace: 'acme', environment: 'test', channel: 'main' },
        () => 1,
      ),
  });
  await door.answer(exchange);
  expect(sent).toEqual(['500 {"jsonrpc":"2.0","error":{"code":-32603,"message":"the gateway failed"}}']);
  expect(records).toMatchObject([{ error: 'internal', outcome: 'error', status: 500 }]);
  expect(reported).toHaveLength(1);
  clientStreams.close();
  await channels.close();
  await upstreams.close();
});

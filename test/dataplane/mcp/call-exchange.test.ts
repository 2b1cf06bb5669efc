import { expect, test } from 'vitest';
import type { RuleSet } from '../../../dataplane/content/index.ts';
import type { Exchange } from '../../../dataplane/http/exchange.ts';
import { RequestHeaders } from '../../../dataplane/http/request-headers.ts';
import { AskingCalls } from '../../../dataplane/mcp/asking-calls.ts';
import { CallExchange } from '../../../dataplane/mcp/call-exchange.ts';
import type { CallPlan } from '../../../dataplane/mcp/call-plan.ts';
import { NOTHING } from '../../../dataplane/mcp/client-capabilities.ts';
import { InFlight } from '../../../dataplane/mcp/in-flight.ts';
import type { McpRequest, Services } from '../../../dataplane/mcp/mcp-request.ts';
import { RequestRecord } from '../../../dataplane/mcp/request-record.ts';
import { scanRequest } from '../../../dataplane/mcp/scan.ts';
import { Turn } from '../../../dataplane/mcp/turn.ts';
import { UpstreamHealth } from '../../../dataplane/mcp/upstream-health.ts';
import type { Channel, ChannelReceiver } from '../../../dataplane/upstream/channel.ts';
import type { AuditRecord } from '../../../schemas/types/audit.ts';

const BODY = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}');
const ANSWER = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}');

/** What only holds data for the exchange: the parts that it does not look at are not there. */
const made = <Whole>(parts: Partial<Record<keyof Whole, unknown>>): Whole => parts as Whole;

/** A call at a channel that answers when told, with content rules that do not work. */
function newCall(session: { readonly id: string } | null) {
  const sent: string[] = [];
  const records: AuditRecord[] = [];
  const reported: unknown[] = [];
  const receivers: ChannelReceiver[] = [];
  const inFlight = new InFlight();
  const exchange = made<Exchange>({
    headers: new RequestHeaders([]),
    answer: (status: number, _headers: unknown, body: unknown) => void sent.push(`${status} ${String(body)}`),
    onClose: () => undefined,
    onDrain: () => undefined,
  });
  const writer = { write: (record: AuditRecord) => (records.push(record), null) };
  const origin = { workspace: 'acme', environment: 'test', channel: 'main' };
  const turn = new Turn(exchange, new RequestRecord('r', 0, 0), writer, origin, () => 1);
  turn.id = Buffer.from('1');
  const scanned = scanRequest(BODY);
  if (!scanned.ok) throw new Error(scanned.reason);
  const snapshot = { bundle: { catalog: { servers: [] } } };
  const era = session === null ? 'modern' : 'legacy';
  const { message } = scanned;
  const request = made<McpRequest>({ turn, snapshot, era, session, capabilities: NOTHING, body: BODY, message });
  const call = { pause: () => undefined, resume: () => undefined, cancel: () => undefined, finish: () => undefined };
  const channel = made<Channel>({
    era: 'modern',
    protocolVersion: '2026-07-28',
    multiplexed: false,
    send: (_request: unknown, receiver: ChannelReceiver) => (receivers.push(receiver), call),
    resume: () => null,
  });
  const toClient = made<RuleSet>({
    external: [],
    get empty(): boolean {
      throw new Error('an invariant does not hold');
    },
  });
  const route = { item: 'tool', assignment: { name: 'docs', asks: [] }, server: 0, upName: 'echo', edits: [] };
  const plan = made<CallPlan>({ route, definition: null, server: 'docs', channel, edits: [], state: null, toClient });
  const report = (problem: unknown): void => void reported.push(problem);
  const askingCalls = new AskingCalls(() => Promise.resolve(null), report);
  const services = made<Services>({ health: new UpstreamHealth(), inFlight, askingCalls, report });
  return { exchange: new CallExchange(services, request, plan), receivers, sent, records, reported, inFlight };
}

test('a mistake of our own in an answer ends the call, recorded, and nobody waits for ever', () => {
  const { exchange, receivers, sent, records, reported } = newCall(null);
  exchange.run();
  receivers[0]?.message({ data: ANSWER, eventId: null, retryMs: null });
  expect(sent).toEqual(['500 {"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"the gateway failed"}}']);
  expect(records).toMatchObject([{ error: 'internal', outcome: 'error', status: 500 }]);
  expect(reported).toHaveLength(1);
});

test('an answer that cannot be gone on with leaves nothing behind that could be cancelled', () => {
  const { exchange, inFlight } = newCall({ id: 's' });
  const id = { down: Buffer.from('1'), up: Buffer.from('1') };
  expect(exchange.resume({ eventId: 'e', id, progressToken: null })).toBe(false);
  expect([exchange.over, inFlight.size]).toEqual([true, 0]);
});

import type { Assignment } from '../../../schemas/types/policy.ts';
import { ASKS_PER_REQUEST_MAX, REQUEST_STATE_AGE_MS_MAX } from '../../limits.ts';
import type { Channel } from '../../upstream/channel.ts';
import { redacted } from '../ask-under-way.ts';
import { checkAsk } from '../asks.ts';
import type { ClientRequests } from '../client-requests.ts';
import { contentRules } from '../content-rules.ts';
import { writeQuestion } from '../input-request.ts';
import { capabilitiesFor } from '../open-channel.ts';
import type { ScannedResponse } from '../scan-response.ts';
import type { EventStream } from './event-stream.ts';

/** Deals with a request that a legacy server sends outside of any call. */
export type ServerQuestion = (
  stream: EventStream,
  assignment: Assignment,
  channel: Channel,
  data: Buffer,
  scanned: ScannedResponse,
) => void;

const NOT_FOUND = '"error":{"code":-32601,"message":"method not found"}';
const NOT_ACCEPTED = '"error":{"code":-32602,"message":"not accepted"}';

/**
 * Passes such a request on to a legacy client on its own stream, under the same rules as within a call. A modern client
 * cannot be asked outside of a request of its own: the server is told at once, so that it does not wait.
 */
export function serverQuestion(requests: ClientRequests): ServerQuestion {
  const open = new WeakMap<EventStream, Map<() => void, number>>();
  return (stream, assignment, channel, data, scanned) => {
    const { id, method, params } = scanned;
    if (id === null || method === null) return;
    const serverId = data.toString('utf8', id.start, id.end);
    const reply = (answer: string): void => {
      void channel.post(Buffer.from(`{"jsonrpc":"2.0","id":${serverId},${answer}}`));
    };
    const { context } = stream;
    const rules = (direction: 'to-client' | 'to-server') =>
      contentRules(
        context.snapshot,
        context.call.caller,
        context.choice,
        { server: assignment.server, definition: -1 },
        direction,
      );
    const text = params === null ? null : redacted(rules('to-client'), data, params);
    const verdict = checkAsk(assignment, capabilitiesFor(context, assignment), { method, params: text });
    if (context.era === 'modern' || stream.over || !verdict.ok) {
      reply(NOT_FOUND);
      return;
    }
    const waiting = open.get(stream) ?? new Map<() => void, number>();
    open.set(stream, waiting);
    forgetOld(waiting);
    // A server that asks without end takes nobody's place but its own.
    if ((params !== null && text === null) || waiting.size >= ASKS_PER_REQUEST_MAX) {
      reply(NOT_ACCEPTED);
      return;
    }
    const several = (context.choice.view?.gateway.gateway.assignments.length ?? 0) > 1;
    const question = requests.open(context, (response) => {
      waiting.delete(question.close);
      const span = response.message.result ?? response.message.error;
      const answer = span === null ? null : redacted(rules('to-server'), response.body, span);
      if (answer === null) response.turn.record.deny('content');
      reply(answer === null ? NOT_ACCEPTED : `${response.message.result === null ? '"error"' : '"result"'}:${answer}`);
    });
    waiting.set(question.close, performance.now() + REQUEST_STATE_AGE_MS_MAX);
    stream.ask(writeQuestion(question.id, method, text, several ? assignment.name : null));
  };
}

/** Questions that nobody answers any more make room for others. */
function forgetOld(waiting: Map<() => void, number>): void {
  for (const [close, untilMs] of waiting) {
    if (performance.now() < untilMs) return;
    close();
    waiting.delete(close);
  }
}

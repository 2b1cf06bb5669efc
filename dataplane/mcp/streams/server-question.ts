import type { Assignment } from '../../../schemas/types/policy.ts';
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
    if (params !== null && text === null) {
      reply(NOT_ACCEPTED);
      return;
    }
    const several = (context.choice.view?.gateway.gateway.assignments.length ?? 0) > 1;
    const question = requests.open(context, (response) => {
      const span = response.message.result ?? response.message.error;
      const answer = span === null ? null : redacted(rules('to-server'), response.body, span);
      if (answer === null) response.turn.record.deny('content');
      reply(answer === null ? NOT_ACCEPTED : `${response.message.result === null ? '"error"' : '"result"'}:${answer}`);
    });
    stream.ask(writeQuestion(question.id, method, text, several ? assignment.name : null));
  };
}

import type { Assignment } from '../../../schemas/types/policy.ts';
import type { RuleSet } from '../../content/index.ts';
import { goOn } from '../../go-on.ts';
import {
  ASKS_PER_REQUEST_MAX,
  REQUEST_STATE_AGE_MS_MAX,
  SERVER_REQUESTS_REFUSED_MAX,
  UPSTREAM_CALL_MS_MAX,
} from '../../limits.ts';
import type { Channel } from '../../upstream/channel.ts';
import { checkAsk } from '../asks.ts';
import type { ClientRequests } from '../client-requests.ts';
import { contentRules } from '../content-rules.ts';
import { writeQuestion } from '../input-request.ts';
import type { McpRequest } from '../mcp-request.ts';
import { capabilitiesFor } from '../open-channel.ts';
import { Patience } from '../patience.ts';
import { questionParams, redactPart, type RedactedPart } from '../question-params.ts';
import type { ScannedResponse } from '../scan-response.ts';
import { uriMapper } from '../uri-mapper.ts';
import type { EventStream } from './event-stream.ts';

/** Deals with a request that a legacy server sends outside of any call; a promise where rules ask others about it first. */
export type ServerQuestion = (
  stream: EventStream,
  assignment: Assignment,
  channel: Channel,
  data: Buffer,
  scanned: ScannedResponse,
) => Promise<void> | void;

const NOT_FOUND = '"error":{"code":-32601,"message":"method not found"}';
const NOT_ACCEPTED = '"error":{"code":-32602,"message":"not accepted"}';

/**
 * Passes such a request on to a legacy client on its own stream, under the same rules as within a call. A modern client
 * cannot be asked outside of a request of its own: the server is told at once, so that it does not wait.
 */
export function serverQuestion(requests: ClientRequests): ServerQuestion {
  const open = new WeakMap<EventStream, Set<NodeJS.Timeout>>();
  const refuse = boundedRefusal();
  return (stream, assignment, channel, data, scanned): Promise<void> | void => {
    const { id, method, params } = scanned;
    if (id === null || method === null) return;
    const serverId = data.toString('utf8', id.start, id.end);
    const { context } = stream;
    const rules = (direction: 'to-client' | 'to-server') =>
      contentRules(
        context.snapshot,
        context.call.caller,
        context.choice,
        { server: assignment.server, definition: -1 },
        direction,
      );
    const askWith = ({ text, findings }: RedactedPart): void => {
      context.turn.record.addFindings('to-client', findings);
      const verdict = checkAsk(assignment, capabilitiesFor(context, assignment), { method, params: text });
      if (context.era === 'modern' || stream.over || !verdict.ok) {
        refuse(channel, serverId, NOT_FOUND);
        return;
      }
      const waiting = open.get(stream) ?? new Set<NodeJS.Timeout>();
      open.set(stream, waiting);
      // A server that asks without end takes nobody's place but its own.
      if ((params !== null && text === null) || waiting.size >= ASKS_PER_REQUEST_MAX) {
        refuse(channel, serverId, NOT_ACCEPTED);
        return;
      }
      const several = (context.choice.view?.gateway.gateway.assignments.length ?? 0) > 1;
      const question = requests.open(context, async (response) => {
        clearTimeout(patience);
        waiting.delete(patience);
        await passBack(rules('to-server'), channel, serverId, response);
      });
      // Not as long as the stream is open: a client that lost it may still answer what it heard.
      const patience = setTimeout(() => {
        waiting.delete(patience);
        question.close();
        refuse(channel, serverId, NOT_ACCEPTED);
      }, REQUEST_STATE_AGE_MS_MAX).unref();
      waiting.add(patience);
      stream.ask(writeQuestion(question.id, method, text, several ? assignment.name : null));
    };
    if (params === null) {
      askWith({ text: null, findings: [] });
      return;
    }
    const asking = { method, mapUri: uriMapper(context, assignment) };
    return goOn(questionParams(rules('to-client'), data, params, asking, stream), askWith);
  };
}

/** A client's answer, under the server's own id. */
async function passBack(
  rules: RuleSet,
  channel: Channel,
  serverId: string,
  { message, body, turn }: McpRequest,
): Promise<void> {
  const span = message.result ?? message.error;
  const patience = new Patience(UPSTREAM_CALL_MS_MAX);
  const part = span === null ? null : await redactPart(rules, body, span, patience);
  patience.end();
  turn.record.addFindings('to-server', part?.findings ?? []);
  const text = part?.text ?? null;
  if (text === null) turn.record.deny('content');
  const kind = message.result === null ? '"error"' : '"result"';
  void channel.post(answerTo(serverId, text === null ? NOT_ACCEPTED : `${kind}:${text}`));
}

const answerTo = (id: string, answer: string): Buffer => Buffer.from(`{"jsonrpc":"2.0","id":${id},${answer}}`);

/** Refuses so many at once on one channel: a server that asks without end gets no traffic out of us. */
function boundedRefusal(): (channel: Channel, id: string, answer: string) => void {
  const underWay = new WeakMap<Channel, number>();
  const add = (channel: Channel, count: number): void => void underWay.set(channel, countOf(channel) + count);
  const countOf = (channel: Channel): number => underWay.get(channel) ?? 0;
  return (channel, id, answer) => {
    if (countOf(channel) >= SERVER_REQUESTS_REFUSED_MAX) return;
    add(channel, 1);
    void channel.post(answerTo(id, answer)).finally(() => add(channel, -1));
  };
}

import { goOn } from '../go-on.ts';
import { ASKS_PER_REQUEST_MAX, PARK_GATHER_MS } from '../limits.ts';
import { checkAsk, type AskRefusal } from './asks.ts';
import type { CallPlan } from './call-plan.ts';
import type { Ask } from './client-capabilities.ts';
import { writeInputRequired, writeQuestion } from './input-request.ts';
import type { McpRequest, Services } from './mcp-request.ts';
import { capabilitiesFor } from './open-channel.ts';
import { questionParams, redactPart } from './question-params.ts';
import type { Waiter } from './redact-scanned.ts';
import { sealRequestState } from './request-state.ts';
import { scanRequest } from './scan.ts';
import type { ScannedResponse } from './scan-response.ts';
import { membersOf } from './splice.ts';
import { uriMapper } from './uri-mapper.ts';

/** The exchange within which a server asks. */
export interface AskingExchange extends Waiter {
  readonly plan: CallPlan;
  readonly services: Services;
  /** Who began it: a client that comes back is no other. */
  readonly client: McpRequest;
  /** Null: no client is there at the moment. */
  readonly asked: McpRequest | null;
  readonly over: boolean;
  /** Sends a message to a legacy client before the last one. */
  tell(message: Buffer): void;
  /** A question is about to be asked: from now on the call is decided again while it waits. */
  waitForPerson(): void;
  detach(): void;
  attachAgain(request: McpRequest, body: Buffer): void;
  cancel(gone: boolean): void;
  fail(reason: 'upstream-input' | 'upstream-malformed'): void;
}

/** A question of a legacy server that a modern client has not answered yet. */
interface Question {
  /** The server's id, as JSON text. */
  readonly id: string;
  readonly method: string;
  /** JSON text, after the rules. */
  readonly params: string | null;
}

/**
 * The questions of a legacy server within one call (protocol.md 1.6 and 2): passed on to a legacy client as they come;
 * gathered and handed to a modern one as `input_required`, while the call is held open until it comes back.
 */
export class AskUnderWay {
  readonly #exchange: AskingExchange;
  readonly #questions = new Map<string, Question>();
  readonly #waiting = new Set<() => void>();
  #gathering: NodeJS.Timeout | null = null;
  #received = 0;
  #asked = 0;
  #release: () => void = () => undefined;

  constructor(exchange: AskingExchange) {
    this.#exchange = exchange;
  }

  /**
   * A request of a legacy server in the middle of the call; anything not allowed is answered here, so that it does not wait.
   * A promise where rules ask others about it first.
   */
  ask(data: Buffer, scanned: ScannedResponse): Promise<void> | void {
    const { plan, client } = this.#exchange;
    const { id, method } = scanned;
    this.#received++;
    if (plan.channel.era === 'modern' || this.#received > ASKS_PER_REQUEST_MAX || id === null || method === null) {
      this.#exchange.fail('upstream-malformed');
      return;
    }
    const serverId = data.toString('utf8', id.start, id.end);
    if (method === 'ping') {
      this.#reply(serverId, '"result":{}');
      return;
    }
    if (scanned.params === null) {
      this.#consider({ id: serverId, method, params: null });
      return;
    }
    const asking = { method, mapUri: uriMapper(client, plan.route.assignment) };
    const params = questionParams(plan.toClient, data, scanned.params, asking, this.#exchange);
    return goOn(params, ({ text, findings }) => {
      (this.#exchange.asked ?? client).turn.record.addFindings('to-client', findings);
      if (text === null) this.#reply(serverId, REFUSED['not-allowed']);
      else this.#consider({ id: serverId, method, params: text });
    });
  }

  #consider(question: Question): void {
    const { plan, client, over } = this.#exchange;
    if (over) return;
    const { assignment } = plan.route;
    const verdict = checkAsk(assignment, capabilitiesFor(client, assignment), question);
    if (!verdict.ok) {
      this.#reply(question.id, REFUSED[verdict.reason]);
      return;
    }
    this.#asked++;
    this.#exchange.waitForPerson();
    if (client.era === 'modern') this.#gather(verdict.ask, question);
    else this.#passOn(question);
  }

  /** What a modern client came back with, `inputResponses` and all. */
  answered(body: Buffer): void {
    const scanned = scanRequest(body);
    const responses = scanned.ok ? scanned.message.inputResponses : null;
    for (const member of responses === null ? [] : membersOf(body, responses)) {
      const question = this.#questions.get(member.key);
      if (question === undefined) continue;
      this.#questions.delete(member.key);
      this.#reply(question.id, `"result":${body.toString('utf8', member.start, member.end)}`);
    }
    if (this.#questions.size > 0) this.#handOver();
  }

  /** Whether a person is asked something at the moment. */
  get waits(): boolean {
    return this.#questions.size > 0 || this.#waiting.size > 0;
  }

  close(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#release();
    for (const stop of this.#waiting) stop();
    this.#waiting.clear();
  }

  #passOn(question: Question): void {
    const { plan, services, client } = this.#exchange;
    const { id, close } = services.clientRequests.open(client, (response) => {
      this.#waiting.delete(close);
      return this.#passBack(question.id, response);
    });
    this.#waiting.add(close);
    this.#exchange.tell(writeQuestion(id, question.method, question.params, labelOf(client, plan)));
  }

  /** A legacy client's response, under the server's own id. */
  async #passBack(id: string, { message, body, turn }: McpRequest): Promise<void> {
    const exchange = this.#exchange;
    if (exchange.over) return;
    const span = message.result ?? message.error;
    const part = span === null ? null : await redactPart(exchange.plan.toServer, body, span, exchange);
    const { text, findings } = part ?? { text: null, findings: [] };
    turn.record.addFindings('to-server', findings);
    if (text === null) turn.record.deny('content');
    if (exchange.over) return;
    const kind = message.result === null ? '"error"' : '"result"';
    this.#reply(id, text === null ? REFUSED['not-allowed'] : `${kind}:${text}`);
  }

  #gather(ask: Ask, question: Question): void {
    this.#questions.set(`${ask}-${this.#asked}`, question);
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#handOver();
    }, PARK_GATHER_MS);
  }

  /** Ends the client's request with the questions; the exchange waits for it to come back with the answers. */
  #handOver(): void {
    const exchange = this.#exchange;
    const { asked, services, plan } = exchange;
    // Nobody is there: the questions wait with those that were handed over before.
    if (asked === null || exchange.over) return;
    const held = services.parks.hold(exchange, asked);
    const { assignment } = plan.route;
    const state =
      held === null
        ? null
        : sealRequestState(services.ring, asked, assignment.name, {
            kind: 'parked',
            process: services.process,
            id: held.id,
          });
    if (held === null || state === null) {
      exchange.fail('upstream-input');
      return;
    }
    this.#release = held.release;
    exchange.detach();
    asked.turn.record.outcome = 'input-required';
    const label = labelOf(asked, plan);
    asked.turn.result(writeInputRequired([...this.#questions], state, label));
  }

  #reply(id: string, answer: string): void {
    void this.#exchange.plan.channel.post(Buffer.from(`{"jsonrpc":"2.0","id":${id},${answer}}`));
  }
}

const NOT_FOUND = '"error":{"code":-32601,"message":"method not found"}';
const NOT_ACCEPTED = '"error":{"code":-32602,"message":"not accepted"}';

/** What a server is told that asked for what it may not have. */
const REFUSED: Readonly<Record<AskRefusal, string>> = {
  'unknown-method': NOT_FOUND,
  'not-allowed': NOT_FOUND,
  'not-declared': NOT_FOUND,
  malformed: NOT_ACCEPTED,
  'secret-field': NOT_ACCEPTED,
  url: NOT_ACCEPTED,
};

/** Who asks, where a person sees only the gateway: nothing where one server is all there is (protocol.md 1.6). */
export function labelOf({ choice }: McpRequest, { route }: Pick<CallPlan, 'route'>): string | null {
  const assignments = choice.view?.gateway.gateway.assignments.length ?? 0;
  return assignments > 1 ? route.assignment.name : null;
}

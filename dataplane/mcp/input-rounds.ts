import { parseJsonTree, memberOf } from '../format/json-tree.ts';
import { ASKS_PER_REQUEST_MAX, INPUT_ROUNDS_MAX, REQUEST_STATE_AGE_MS_MAX } from '../limits.ts';
import { labelOf, type AskingExchange } from './ask-under-way.ts';
import { checkAsk, hasLookAlike, MAY_ASK } from './asks.ts';
import { writeInputRequired, writeQuestion } from './input-request.ts';
import type { McpRequest } from './mcp-request.ts';
import { capabilitiesFor } from './open-channel.ts';
import { mapQuestionUris, redactPart } from './question-params.ts';
import { sealRequestState } from './request-state.ts';
import type { ScannedResponse } from './scan-response.ts';
import { membersOf } from './splice.ts';
import { uriMapper } from './uri-mapper.ts';
import type { Era } from './versions.ts';

/** The exchange whose server answers with questions. */
export interface RoundsExchange extends AskingExchange {
  /** Sends the request again, with the server's state and the client's answers (JSON text). */
  send(state: string | null, inputResponses: string | null): void;
  /** Ends with a result, given as JSON text, that asks the client. */
  askClient(result: string): void;
}

/** A question that a server's result or error carries. `params` is JSON text. */
interface InputRequest {
  readonly key: string;
  readonly method: string;
  readonly params: string | null;
}

/** JSON-RPC code of a legacy server that wants a person to visit a page first (2025-11-25 client/elicitation). */
const URL_ELICITATION_REQUIRED = '-32042';

/** Whether a server of that era asks with an answer. */
export function asksInstead(era: Era, bytes: Buffer, { resultType, errorCode }: ScannedResponse): boolean {
  if (era === 'modern') return resultType?.text === 'input_required';
  return errorCode !== null && bytes.toString('latin1', errorCode.start, errorCode.end) === URL_ELICITATION_REQUIRED;
}

/**
 * Answers that ask instead of answering (protocol.md 1.6 and 2): checked, and for a legacy client turned into requests
 * whose answers are sent back in another round.
 */
export class InputRounds {
  readonly #exchange: RoundsExchange;
  readonly #waiting = new Set<() => void>();
  #rounds = 0;
  #patience: NodeJS.Timeout | undefined = undefined;

  constructor(exchange: RoundsExchange) {
    this.#exchange = exchange;
  }

  /** Whether an answer that asks something is dealt with here; otherwise it goes to the client as it is. */
  takes(asked: McpRequest, bytes: Buffer, scanned: ScannedResponse): boolean {
    if (this.#exchange.plan.channel.era === 'legacy') return this.#pages(asked, bytes, scanned);
    return MAY_ASK.has(asked.message.method ?? '') && this.#required(asked, bytes, scanned);
  }

  /** Whether a person is asked something at the moment. */
  get waits(): boolean {
    return this.#waiting.size > 0;
  }

  close(): void {
    clearTimeout(this.#patience);
    for (const stop of this.#waiting) stop();
    this.#waiting.clear();
  }

  #required(asked: McpRequest, bytes: Buffer, scanned: ScannedResponse): boolean {
    const requests = scanned.inputRequests === null ? [] : readRequests(bytes, scanned.inputRequests);
    // At least one of them is there (2026-07-28 basic/patterns/mrtr), or there is nothing to come back with.
    if (requests?.length === 0 && scanned.requestState === null) return this.#refuse('upstream-malformed');
    if (!this.#mayAsk(asked, requests)) return this.#refuse();
    if (asked.era === 'modern') return false;
    this.#rounds++;
    if (this.#rounds > INPUT_ROUNDS_MAX) return this.#refuse();
    this.#askLegacy(asked, requests ?? [], scanned.requestState?.text ?? null);
    return true;
  }

  /** Pages that a legacy server wants visited become questions of the modern era; a legacy client knows the error. */
  #pages(asked: McpRequest, bytes: Buffer, scanned: ScannedResponse): boolean {
    const data = scanned.errorData;
    const parsed = data === null ? null : parseJsonTree(bytes.toString('utf8', data.start, data.end));
    const isPlain = parsed?.ok === true && !hasLookAlike(parsed.tree, ['elicitations']);
    const list = isPlain ? memberOf(parsed.tree, 'elicitations') : null;
    const items = list?.kind === 'array' ? list.items : [];
    const text = data === null ? '' : bytes.toString('utf8', data.start, data.end);
    const requests = items.map((item, at): InputRequest => {
      return { key: `url-${at + 1}`, method: 'elicitation/create', params: text.slice(item.start, item.end) };
    });
    if (requests.length === 0 || !this.#mayAsk(asked, requests)) return this.#refuse();
    if (asked.era === 'legacy') return false;
    const { services, plan } = this.#exchange;
    const state = sealRequestState(services.ring, asked, plan.route.assignment.name, { kind: 'server', state: null });
    if (state === null) return this.#refuse();
    const questions = requests.map((request) => [request.key, request] as const);
    this.#exchange.askClient(writeInputRequired(questions, state, labelOf(asked, plan)));
    return true;
  }

  #mayAsk(asked: McpRequest, requests: readonly InputRequest[] | null): boolean {
    if (requests === null || requests.length > ASKS_PER_REQUEST_MAX) return false;
    const { assignment } = this.#exchange.plan.route;
    const client = capabilitiesFor(asked, assignment);
    return requests.every((request) => checkAsk(assignment, client, request).ok);
  }

  #askLegacy(asked: McpRequest, requests: readonly InputRequest[], state: string | null): void {
    const answers = new Map<string, string>();
    const { services, plan } = this.#exchange;
    const mapUri = uriMapper(asked, plan.route.assignment);
    const next = (): void => {
      if (answers.size < requests.length) return;
      clearTimeout(this.#patience);
      const members = requests.map(({ key }) => `${JSON.stringify(key)}:${answers.get(key) ?? 'null'}`);
      this.#exchange.send(state, `{${members.join(',')}}`);
    };
    // The server answered, so no time of its own is running while a person thinks, or has left.
    this.#patience = setTimeout(() => this.#refuse(), REQUEST_STATE_AGE_MS_MAX).unref();
    this.#exchange.waitForPerson();
    for (const { key, method, params } of requests) {
      const { id, close } = services.clientRequests.open(asked, async (response) => {
        this.#waiting.delete(close);
        const answer = await this.#answerOf(method, response);
        if (this.#exchange.over) return;
        if (answer === null) {
          this.#refuse();
          return;
        }
        answers.set(key, answer);
        next();
      });
      this.#waiting.add(close);
      const told = withElicitationId(method, key, params === null ? null : mapQuestionUris(params, method, mapUri));
      this.#exchange.tell(writeQuestion(id, method, told, labelOf(asked, plan)));
    }
    next();
  }

  /** A legacy client's answer as the modern era has it, after the rules; null when there is none to be had. */
  async #answerOf(method: string, { message, body, turn }: McpRequest): Promise<string | null> {
    const exchange = this.#exchange;
    if (exchange.over) return null;
    if (message.result === null) return method === 'elicitation/create' ? '{"action":"cancel"}' : null;
    const { text, findings } = await redactPart(exchange.plan.toServer, body, message.result, exchange);
    turn.record.addFindings('to-server', findings);
    if (text === null) turn.record.deny('content');
    return text;
  }

  #refuse(reason: 'upstream-input' | 'upstream-malformed' = 'upstream-input'): true {
    this.#exchange.fail(reason);
    return true;
  }
}

/** Null: one of them is no question. */
function readRequests(
  bytes: Buffer,
  span: { readonly start: number; readonly end: number },
): readonly InputRequest[] | null {
  const requests: InputRequest[] = [];
  for (const member of membersOf(bytes, span)) {
    const text = bytes.toString('utf8', member.start, member.end);
    const parsed = parseJsonTree(text);
    const method = parsed.ok ? memberOf(parsed.tree, 'method') : null;
    const params = parsed.ok ? memberOf(parsed.tree, 'params') : null;
    if (!parsed.ok || method?.kind !== 'string' || hasLookAlike(parsed.tree, ['method', 'params'])) return null;
    requests.push({
      key: member.key,
      method: method.value,
      params: params === null ? null : text.slice(params.start, params.end),
    });
  }
  return requests;
}

/** A legacy client tells pages apart by an id, which the modern era does not have. */
function withElicitationId(method: string, key: string, params: string | null): string | null {
  if (method !== 'elicitation/create' || params === null) return params;
  const parsed = parseJsonTree(params);
  const isUrl = parsed.ok && memberOf(parsed.tree, 'url') !== null;
  if (!isUrl || memberOf(parsed.tree, 'elicitationId') !== null) return params;
  return `{"elicitationId":${JSON.stringify(key)},${params.trimStart().slice(1)}`;
}

import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';

/** What came back on one request: the tree is the text as sent, so that numbers and unknown members survive. */
export type Answer =
  | { readonly kind: 'result'; readonly result: JsonTree }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly data: JsonTree | null;
    }
  /** An HTTP error without a JSON-RPC message of its own. */
  | { readonly kind: 'status'; readonly status: number };

/** One way to ask one server, whatever carries the messages; one request at a time. */
export interface Connection {
  /**
   * Sends one request and waits for its answer, whatever else the server says meanwhile. `headers` are for HTTP.
   * @throws Failure when there is none that can be believed.
   */
  ask(method: string, params: object, headers: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends a notification. @throws Failure when the server does not take it. */
  notify(method: string, headers: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it, as far as the server lets us. Never rejects. */
  close(headers: Readonly<Record<string, string>>): Promise<void>;
}

/** The message as an answer to request `id`; null when it is none. */
export function readAnswer(message: JsonTree, id: number, status: number): Answer | null {
  const result = memberOf(message, 'result');
  const error = memberOf(message, 'error');
  const answered = memberOf(message, 'id');
  const mine = answered?.kind === 'number' && answered.token === String(id);
  if (result !== null && error === null) return mine ? { kind: 'result', result } : null;
  // An error may come without an id when the server could not read that much.
  if (error === null || result !== null || !(mine || answered === null || answered.kind === 'literal')) return null;
  const code = memberOf(error, 'code');
  const text = memberOf(error, 'message');
  return {
    kind: 'error',
    status,
    code: code?.kind === 'number' ? code.token : '0',
    message: text?.kind === 'string' ? text.value : '',
    data: memberOf(error, 'data'),
  };
}

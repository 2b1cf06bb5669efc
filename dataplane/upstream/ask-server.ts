import type { Header } from '../http/exchange.ts';
import type { UpstreamPatience } from '../http/upstream.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import { scanResponse } from '../mcp/scan-response.ts';
import { AnswerReader, messageOf, type AnswerHead } from './answer-reader.ts';
import type { CredentialSource } from './channel.ts';
import type { HttpServices } from './http-call.ts';

/** A message of the gateway's own. */
export interface Question {
  readonly method: 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: readonly Header[];
  readonly body: Buffer | null;
  readonly credentials: CredentialSource;
  readonly patience: UpstreamPatience | null;
}

export type Asked =
  | {
      readonly ok: true;
      readonly head: AnswerHead;
      /** The response, or null where the answer has none. */
      readonly message: Buffer | null;
    }
  | { readonly ok: false; readonly reason: CallFailure };

/**
 * Sends one message of the gateway's own and waits for the answer: a JSON body, or the response among the events of a
 * stream, whose other events are dropped. Credentials that are refused are renewed once. Rejects only where we are wrong.
 */
export async function askServer(services: HttpServices, question: Question): Promise<Asked> {
  const first = await askOnce(services, question);
  if (!first.ok || (first.head.status !== 401 && first.head.status !== 403)) return first;
  return question.credentials.refused() ? askOnce(services, question) : first;
}

async function askOnce({ upstreams, report }: HttpServices, question: Question): Promise<Asked> {
  const { method, url, headers, body, credentials, patience } = question;
  const found = await credentials.headers();
  if (!found.ok) return found;
  return new Promise((resolve) => {
    let head: AnswerHead | null = null;
    const settle = (message: Buffer | null): void => {
      if (head !== null) resolve({ ok: true, head, message });
    };
    const call = upstreams.send(
      { method, url, headers: [...headers, ...found.headers], body, patience },
      new AnswerReader(
        {
          head: (arrived) => {
            head = arrived;
          },
          body: (bytes) => settle(head?.kind === 'json' && bytes.length > 0 ? bytes : null),
          event: (event) => {
            const message = messageOf(event);
            if (message === null) return;
            const scanned = scanResponse(message.data);
            if (scanned.ok && scanned.message.kind !== 'response' && scanned.message.kind !== 'error') return;
            settle(scanned.ok ? message.data : null);
            call.abort();
          },
          streamEnd: () => settle(null),
          fail: (reason) => {
            resolve({ ok: false, reason });
            queueMicrotask(() => call.abort());
          },
        },
        report,
      ),
    );
  });
}

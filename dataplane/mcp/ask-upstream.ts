import type { UpstreamRequest, Upstreams } from '../http/upstream.ts';
import type { CallFailure } from './refusals.ts';
import { scanResponse } from './scan-response.ts';
import { AnswerReader, type AnswerHead } from './upstream-answer.ts';

export type Asked =
  | {
      readonly ok: true;
      readonly head: AnswerHead;
      /** The response, or null where the answer has none. */ readonly message: Buffer | null;
    }
  | { readonly ok: false; readonly reason: CallFailure };

/**
 * Sends one message of the gateway's own and waits for the answer: a JSON body, or the response among the events of a
 * stream, whose other events are dropped.
 */
export function askUpstream(
  upstreams: Upstreams,
  request: UpstreamRequest,
  report: (problem: unknown) => void,
): Promise<Asked> {
  return new Promise((resolve) => {
    let head: AnswerHead | null = null;
    const settle = (message: Buffer | null): void => {
      if (head !== null) resolve({ ok: true, head, message });
    };
    const call = upstreams.send(
      request,
      new AnswerReader(
        {
          head: (arrived) => {
            head = arrived;
          },
          body: (bytes) => settle(head?.kind === 'json' && bytes.length > 0 ? bytes : null),
          event: (data) => {
            const scanned = scanResponse(data);
            if (scanned.ok && scanned.message.kind !== 'response' && scanned.message.kind !== 'error') return;
            settle(scanned.ok ? data : null);
            call.abort();
          },
          streamEnd: () => settle(null),
          fail: (reason) => {
            resolve({ ok: false, reason });
            call.abort();
          },
        },
        report,
      ),
    );
  });
}

import { KEY_DOCUMENT_BYTES_MAX, KEY_FETCH_MS } from '../limits.ts';
import { requestBounded, type RequestFailure } from './bounded-request.ts';
import { checkUrl, type HostPattern, type UrlFailure } from './egress.ts';

export type FetchFailure = UrlFailure | RequestFailure | 'bad-status';

export type DocumentResult =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly reason: FetchFailure };

/**
 * One GET of a small document from a host that `egress` allows: at most `KEY_DOCUMENT_BYTES_MAX` bytes within
 * `KEY_FETCH_MS`. Never rejects.
 */
export async function fetchDocument(target: string, egress: readonly HostPattern[]): Promise<DocumentResult> {
  const checked = checkUrl(target, egress);
  if (!checked.ok) return checked;
  const answer = await requestBounded(checked.url, {
    method: 'GET',
    headers: { accept: 'application/json' },
    body: null,
    timeMs: KEY_FETCH_MS,
    bytesMax: KEY_DOCUMENT_BYTES_MAX,
    reads: [200],
    egress,
  });
  if (!answer.ok) return answer;
  return answer.status === 200 ? { ok: true, bytes: answer.bytes } : { ok: false, reason: 'bad-status' };
}

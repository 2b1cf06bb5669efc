import { Agent, request } from 'undici';
import { KEY_DOCUMENT_BYTES_MAX, KEY_FETCH_MS } from '../limits.ts';
import { checkUrl, type HostPattern, type UrlFailure } from './egress.ts';

export type FetchFailure = UrlFailure | 'unreachable' | 'timeout' | 'bad-status' | 'too-large';

export type DocumentResult =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly reason: FetchFailure };

/** Fetches are minutes apart, so no connection is kept: a new one sees a changed address or certificate. */
const agent = new Agent({ pipelining: 0, headersTimeout: KEY_FETCH_MS, bodyTimeout: KEY_FETCH_MS });

/**
 * One GET of a small document from a host that `egress` allows: at most `KEY_DOCUMENT_BYTES_MAX` bytes within
 * `KEY_FETCH_MS`. Redirects are not followed, since their target was checked by nobody. Never rejects.
 */
export async function fetchDocument(target: string, egress: readonly HostPattern[]): Promise<DocumentResult> {
  const checked = checkUrl(target, egress);
  if (!checked.ok) return checked;
  const signal = AbortSignal.timeout(KEY_FETCH_MS);
  try {
    const response = await request(checked.url, { dispatcher: agent, signal, headers: { accept: 'application/json' } });
    // Destroying a body that was not read to its end is an `error` event, which nobody listening turns into a crash.
    response.body.on('error', () => undefined);
    if (response.statusCode !== 200) {
      response.body.destroy();
      return { ok: false, reason: 'bad-status' };
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > KEY_DOCUMENT_BYTES_MAX) {
        response.body.destroy();
        return { ok: false, reason: 'too-large' };
      }
      chunks.push(chunk);
    }
    return { ok: true, bytes: Buffer.concat(chunks) };
  } catch {
    return { ok: false, reason: signal.aborted ? 'timeout' : 'unreachable' };
  }
}

import { Agent, request } from 'undici';
import { SMALL_REQUESTS_AT_ONCE_MAX } from '../limits.ts';
import { guardedLookup, type Resolve } from '../upstream/guarded-lookup.ts';
import type { HostPattern } from './egress.ts';

/** A request whose answer is small: metadata, keys, a token. */
export interface BoundedRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** From the first look-up of the name to the last byte of the answer. */
  readonly timeMs: number;
  readonly bytesMax: number;
  /** Answers with another status are not read. */
  readonly reads: readonly number[];
  /** Hosts that may be asked; which of their addresses follows from it. */
  readonly egress: readonly HostPattern[];
}

export type RequestFailure = 'unreachable' | 'timeout' | 'too-large';

export type BoundedAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      /** Empty when there is none. */
      readonly contentType: string;
      /** Empty when the status is not among those that are read. */
      readonly bytes: Buffer;
    }
  | { readonly ok: false; readonly reason: RequestFailure };

const agents = new WeakMap<readonly HostPattern[], Agent>();

/** Such requests are minutes apart, so no connection is kept: a new one sees a changed address or certificate. */
function agentFor(egress: readonly HostPattern[], resolve: Resolve | undefined): Agent {
  const known = agents.get(egress);
  if (known !== undefined) return known;
  const lookup = guardedLookup(egress, () => undefined, resolve);
  const agent = new Agent({ pipelining: 0, connections: SMALL_REQUESTS_AT_ONCE_MAX, connect: { lookup } });
  agents.set(egress, agent);
  return agent;
}

/**
 * Asks a URL that `checkUrl` allowed. Redirects are not followed, since their target was checked by nobody. Never rejects,
 * and a failure names nothing of what was sent. `resolve`: other than by DNS.
 */
export async function requestBounded(url: URL, options: BoundedRequest, resolve?: Resolve): Promise<BoundedAnswer> {
  const { method, headers, body, timeMs, bytesMax, reads, egress } = options;
  const agent = agentFor(egress, resolve);
  const signal = AbortSignal.timeout(timeMs);
  try {
    const response = await request(url, { dispatcher: agent, signal, method, headers, body });
    // Destroying a body that was not read to its end is an `error` event, which nobody listening turns into a crash.
    response.body.on('error', () => undefined);
    const contentType = response.headers['content-type'];
    const head = { status: response.statusCode, contentType: typeof contentType === 'string' ? contentType : '' };
    if (!reads.includes(response.statusCode)) {
      response.body.destroy();
      return { ok: true, ...head, bytes: Buffer.alloc(0) };
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bytesMax) {
        response.body.destroy();
        return { ok: false, reason: 'too-large' };
      }
      chunks.push(chunk);
    }
    return { ok: true, ...head, bytes: Buffer.concat(chunks) };
  } catch {
    return { ok: false, reason: signal.aborted ? 'timeout' : 'unreachable' };
  }
}

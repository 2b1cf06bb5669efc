import { Agent, request, type Dispatcher } from 'undici';
import { SMALL_REQUESTS_AT_ONCE_MAX } from '../limits.ts';
import { guardedLookup, type Resolve } from '../upstream/guarded-lookup.ts';
import type { HostPattern } from './egress.ts';

/** A request whose answer is small. */
interface SmallRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
  readonly bytesMax: number;
  /** Answers with another status are not read. */
  readonly reads: readonly number[];
}

/** One whose answer is metadata, keys or a token. */
export interface BoundedRequest extends SmallRequest {
  /** From the first look-up of the name to the last byte of the answer. */
  readonly timeMs: number;
  /** Hosts that may be asked; which of their addresses follows from it. */
  readonly egress: readonly HostPattern[];
}

export interface AskedRequest extends SmallRequest {
  readonly signal: AbortSignal;
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
  const { timeMs, egress, ...asked } = options;
  return requestThrough(agentFor(egress, resolve), url, { ...asked, signal: AbortSignal.timeout(timeMs) });
}

/** The same through connections of the caller's own, until `signal`: then it was a timeout, whatever the signal is for. */
export async function requestThrough(
  dispatcher: Dispatcher,
  url: URL,
  { signal, method, headers, body, bytesMax, reads }: AskedRequest,
): Promise<BoundedAnswer> {
  try {
    const response = await request(url, { dispatcher, signal, method, headers, body });
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

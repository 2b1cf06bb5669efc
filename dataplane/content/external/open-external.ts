import { Agent } from 'undici';
import type { PresidioDetector, WebhookDetector } from '../../../schemas/types/policy.ts';
import { requestThrough } from '../../identity/bounded-request.ts';
import { checkUrl, type HostPattern } from '../../identity/egress.ts';
import type { SecretFailure, SecretResult, Secrets } from '../../identity/secrets.ts';
import { EXTERNAL_IDLE_MS_MAX, EXTERNAL_REQUESTS_AT_ONCE_MAX } from '../../limits.ts';
import { guardedLookup, type Resolve } from '../../upstream/guarded-lookup.ts';
import type { ExternalDetector, ExternalParts } from './detector.ts';
import { DetectorsHealth, type DetectorFailure } from './detector-health.ts';
import { Line, type Post } from './line.ts';
import { PresidioAnalyzer } from './presidio.ts';
import { TextCache } from './text-cache.ts';
import { SignedWebhook } from './webhook.ts';

export interface ExternalWorld {
  readonly egress: readonly HostPattern[];
  readonly secrets: Pick<Secrets, 'valueFor'>;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
  /** Unix milliseconds. */
  readonly wallClock: () => number;
  /** Takes one line for the operator. */
  readonly log: (line: string) => void;
  /** Other than by DNS. */
  readonly resolve?: Resolve;
}

export interface OpenedExternal {
  readonly open: ExternalParts['open'];
  readonly health: DetectorsHealth;
  close(): Promise<void>;
}

/** Secrets that can turn up while the proxy runs; that one is unknown, or not for a host, is said by proxy.yaml itself. */
const MAY_TURN_UP: ReadonlySet<SecretFailure> = new Set<SecretFailure>(['secret-missing', 'secret-malformed']);

/**
 * Detectors that are asked over the network, of one process. What a policy names and the proxy's own configuration does not
 * allow, a host or a secret, makes a detector unavailable. Where a policy says of one what the policy before it said, the
 * same one goes on: it may be resting.
 */
export function openExternal(world: ExternalWorld): OpenedExternal {
  const { egress, secrets, clock, wallClock, log, resolve } = world;
  const agent = new Agent({
    pipelining: 1,
    connections: EXTERNAL_REQUESTS_AT_ONCE_MAX,
    keepAliveTimeout: EXTERNAL_IDLE_MS_MAX,
    connect: { lookup: guardedLookup(egress, () => undefined, resolve) },
  });
  const health = new DetectorsHealth(wallClock, log);
  const cache = new TextCache(clock);
  const make = (rule: string, detector: PresidioDetector | WebhookDetector): ExternalDetector => {
    const lineTo = (url: URL): Line =>
      new Line({ url, post: postThrough(agent), clock, note: (failure) => health.note(rule, failure) });
    const checked = checkUrl(detector.url, egress);
    if (!checked.ok) return unavailable(health, rule, checked.reason);
    const { url } = checked;
    if (detector.kind === 'presidio') return new PresidioAnalyzer(detector, lineTo(analyzeUrl(url)), cache);
    const secret = (): SecretResult => secrets.valueFor(detector.secret, url);
    const now = secret();
    if (!now.ok && !MAY_TURN_UP.has(now.reason)) return unavailable(health, rule, now.reason);
    return new SignedWebhook({ line: lineTo(url), timeoutMs: detector.timeoutMs, secret, wallClock });
  };
  const known = new Map<string, WeakRef<ExternalDetector>>();
  const open: ExternalParts['open'] = (rule, detector) => {
    for (const [other, held] of known) if (held.deref() === undefined) known.delete(other);
    const key = JSON.stringify([rule, detector]);
    const found = known.get(key)?.deref() ?? make(rule, detector);
    // One that nobody may ask is made anew each time, and the status told why.
    if (found.kind === 'unavailable') return found;
    health.noteAvailable(rule);
    known.set(key, new WeakRef(found));
    return found;
  };
  return { open, health, close: () => agent.destroy() };
}

function unavailable(health: DetectorsHealth, rule: string, failure: DetectorFailure): ExternalDetector {
  health.noteUnavailable(rule, failure);
  return { kind: 'unavailable' };
}

/** A connection that was kept may have been closed at the other end meanwhile; both sorts of questions may be asked twice. */
function postThrough(agent: Agent): Post {
  return async (url, { headers, body, signal, bytesMax }) => {
    const request = { method: 'POST', headers, body, signal, bytesMax, reads: [200] } as const;
    const answer = await requestThrough(agent, url, request);
    if (answer.ok || answer.reason !== 'unreachable' || signal.aborted) return answer;
    return requestThrough(agent, url, request);
  };
}

function analyzeUrl(url: URL): URL {
  const analyze = new URL(url);
  analyze.pathname = `${url.pathname.replace(/\/+$/, '')}/analyze`;
  return analyze;
}

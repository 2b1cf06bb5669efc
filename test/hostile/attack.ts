import type { AuditRecord } from '../../schemas/types/audit.ts';
import type { Post } from '../fixtures/mcp-http.ts';
import type { Stage } from './stage.ts';

/** Something that a client or a server tries, and what it must come to. */
export interface Attack {
  /** What is tried, in words. */
  readonly name: string;
  /** Tries it; returns what came of it, to be compared. */
  readonly attempt: (stage: Stage) => Promise<unknown>;
  readonly comesTo: unknown;
  /** What each audit record says, in the order in which the requests ended. */
  readonly recorded: readonly Recorded[];
  /** Whether servers are asked something in the course of it; otherwise nothing of it may reach any. */
  readonly reaches?: true;
}

export type Recorded = Partial<AuditRecord>;

/** A request of a client. */
export interface Request extends Partial<Omit<Post, 'url' | 'key'>> {
  /** Absent = the gateway `work`. */
  readonly path?: string;
  /** Whose key; absent = bot, null = none. */
  readonly as?: Robot | null;
}

export type Robot = 'bot' | 'other' | 'stale' | 'orphan';

/** The record of a request that was served. */
export const served = (method: string | null): Recorded => ({ method, outcome: 'ok', error: null });

/** The record of a request that was refused. */
export const refusal = (method: string | null, error: string): Recorded => ({
  method,
  decision: 'deny',
  outcome: 'refused',
  error,
});

/** The record of a request that was let through, and came to nothing at its server. */
export const failure = (method: string | null, error: string): Recorded => ({
  method,
  decision: 'allow',
  outcome: 'error',
  error,
});

/** Name, request, HTTP status, JSON-RPC code (null: a result or no body), `error` of the one audit record. */
export type Refused = readonly [
  name: string,
  request: Request | ((stage: Stage) => Request | Promise<Request>),
  status: number,
  code: number | null,
  error: string,
];

/** Single requests that are refused before anything of them reaches a server. */
export function refused(rows: readonly Refused[]): readonly Attack[] {
  return rows.map(([name, request, status, code, error]) => ({
    name,
    attempt: async (stage: Stage): Promise<unknown> => {
      const told = await stage.send(typeof request === 'function' ? await request(stage) : request);
      return [told.status, told.error?.code ?? null];
    },
    comesTo: [status, code],
    recorded: [{ error, status, decision: 'deny', outcome: 'refused' }],
  }));
}

import { setTimeout as delay } from 'node:timers/promises';
import type { AuditRecord } from '../../schemas/types/audit.ts';
import type { AuditConfig } from '../../schemas/types/proxy.ts';
import { AUDIT_CLOSE_MS, AUDIT_QUEUE_BYTES_MAX, AUDIT_QUEUE_RECORDS_MAX } from '../limits.ts';
import { renderAuditLine } from './audit-line.ts';
import { AuditSink, type AuditSinkStatus } from './audit-sink.ts';
import type { QueueBounds } from './line-queue.ts';

export type AuditLogResult =
  | { readonly ok: true; readonly log: AuditLog }
  | { readonly ok: false; /** Path that cannot be opened. */ readonly file: string; readonly code: string };

const BOUNDS: QueueBounds = { linesMax: AUDIT_QUEUE_RECORDS_MAX, bytesMax: AUDIT_QUEUE_BYTES_MAX };

/**
 * Opens every sink of `audit` in proxy.yaml; absent = stdout. A sink that cannot be opened at start is a mistake in the
 * configuration, so nothing is opened then; one that fails later is retried for ever and shown in the status.
 */
export async function openAuditLog(
  config: AuditConfig | undefined,
  bounds: QueueBounds = BOUNDS,
): Promise<AuditLogResult> {
  const sinks: AuditSink[] = [];
  for (const { file } of config?.sinks ?? [{ file: '-' }]) {
    try {
      sinks.push(await AuditSink.open(file, bounds));
    } catch (problem) {
      await Promise.all(sinks.map((sink) => sink.close()));
      const code = problem instanceof Error && 'code' in problem ? String(problem.code) : 'EIO';
      return { ok: false, file, code };
    }
  }
  return { ok: true, log: new AuditLog(sinks, config?.onFull ?? 'drop') };
}

/** Where the record of every request goes (mission.md G1): one JSON object per line, in the order of the calls. */
export class AuditLog {
  readonly #sinks: readonly AuditSink[];
  readonly #onFull: 'drop' | 'block';

  constructor(sinks: readonly AuditSink[], onFull: 'drop' | 'block') {
    this.#sinks = sinks;
    this.#onFull = onFull;
  }

  /**
   * HOT PATH: once per request. Null: the record is queued (or, with `onFull: drop`, dropped and counted), go on. With
   * `onFull: block` and a full queue, a promise: the answer must wait for it, and be refused when it says false. The line is
   * made here and now, so nothing of the request stays in memory for its record.
   */
  write(record: AuditRecord): Promise<boolean> | null {
    const line = renderAuditLine(record);
    if (this.#onFull === 'drop') {
      for (const sink of this.#sinks) sink.push(line);
      return null;
    }
    const waits: Promise<boolean>[] = [];
    for (const sink of this.#sinks) {
      const wait = sink.pushOrWait(line);
      if (wait !== null) waits.push(wait);
    }
    return waits.length === 0 ? null : Promise.all(waits).then((recorded) => recorded.every(Boolean));
  }

  /** Opens every file anew: after log rotation, on SIGHUP. Resolves with the paths that could not be opened. */
  async reopen(): Promise<readonly string[]> {
    const reopened = await Promise.all(this.#sinks.map((sink) => sink.reopen()));
    return this.#sinks.filter((_sink, at) => reopened[at] !== true).map((sink) => sink.status.file);
  }

  status(): readonly AuditSinkStatus[] {
    return this.#sinks.map((sink) => sink.status);
  }

  /** Waits until all that was written so far is in the files, at most `waitMs`. True: it is. */
  async flush(waitMs: number = AUDIT_CLOSE_MS): Promise<boolean> {
    const patience = new AbortController();
    const drained = Promise.all(this.#sinks.map((sink) => sink.drained())).then(() => true);
    const late = delay(waitMs, false, { signal: patience.signal }).catch(() => false);
    const flushed = await Promise.race([drained, late]);
    patience.abort();
    return flushed;
  }

  /** Flushes, waiting at most `waitMs`, then closes the files. True: nothing was left behind. */
  async close(waitMs: number = AUDIT_CLOSE_MS): Promise<boolean> {
    const flushed = await this.flush(waitMs);
    await Promise.all(this.#sinks.map((sink) => sink.close()));
    return flushed;
  }
}

import type { ProxyConfig } from '../../schemas/types/proxy.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Channel } from '../bundle/channel.ts';
import type { Bundle } from '../bundle/decode.ts';
import type { Credentials } from '../identity/credentials.ts';
import type { ListKind } from '../mcp/streams/announcement.ts';
import { DRIFT_INTERVAL_MS_DEFAULT } from '../limits.ts';
import type { ChannelSource } from '../upstream/channel.ts';
import { lineOf, recordsOf, type RecordOrigin } from './drift-record.ts';
import { DriftWatch } from './drift-watch.ts';
import { seenNames } from './seen-names.ts';

/** What of a proxy drift is about. */
export interface DriftSurroundings {
  readonly channel: Channel;
  readonly channels: ChannelSource;
  readonly credentials: (bundle: Bundle) => Credentials;
  readonly audit: AuditLog;
  readonly origin: RecordOrigin;
  readonly log: (line: string) => void;
  readonly report: (problem: unknown) => void;
  /** What is withheld is something else now. */
  readonly changed: () => void;
  /** A server said that one of its lists changed. */
  readonly announced: (server: string, identity: string, list: ListKind) => void;
}

/**
 * Looks for drift from now on, in whatever the channel serves, and tells the operator and the audit log. Open it before
 * anybody is served: what a strict server offers is withheld from this moment.
 */
export function openDrift({ driftSeconds }: Pick<ProxyConfig, 'driftSeconds'>, around: DriftSurroundings): DriftWatch {
  const { channel, channels, credentials, audit, origin, log, report, changed, announced } = around;
  const everyMs = driftSeconds === undefined ? DRIFT_INTERVAL_MS_DEFAULT : driftSeconds * 1_000;
  const watch = new DriftWatch({
    channels,
    sourceFor: (bundle, server, identity) => credentials(bundle).sourceFor(server, identity, null),
    alert: (alert) => {
      const snapshot = channel.current();
      const seen = seenNames(alert, snapshot);
      log(lineOf(alert, seen));
      // Nobody waits for these records, so they wait for nobody.
      for (const record of recordsOf(alert, seen, snapshot?.bundle ?? null, origin, Date.now()))
        void audit.write(record);
    },
    log,
    changed,
    announced,
    report,
    everyMs: everyMs === 0 ? null : everyMs,
    clock: Date.now,
  });
  watch.follow(channel.current());
  channel.onSwap((snapshot) => watch.follow(snapshot));
  return watch;
}

import { randomUUID } from 'node:crypto';
import type { AuditRecord } from '../../schemas/types/audit.ts';
import type { Bundle } from '../bundle/decode.ts';
import { ABSENCES } from '../decide/index.ts';
import type { DefinitionKind } from '../format/definition-digest.ts';
import { DRIFT_NAMES_SHOWN_MAX, DRIFT_RECORDS_MAX } from '../limits.ts';
import { renderNamed, type DriftAlert, type DriftChange } from './drift-alert.ts';
import type { SeenName } from './seen-names.ts';

/** What every record of a process says. */
export interface RecordOrigin {
  readonly workspace: string;
  readonly environment: string;
  readonly channel: string;
}

const METHODS: Readonly<Record<DefinitionKind, string>> = {
  tool: 'tools/list',
  prompt: 'prompts/list',
  template: 'resources/templates/list',
};

/** The audit records of an alert, one for each definition: nobody asked for anything, and nothing was decided. */
export function recordsOf(
  { server, identity, era, change }: DriftAlert,
  seen: readonly SeenName[],
  bundle: Bundle | null,
  origin: RecordOrigin,
  nowMs: number,
): readonly AuditRecord[] {
  return seen.slice(0, DRIFT_RECORDS_MAX).map(({ named: { kind, name }, content }) => ({
    format: 1,
    id: randomUUID(),
    time: new Date(nowMs).toISOString(),
    ...origin,
    bundle: bundle?.id ?? null,
    policyDigest: bundle?.policyDigest ?? null,
    commit: bundle?.manifest.source.commit ?? null,
    gateway: null,
    principal: null,
    client: null,
    connection: null,
    era,
    method: METHODS[kind],
    tool: null,
    prompt: null,
    resource: null,
    server,
    assignment: null,
    identity,
    upstreamTool: name,
    decision: 'none',
    reason: `drift-${change}`,
    rule: { id: ABSENCES.drift, name: 'drift', at: null },
    alerts: [],
    content,
    outcome: 'ok',
    error: null,
    status: 0,
    durationMs: 0,
    upstreamMs: null,
    requestBytes: 0,
    responseBytes: 0,
  }));
}

const SAYS: Readonly<Record<DriftChange, string>> = {
  changed: 'not as it was reviewed, withheld',
  restored: 'as it was reviewed again, no longer withheld',
  missing: 'not offered any more',
  added: 'offered, not reviewed, and open to nobody',
};

/** One line for the operator. */
export function lineOf({ server, identity, change }: DriftAlert, seen: readonly SeenName[]): string {
  const shown = seen.slice(0, DRIFT_NAMES_SHOWN_MAX).map(({ named }) => renderNamed(named));
  const more = seen.length - shown.length;
  const names = `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `drift: server ${server}, seen as ${identity}: ${SAYS[change]}: ${names}`;
}

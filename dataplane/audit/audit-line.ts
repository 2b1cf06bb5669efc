import type { AuditFinding, AuditRecord, AuditRule } from '../../schemas/types/audit.ts';
import { AUDIT_ALERTS_MAX, AUDIT_FIELD_CHARS_MAX, AUDIT_FINDINGS_MAX } from '../limits.ts';

/**
 * One record as one line of JSON, without the line end. Only the fields of the schema are written, each by name, so that
 * nothing else a caller's object carries (arguments, results) can slip into the log. Texts come from anywhere: what could
 * forge lines or fields on a terminal is replaced, and what is too long is cut.
 */
export function renderAuditLine(record: AuditRecord): string {
  const { principal, client, rule } = record;
  const head = `{"format":1,"id":${JSON.stringify(clean(record.id))},"time":${JSON.stringify(clean(record.time))},`;
  const rest = JSON.stringify({
    gateway: cleanOrNull(record.gateway),
    principal:
      principal === null ? null : { kind: principal.kind, id: clean(principal.id), email: clean(principal.email) },
    client: client === null ? null : { id: clean(client.id), name: clean(client.name), version: clean(client.version) },
    connection: cleanOrNull(record.connection),
    era: record.era,
    method: cleanOrNull(record.method),
    tool: cleanOrNull(record.tool),
    prompt: cleanOrNull(record.prompt),
    resource: cleanOrNull(record.resource),
    server: cleanOrNull(record.server),
    assignment: cleanOrNull(record.assignment),
    identity: cleanOrNull(record.identity),
    upstreamTool: cleanOrNull(record.upstreamTool),
    decision: record.decision,
    reason: clean(record.reason),
    rule: rule === null ? null : renderRule(rule),
    alerts: record.alerts.slice(0, AUDIT_ALERTS_MAX).map(renderRule),
    content: record.content.slice(0, AUDIT_FINDINGS_MAX).map(renderFinding),
    outcome: record.outcome,
    error: cleanOrNull(record.error),
    status: record.status,
    durationMs: rounded(record.durationMs),
    upstreamMs: record.upstreamMs === null ? null : rounded(record.upstreamMs),
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
  } satisfies Omit<AuditRecord, 'format' | 'id' | 'time' | keyof Place>);
  return `${head}${placeText(record)}${rest.slice(1)}`;
}

/** Where a decision was made, and by which policy: the same in most records that follow each other. */
type Place = Pick<AuditRecord, 'workspace' | 'environment' | 'channel' | 'bundle' | 'policyDigest' | 'commit'>;

let lastPlace: Place | null = null;
let lastPlaceText = '';

/** The fields of a place, with a comma at the end. */
function placeText({ workspace, environment, channel, bundle, policyDigest, commit }: Place): string {
  if (
    lastPlace?.workspace === workspace &&
    lastPlace.environment === environment &&
    lastPlace.channel === channel &&
    lastPlace.bundle === bundle &&
    lastPlace.policyDigest === policyDigest &&
    lastPlace.commit === commit
  ) {
    return lastPlaceText;
  }
  const text = JSON.stringify({
    workspace: clean(workspace),
    environment: clean(environment),
    channel: clean(channel),
    bundle: cleanOrNull(bundle),
    policyDigest: cleanOrNull(policyDigest),
    commit: cleanOrNull(commit),
  } satisfies Place);
  lastPlace = { workspace, environment, channel, bundle, policyDigest, commit };
  lastPlaceText = `${text.slice(1, -1)},`;
  return lastPlaceText;
}

/** The same line, saying how many records before it were lost. */
export function withDropped(line: string, dropped: number): string {
  return `${line.slice(0, -1)},"dropped":${dropped}}`;
}

const renderRule = ({ id, name, at }: AuditRule): AuditRule => ({ id, name: clean(name), at: cleanOrNull(at) });

const renderFinding = (finding: AuditFinding): AuditFinding => ({
  rule: clean(finding.rule),
  at: cleanOrNull(finding.at),
  direction: finding.direction,
  action: clean(finding.action),
  mode: finding.mode,
  count: finding.count,
});

const cleanOrNull = (text: string | null): string | null => (text === null ? null : clean(text));

function clean(text: string): string {
  const end = text.length > AUDIT_FIELD_CHARS_MAX ? AUDIT_FIELD_CHARS_MAX - 1 : text.length;
  let plain = end === text.length;
  for (let at = 0; at < end && plain; at++) {
    const code = text.charCodeAt(at);
    plain = code >= 0x20 && code < 0x7f;
  }
  return plain ? text : cleanSlowly(text, end);
}

function cleanSlowly(text: string, end: number): string {
  // Cutting may leave half of a surrogate pair, which toWellFormed replaces with the others.
  const cut = text.slice(0, end).toWellFormed();
  const safe = cut.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u{fffe}\u{ffff}]/gu, '\u{fffd}');
  return end < text.length ? `${safe}…` : safe;
}

/** Microseconds are enough; NaN and Infinity have no JSON. */
const rounded = (ms: number): number => (Number.isFinite(ms) ? Math.round(ms * 1000) / 1000 : 0);

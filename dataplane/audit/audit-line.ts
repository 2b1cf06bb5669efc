import type { AuditFinding, AuditRecord, AuditRule } from '../../schemas/types/audit.ts';
import { AUDIT_ALERTS_MAX, AUDIT_FIELD_CHARS_MAX, AUDIT_FINDINGS_MAX } from '../limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * HOT PATH: once per request. One record as one line of JSON, without the line end. Only the fields of the schema are
 * written, each by name, so that nothing else a caller's object carries (arguments, results) can slip into the log. Texts
 * come from anywhere: what could forge lines or fields on a terminal is replaced, and what is too long is cut. Put together
 * by hand, which costs half of what `JSON.stringify` of so many fields does.
 */
export function renderAuditLine(record: AuditRecord): string {
  const { principal, client, rule, alerts, content } = record;
  return (
    `{"format":1,"id":${text(record.id)},"time":${text(record.time)},${placeText(record)}` +
    `"gateway":${text(record.gateway)},"principal":${principal === null ? 'null' : renderPrincipal(principal)}` +
    `,"client":${client === null ? 'null' : renderClient(client)},"connection":${text(record.connection)}` +
    `,"era":${text(record.era)},"method":${text(record.method)},"tool":${text(record.tool)}` +
    `,"prompt":${text(record.prompt)},"resource":${text(record.resource)},"server":${text(record.server)}` +
    `,"assignment":${text(record.assignment)},"identity":${text(record.identity)}` +
    `,"upstreamTool":${text(record.upstreamTool)},"decision":${text(record.decision)},"reason":${text(record.reason)}` +
    `,"rule":${rule === null ? 'null' : renderRule(rule)}` +
    `,"alerts":[${alerts.length === 0 ? '' : alerts.slice(0, AUDIT_ALERTS_MAX).map(renderRule).join(',')}]` +
    `,"content":[${content.length === 0 ? '' : content.slice(0, AUDIT_FINDINGS_MAX).map(renderFinding).join(',')}]` +
    `,"outcome":${text(record.outcome)},"error":${text(record.error)},"status":${number(record.status)}` +
    `,"durationMs":${milliseconds(record.durationMs)}` +
    `,"upstreamMs":${record.upstreamMs === null ? 'null' : milliseconds(record.upstreamMs)}` +
    `,"requestBytes":${number(record.requestBytes)},"responseBytes":${number(record.responseBytes)}}`
  );
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
  lastPlace = { workspace, environment, channel, bundle, policyDigest, commit };
  lastPlaceText =
    `"workspace":${text(workspace)},"environment":${text(environment)},"channel":${text(channel)}` +
    `,"bundle":${text(bundle)},"policyDigest":${text(policyDigest)},"commit":${text(commit)},`;
  return lastPlaceText;
}

/** The same line, saying how many records before it were lost. */
export function withDropped(line: string, dropped: number): string {
  return `${line.slice(0, -1)},"dropped":${dropped}}`;
}

const renderPrincipal = ({ kind, id, email }: NonNullable<AuditRecord['principal']>): string =>
  `{"kind":${text(kind)},"id":${text(id)},"email":${text(email)}}`;

const renderClient = ({ id, name, version }: NonNullable<AuditRecord['client']>): string =>
  `{"id":${text(id)},"name":${text(name)},"version":${text(version)}}`;

const renderRule = ({ id, name, at }: AuditRule): string =>
  `{"id":${number(id)},"name":${text(name)},"at":${text(at)}}`;

const renderFinding = ({ rule, at, direction, action, mode, count, entities, failed }: AuditFinding): string =>
  `{"rule":${text(rule)},"at":${text(at)},"direction":${text(direction)},"action":${text(action)}` +
  `,"mode":${text(mode)},"count":${number(count)},"entities":{${renderCounts(entities)}},"failed":${number(failed)}}`;

const renderCounts = (counts: AuditFinding['entities']): string =>
  Object.entries(counts)
    .map(([entity, count]) => `${text(entity)}:${number(count)}`)
    .join(',');

/** A text of a record as JSON. Most are plain, and are only quoted. */
function text(value: string | null): string {
  if (value === null) return 'null';
  const end = value.length > AUDIT_FIELD_CHARS_MAX ? AUDIT_FIELD_CHARS_MAX - 1 : value.length;
  let plain = end === value.length;
  for (let at = 0; at < end && plain; at++) {
    const code = value.charCodeAt(at);
    plain = code >= 0x20 && code < 0x7f && code !== QUOTE && code !== BACKSLASH;
  }
  return plain ? `"${value}"` : JSON.stringify(cleanSlowly(value, end));
}

function cleanSlowly(text: string, end: number): string {
  // Cutting may leave half of a surrogate pair, which toWellFormed replaces with the others.
  const cut = text.slice(0, end).toWellFormed();
  const safe = cut.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u{fffe}\u{ffff}]/gu, '\u{fffd}');
  return end < text.length ? `${safe}…` : safe;
}

/** NaN and Infinity have no JSON. */
const number = (value: number): number => (Number.isFinite(value) ? value : 0);

/** Microseconds are enough. */
const milliseconds = (value: number): number => number(Math.round(value * 1000) / 1000);

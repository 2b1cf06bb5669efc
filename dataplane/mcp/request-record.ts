import type { AuditFinding, AuditRecord, AuditRule } from '../../schemas/types/audit.ts';
import type { Bundle } from '../bundle/decode.ts';
import { countEntities, redactText, type Finding, type RuleSet } from '../content/index.ts';
import { ABSENCES, type Decision } from '../decide/index.ts';
import type { Identity } from '../identity/identity.ts';
import type { Era } from './versions.ts';

/** What every record of a process says. */
export interface RecordOrigin {
  readonly workspace: string;
  readonly environment: string;
  readonly channel: string;
}

const NO_ALERTS: readonly AuditRule[] = [];
const ABSENCE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(ABSENCES).map(([name, id]) => [id, name]));

/** What is known of one request so far; becomes its audit record. The proxy's stages each write what they learn. */
export class RequestRecord {
  gateway: string | null = null;
  /** There is no gateway of that name. */
  isGatewayMadeUp = false;
  connection: string | null = null;
  era: Era | null = null;
  method: string | null = null;
  tool: string | null = null;
  prompt: string | null = null;
  resource: string | null = null;
  client: { readonly name: string; readonly version: string } = { name: '', version: '' };
  outcome: AuditRecord['outcome'] = 'refused';
  error: string | null = null;
  status = 0;
  requestBytes = 0;
  responseBytes = 0;
  upstreamMs: number | null = null;
  #decision: AuditRecord['decision'] = 'none';
  #reason = 'none';
  #bundle: Bundle | null = null;
  #identity: Identity | null = null;
  #rule: number | null = null;
  /** Null: no guard in alert mode said anything. */
  #alerts: Set<number> | null = null;
  #rules: RuleSet | null = null;
  #upstream: {
    readonly server: string;
    readonly assignment: string;
    readonly identity: string;
    readonly tool: string;
  } | null = null;
  readonly #findings: AuditFinding[] = [];
  readonly #id: string;
  readonly #arrivedMs: number;
  readonly #startedMs: number;

  constructor(id: string, arrivedMs: number, startedMs: number) {
    this.#id = id;
    this.#arrivedMs = arrivedMs;
    this.#startedMs = startedMs;
  }

  get decision(): AuditRecord['decision'] {
    return this.#decision;
  }

  /** The bundle that the request is decided by, from now on. */
  pin(bundle: Bundle): void {
    this.#bundle = bundle;
  }

  identify(identity: Identity): void {
    this.#identity = identity;
  }

  /** The last decision counts; what guards in alert mode said of any of them is kept. */
  decide(decision: Decision): void {
    this.#decision = decision.allow ? 'allow' : 'deny';
    this.#reason = decision.reason;
    this.#rule = decision.rule;
    if (decision.alerts.length > 0) this.#alerts = new Set([...(this.#alerts ?? []), ...decision.alerts]);
  }

  /** Refused although no rule of the policy denied it, or before any was asked. */
  deny(reason: string): void {
    this.#decision = 'deny';
    this.#reason = reason;
    this.#rule = null;
  }

  /** Ended by content: by a rule, or because it could not be looked through. */
  block(rule: number | null): void {
    this.#decision = 'deny';
    this.#reason = 'content';
    this.#rule = rule;
  }

  route(upstream: { server: string; assignment: string; identity: string; tool: string }): void {
    this.#upstream = upstream;
  }

  addFindings(direction: AuditFinding['direction'], findings: readonly Finding[]): void {
    for (const finding of findings) {
      const rule = this.#ruleAt(finding.rule);
      const { action, mode, count, entities, failed } = finding;
      const at = this.#findings.findIndex((other) => other.rule === rule.name && other.direction === direction);
      const known = this.#findings[at];
      if (known === undefined) {
        this.#findings.push({ rule: rule.name, at: rule.at, direction, action, mode, count, entities, failed });
      } else this.#findings[at] = addFinding(known, finding);
    }
  }

  /** Rules in force for what the client wrote and the record repeats. */
  redactWith(rules: RuleSet): void {
    this.#rules = rules;
  }

  /** The record, once the answer has ended. */
  finish(origin: RecordOrigin, nowMs: number): AuditRecord {
    const bundle = this.#bundle;
    const identity = this.#identity;
    const upstream = this.#upstream;
    const method = this.#redacted(this.method);
    const tool = this.#redacted(this.tool);
    const prompt = this.#redacted(this.prompt);
    const resource = this.#redacted(this.resource);
    const upstreamTool = this.#upstreamTool(resource);
    const name = this.#redacted(this.client.name) ?? '';
    const version = this.#redacted(this.client.version) ?? '';
    return {
      format: 1,
      id: this.#id,
      time: timeText(this.#arrivedMs),
      workspace: origin.workspace,
      environment: origin.environment,
      channel: origin.channel,
      bundle: bundle?.id ?? null,
      policyDigest: bundle?.policyDigest ?? null,
      commit: bundle?.manifest.source.commit ?? null,
      gateway: this.isGatewayMadeUp ? this.#redacted(this.gateway) : this.gateway,
      principal: identity === null ? null : { kind: identity.kind, id: identity.id, email: identity.email },
      client: identity === null ? null : { id: identity.clientId, name, version },
      connection: this.connection,
      era: this.era,
      method,
      tool,
      prompt,
      resource,
      server: upstream?.server ?? null,
      assignment: upstream?.assignment ?? null,
      identity: upstream?.identity ?? null,
      upstreamTool,
      decision: this.#decision,
      reason: this.#reason,
      rule: this.#rule === null ? null : this.#auditRule(this.#rule),
      alerts: this.#alerts === null ? NO_ALERTS : [...this.#alerts].map((rule) => this.#auditRule(rule)),
      content: this.#findings,
      outcome: this.outcome,
      error: this.error,
      status: this.status,
      durationMs: nowMs - this.#startedMs,
      upstreamMs: this.upstreamMs,
      requestBytes: this.requestBytes,
      responseBytes: this.responseBytes,
    };
  }

  /** Of tools and prompts a name that the catalog has; of resources a URI that the client wrote. `resource`: that, redacted. */
  #upstreamTool(resource: string | null): string | null {
    const tool = this.#upstream?.tool ?? null;
    if (this.resource === null) return tool;
    return tool === this.resource ? resource : this.#redacted(tool);
  }

  #redacted(text: string | null): string | null {
    if (text === null || this.#rules === null || this.#rules.empty) return text;
    const redaction = redactText(this.#rules, text);
    this.addFindings('audit', redaction.findings);
    return redaction.kind === 'blocked' ? '[blocked]' : redaction.text;
  }

  #auditRule(rule: number): AuditRule {
    return { id: rule, ...this.#ruleAt(rule) };
  }

  #ruleAt(rule: number): { readonly name: string; readonly at: string | null } {
    const absence = ABSENCE_NAMES.get(rule);
    if (absence !== undefined) return { name: absence, at: null };
    return this.#bundle?.ruleAt(rule) ?? { name: String(rule), at: null };
  }
}

let lastMs = Number.NaN;
let lastText = '';

/** RFC 3339, UTC. Many requests arrive in the same millisecond. */
function timeText(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

function addFinding(known: AuditFinding, { count, entities, failed }: Finding): AuditFinding {
  return {
    ...known,
    count: known.count + count,
    entities: countEntities([...Object.entries(known.entities), ...Object.entries(entities)]),
    failed: known.failed + failed,
  };
}

import type { AuditFinding } from '../../schemas/types/audit.ts';
import type { Snapshot } from '../bundle/load.ts';
import { redactText } from '../content/index.ts';
import type { DriftAlert } from './drift-alert.ts';
import type { Named } from './judge-drift.ts';

/** A definition as operators and the audit log may read of it. */
export interface SeenName {
  readonly named: Named;
  /** What content rules for the audit log found in its name. */
  readonly content: readonly AuditFinding[];
}

/**
 * The definitions of an alert. Of what nobody reviewed the name is a text of the server's like all others: rules for the
 * audit log are in force for it, but those for some gateway or caller, since there is none.
 */
export function seenNames({ server, change, definitions }: DriftAlert, snapshot: Snapshot | null): readonly SeenName[] {
  if (change !== 'added' || snapshot === null) return definitions.map((named) => ({ named, content: [] }));
  const { bundle, content } = snapshot;
  const rules = content.rulesFor({
    gateway: -1,
    server: bundle.policy.servers.findIndex(({ name }) => name === server),
    definition: -1,
    kind: 'robot',
    subjects: [],
    clients: [],
    direction: 'audit',
  });
  return definitions.map((named) => {
    const redaction = redactText(rules, named.name);
    const name = redaction.kind === 'blocked' ? '[blocked]' : redaction.text;
    const found = redaction.findings.map((finding): AuditFinding => {
      const place = bundle.ruleAt(finding.rule) ?? { name: String(finding.rule), at: null };
      return { ...finding, rule: place.name, at: place.at, direction: 'audit' };
    });
    return { named: { ...named, name }, content: found };
  });
}

import type { Finding } from '../../dataplane/content/index.ts';
import type { Decision, GatewayEngine, Reason, Slot } from '../../dataplane/decide/index.ts';
import type { TestResource } from '../../schemas/types/documents.ts';
import type { Note } from './outcome.ts';
import type { TestBed } from './test-bed.ts';
import type { Scene } from './try-call.ts';

/** `allowed by Grant/payments-daily`, with the place of the rule. */
export function noteOn(bed: TestBed, rule: number, how: string): Note {
  const place = bed.ruleAt(rule);
  return { text: `${how} ${place?.name ?? `rule ${rule}`}`, at: place?.at ?? null };
}

/** What each content rule found, by name and place: counts, as the audit log has them. */
export function notesOnContent(bed: TestBed, findings: readonly Finding[]): readonly Note[] {
  return findings.map((finding) => {
    const alert = finding.mode === 'alert' || finding.action === 'alert' ? ', only alerting' : '';
    const entities = Object.entries(finding.entities).map(([entity, count]) => `${count} ${entity}`);
    return noteOn(bed, finding.rule, `${entities.join(', ')} found${alert} by`);
  });
}

/** For a denial by a rule: which, and what the caller is told. Empty for the absence of a grant. */
export function notesOnDenial(bed: TestBed, decision: Decision): readonly Note[] {
  const { reason, rule, message, hidden } = decision;
  switch (reason) {
    case 'condition':
      return [noteOn(bed, rule, 'condition: it does not hold in')];
    case 'guard': {
      const denied = noteOn(bed, rule, 'guard: denied by');
      return message === null || hidden
        ? [denied]
        : [denied, { text: `guard: the caller is told: ${message}`, at: null }];
    }
    case 'arguments':
      return [{ text: `arguments: ${message ?? 'not as declared'}`, at: null }];
    case 'stale':
      return [{ text: 'stale: the stale mode of the gateway withholds it', at: null }];
    case 'granted':
    case 'drift':
    case 'no-grant':
    case 'unknown':
    case 'pending':
    case 'disabled':
    case 'expired':
    case 'client':
      return [];
  }
}

/** For want of a grant: which grants do open it, and to whom. */
export function grantsOf(bed: TestBed, gateway: GatewayEngine, slot: Slot, reason: Reason): readonly Note[] {
  return notesOnHoldings(bed, gateway, reason, (part) => part.slots.includes(slot.index));
}

/** The same of a resource. */
export function readersOf({ bed, gateway }: Pick<Scene, 'bed' | 'gateway'>, resource: TestResource): readonly Note[] {
  return notesOnHoldings(
    bed,
    gateway,
    'no-grant',
    ({ resources }) =>
      resources !== null && resources.slot.assignment.name === resource.server && resources.uris.matches(resource.uri),
  );
}

function notesOnHoldings(
  bed: TestBed,
  gateway: GatewayEngine,
  reason: Reason,
  opens: (part: GatewayEngine['holdings'][number]['parts'][number]) => boolean,
): readonly Note[] {
  const opening = gateway.holdings.filter((holding) => holding.parts.some(opens));
  if (opening.length === 0) return [{ text: `${reason}: no grant opens it to anybody here`, at: null }];
  return opening.map((holding) => {
    const names = holding.to.map((at) => {
      const subject = bed.engine.policy.subjects[at];
      return subject === undefined ? '' : `${subject.kind} ${subject.name}`;
    });
    const until = holding.expires === 0 ? '' : `, until ${new Date(holding.expires).toISOString()}`;
    return noteOn(bed, holding.rule, `${reason}: opened to ${names.join(', ')}${until} by`);
  });
}

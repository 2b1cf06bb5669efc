import type { Problem, Report } from '../diagnostics/diagnostic.ts';
import { RELATED_PLACES_MAX } from '../limits.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
import { GatewayAnswers, type GatewayState } from './gateway-answers.ts';
import type { GrantReach } from './gateway-reach.ts';
import { listed } from './listed.ts';

/**
 * Grants all of which other grants give to the same subjects, without conditions and for as long: removing one changes
 * nothing. Of two that give the same, the later name is reported.
 */
export function findCoveredGrants({ gateways, nowMs }: Analysed, report: Report): void {
  for (const gateway of gateways) {
    for (const problem of answers.of(gateway, gateway.state, () => coveredIn(gateway, nowMs))) report(problem);
  }
}

const answers = new GatewayAnswers<GatewayState, readonly Problem[]>();

function coveredIn(gateway: AnalysedGateway, nowMs: number | null): readonly Problem[] {
  const removed = new Set<GrantReach>();
  const inForce = gateway.grants.filter(
    ({ linked }) => nowMs === null || linked.expires === 0 || nowMs < linked.expires,
  );
  const bySubject = grantsBySubject(inForce);
  return inForce.toReversed().flatMap((grant): readonly Problem[] => {
    const covering = coveringGrants(gateway, grant, bySubject, removed);
    if (covering === null) return [];
    removed.add(grant);
    const names = covering.map(({ linked }) => `Grant/${linked.document.name}`);
    return [
      {
        code: 'dead/grant',
        message: `everything that this grant gives is given without conditions by ${listed(names, RELATED_PLACES_MAX)}`,
        span: grant.linked.document.span,
        help: 'remove it, or what it repeats',
        related: covering
          .slice(0, RELATED_PLACES_MAX)
          .map(({ linked }) => ({ message: `Grant/${linked.document.name}`, span: linked.document.span })),
      },
    ];
  });
}

function grantsBySubject(grants: readonly GrantReach[]): ReadonlyMap<number, readonly GrantReach[]> {
  const found = new Map<number, GrantReach[]>();
  for (const grant of grants) {
    for (const to of grant.holding.to) {
      const list = found.get(to);
      if (list === undefined) found.set(to, [grant]);
      else list.push(grant);
    }
  }
  return found;
}

/** The grants that together give each subject all that a grant gives it; null when they do not, or it gives nothing. */
function coveringGrants(
  { engine }: AnalysedGateway,
  grant: GrantReach,
  bySubject: ReadonlyMap<number, readonly GrantReach[]>,
  removed: ReadonlySet<GrantReach>,
): readonly GrantReach[] | null {
  const resources = resourceKeys(grant, false);
  if (grant.possible.isEmpty && resources.size === 0) return null;
  const covering = new Set<GrantReach>();
  for (const to of grant.holding.to) {
    const missing = grant.possible.copy();
    const missingResources = new Set(resources);
    for (const other of bySubject.get(to) ?? []) {
      if (other === grant || removed.has(other) || !lastsAsLong(other, grant)) continue;
      if (engine.slots.length > 0 && missing.intersects(other.always)) {
        missing.removeAll(other.always);
        covering.add(other);
      }
      if (missingResources.size === 0) continue;
      for (const key of resourceKeys(other, true)) if (missingResources.delete(key)) covering.add(other);
    }
    if (!missing.isEmpty || missingResources.size > 0) return null;
  }
  return [...covering];
}

function lastsAsLong(other: GrantReach, grant: GrantReach): boolean {
  const until = other.linked.expires;
  return until === 0 || (grant.linked.expires !== 0 && grant.linked.expires <= until);
}

/** Resource patterns by assignment; a pattern is only covered by itself. */
function resourceKeys({ entries }: GrantReach, withoutConditions: boolean): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { assignment, resources, when } of entries) {
    if (withoutConditions && when !== null) continue;
    for (const pattern of resources) keys.add(`${assignment} ${pattern}`);
  }
  return keys;
}

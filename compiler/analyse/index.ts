import type { Report } from '../diagnostics/diagnostic.ts';
import { prepare, type Analysed, type AnalyseInput } from './analysed.ts';
import { findBareStars } from './bare-stars.ts';
import { findConstantConditions } from './constant-conditions.ts';
import { findCoveredGrants } from './covered-grants.ts';
import { findDeadPatterns } from './dead-patterns.ts';
import { findDeadGuards, findNeverAllowed } from './dead-guards.ts';
import { findDisabledOwners } from './disabled-owners.ts';
import { findExpired } from './expiry.ts';
import { checkInvariants } from './invariants.ts';
import { findLiteralSecrets } from './literal-secrets.ts';
import { findLongNames } from './long-names.ts';
import { findManyTools } from './many-tools.ts';
import { findOverlappingRules } from './overlapping-rules.ts';
import { findRobotsLeftOut } from './robots-left-out.ts';
import { findUnusedClaims } from './unused-claims.ts';
import { findUnused } from './unused.ts';
import { subjectsReaching } from './violations.ts';

export type { AnalyseInput } from './analysed.ts';

/**
 * What a policy that compiled says beyond what it was asked: violated invariants, which are errors; rules that change
 * nothing, and what is likely to be a mistake, which are warnings. Pure, and in any order: whoever collects sorts.
 */
export function analyse(input: AnalyseInput, report: Report): void {
  const analysed = prepare(input);
  askEachGateway(analysed);
  checkInvariants(analysed, report);

  findUnused(analysed, report);
  findCoveredGrants(analysed, report);
  findConstantConditions(analysed, report);
  findDeadGuards(analysed, report);
  findNeverAllowed(analysed, report);
  findDeadPatterns(analysed, report);

  findManyTools(analysed, report);
  findLongNames(analysed, report);
  findBareStars(analysed, report);
  findRobotsLeftOut(analysed, report);
  findOverlappingRules(analysed, report);
  findLiteralSecrets(analysed, report);
  findExpired(analysed, report);
  findUnusedClaims(analysed, report);
  findDisabledOwners(analysed, report);
}

/** What they ask of a gateway, they ask of every one. */
const ASKED_EVERYWHERE = [findCoveredGrants, findNeverAllowed, findManyTools, findLongNames, findRobotsLeftOut];

/**
 * Asks one gateway after the other, and then lets go of what was worked out about it: the answers stay. All gateways of a
 * large organisation at once would be more than the rest of a compile holds.
 */
function askEachGateway(analysed: Analysed): void {
  for (const gateway of analysed.gateways) {
    const alone: Analysed = { ...analysed, gateways: [gateway] };
    for (const invariant of analysed.linked.invariants) subjectsReaching(alone, invariant);
    for (const pass of ASKED_EVERYWHERE) pass(alone, () => {});
    gateway.release();
  }
}

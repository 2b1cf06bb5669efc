import type { Report } from '../diagnostics/diagnostic.ts';
import { prepare, type AnalyseInput } from './analysed.ts';
import { findBareStars } from './bare-stars.ts';
import { findConstantConditions } from './constant-conditions.ts';
import { findCoveredGrants } from './covered-grants.ts';
import { findDeadGuards, findNeverAllowed } from './dead-guards.ts';
import { findDisabledOwners } from './disabled-owners.ts';
import { findExpired } from './expiry.ts';
import { checkInvariants } from './invariants.ts';
import { findLiteralSecrets } from './literal-secrets.ts';
import { findLongNames } from './long-names.ts';
import { findManyTools } from './many-tools.ts';
import { findRobotsLeftOut } from './robots-left-out.ts';
import { findUnusedClaims } from './unused-claims.ts';
import { findUnused } from './unused.ts';

export type { AnalyseInput } from './analysed.ts';

/**
 * What a policy that compiled says beyond what it was asked: violated invariants, which are errors; rules that change
 * nothing, and what is likely to be a mistake, which are warnings. Pure, and in any order: whoever collects sorts.
 */
export function analyse(input: AnalyseInput, report: Report): void {
  const analysed = prepare(input);
  checkInvariants(analysed, report);

  findUnused(analysed, report);
  findCoveredGrants(analysed, report);
  findConstantConditions(analysed, report);
  findDeadGuards(analysed, report);
  findNeverAllowed(analysed, report);

  findManyTools(analysed, report);
  findLongNames(analysed, report);
  findBareStars(analysed, report);
  findRobotsLeftOut(analysed, report);
  findLiteralSecrets(analysed, report);
  findExpired(analysed, report);
  findUnusedClaims(analysed, report);
  findDisabledOwners(analysed, report);
}

import assert from 'node:assert/strict';
import type { CheckStatus, ScenarioRun, SuiteRun } from './run-suite.ts';

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly warned: number;
}

export function verdictOf({ checks }: ScenarioRun): Verdict {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  return { passed: count('SUCCESS'), failed: count('FAILURE'), warned: count('WARNING') };
}

/** Of a whole run, as the suite's last line counts. */
export function totalOf(run: SuiteRun): Verdict {
  const verdicts = run.scenarios.map(verdictOf);
  const sum = (of: (verdict: Verdict) => number): number => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  return { passed: sum(({ passed }) => passed), failed: sum(({ failed }) => failed), warned: sum((v) => v.warned) };
}

/** Scored scenarios in which something failed. */
export function failingScored(run: SuiteRun): readonly string[] {
  return run.scenarios
    .filter((scenario) => scenario.isScored && verdictOf(scenario).failed > 0)
    .map(({ scenario }) => scenario);
}

/** A check whose verdict is not the same in two runs. Absent = the check was not made so often. */
export interface Difference {
  readonly scenario: string;
  readonly isScored: boolean;
  readonly check: string;
  readonly before: readonly CheckStatus[];
  readonly after: readonly CheckStatus[];
}

/**
 * What differs between two runs, by scenario and id of the check. An id may be used several times in a scenario, so
 * statuses are compared as bags. INFO is no verdict: it counts only beside one of the same check in the other run.
 * @param countsMatter false where a check is made once for every request of a client, and their number is its own affair.
 */
export function compareRuns(before: SuiteRun, after: SuiteRun, countsMatter = true): readonly Difference[] {
  const isScored = new Map([...before.scenarios, ...after.scenarios].map((run) => [run.scenario, run.isScored]));
  return [...isScored].flatMap(([scenario, scored]) => {
    const [was, is] = [statuses(before, scenario), statuses(after, scenario)];
    const judged = [...was, ...is].filter(([, all]) => all.some((status) => status !== 'INFO')).map(([check]) => check);
    return [...new Set(judged)].flatMap((check) => {
      const [one, other] = [was, is].map((side) => {
        const all = side.get(check) ?? [];
        return countsMatter ? all : [...new Set(all)];
      });
      assert(one !== undefined && other !== undefined);
      return one.join() === other.join() ? [] : [{ scenario, isScored: scored, check, before: one, after: other }];
    });
  });
}

function statuses(run: SuiteRun, scenario: string): ReadonlyMap<string, readonly CheckStatus[]> {
  const checks = run.scenarios.find((each) => each.scenario === scenario)?.checks ?? [];
  const byId = Map.groupBy(checks, ({ id }) => id);
  return new Map([...byId].map(([id, same]) => [id, same.map(({ status }) => status).sort()]));
}

/** The statuses of one side, as a person reads them: equal ones once, with their number. */
export function renderStatuses(statuses: readonly CheckStatus[]): string {
  if (statuses.length === 0) return 'absent';
  const groups = [...Map.groupBy(statuses, (status) => status)];
  return groups.map(([status, { length }]) => (length === 1 ? status : `${status} x${length}`)).join(', ');
}

import type { Check, CheckStatus, ScenarioRun, SuiteRun } from './run-suite.ts';

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
 * statuses are compared as bags; INFO is no verdict.
 */
export function compareRuns(before: SuiteRun, after: SuiteRun): readonly Difference[] {
  const isScored = new Map([...before.scenarios, ...after.scenarios].map((run) => [run.scenario, run.isScored]));
  return [...isScored].flatMap(([scenario, scored]) => {
    const [a, b] = [before, after].map((run) => statuses(run, scenario));
    return [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])].flatMap((check) => {
      const [was, is] = [a?.get(check) ?? [], b?.get(check) ?? []];
      return was.join() === is.join() ? [] : [{ scenario, isScored: scored, check, before: was, after: is }];
    });
  });
}

function statuses(run: SuiteRun, scenario: string): ReadonlyMap<string, readonly CheckStatus[]> {
  const checks = run.scenarios.find((each) => each.scenario === scenario)?.checks ?? [];
  const judging = checks.filter((check: Check) => check.status !== 'INFO');
  const byId = Map.groupBy(judging, ({ id }) => id);
  return new Map([...byId].map(([id, same]) => [id, same.map(({ status }) => status).sort()]));
}

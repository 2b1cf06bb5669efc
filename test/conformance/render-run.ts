import type { Check, ScenarioRun, SuiteRun } from './run-suite.ts';
import { failingScored, renderStatuses, totalOf, verdictOf, type Difference } from './verdict.ts';
import type { Exchange } from './with-key.ts';

const DETAILS_CHARS_MAX = 400;

/** One line per scenario, and below it what failed or warned in it. */
export function renderRun(title: string, run: SuiteRun, isVerbose: boolean): string {
  const { passed, failed, warned } = totalOf(run);
  const scored = run.scenarios.filter(({ isScored }) => isScored).length;
  const failing = failingScored(run);
  const lines = run.scenarios.flatMap((scenario) => [
    scenarioLine(scenario),
    ...scenario.checks
      .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
      .flatMap((check) => checkLines(check, isVerbose)),
  ]);
  const warnings = warned === 0 ? '' : `, ${warned} warned`;
  const total = `${passed} passed, ${failed} failed${warnings}; scored scenarios ${scored - failing.length} of ${scored}`;
  return `${title}\n\n${lines.join('\n')}\n\n${total}\n`;
}

function scenarioLine(run: ScenarioRun): string {
  const { passed, failed, warned } = verdictOf(run);
  const mark = failed > 0 ? 'FAIL' : warned > 0 ? 'warn' : 'ok  ';
  const counts = `${passed} passed, ${failed} failed${warned === 0 ? '' : `, ${warned} warned`}`;
  return `${mark} ${run.scenario}: ${counts}${run.isScored ? '' : ' (not scored)'}`;
}

function checkLines({ id, description, status, errorMessage, details }: Check, isVerbose: boolean): readonly string[] {
  const shown = details === undefined ? '' : JSON.stringify(details);
  const limit = isVerbose ? Infinity : DETAILS_CHARS_MAX;
  const cut = shown.length <= limit ? shown : `${shown.slice(0, limit)}… (-v shows all)`;
  return [
    `     ${status === 'FAILURE' ? 'x' : '!'} ${id}: ${errorMessage ?? description}`,
    ...(shown === '' ? [] : [`       ${cut}`]),
  ];
}

export function renderDifferences(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'no check differs\n';
  const lines = differences.map(({ scenario, isScored, check, before, after }) => {
    const change = `${renderStatuses(before)} -> ${renderStatuses(after)}`;
    return `${scenario}${isScored ? '' : ' (not scored)'} ${check}: ${change}`;
  });
  return `differs from the run without the proxy:\n${lines.join('\n')}\n`;
}

export function renderExchanges(exchanges: readonly Exchange[]): string {
  return exchanges.map(({ request, response }) => `> ${request}\n< ${response}\n`).join('\n');
}

import { describeDifference } from './listed-differences.ts';
import { openTarget } from './open-target.ts';
import { runClientSuite, runServerSuite, type SuiteRun } from './run-suite.ts';
import type { FixtureEra } from './start-fixture.ts';
import { suiteNamed, type SuiteName } from './suites.ts';
import { compareRuns } from './verdict.ts';

export interface Gated {
  /** Without the proxy. */
  readonly direct: SuiteRun;
  readonly proxied: SuiteRun;
  /** What the proxy changes, sorted. */
  readonly differences: readonly string[];
}

/** The suite's scenarios for servers against the fixture of both eras alone, and through the proxy in front of another. */
export async function gateServers(name: SuiteName, upstream: FixtureEra, expected: readonly string[]): Promise<Gated> {
  const direct = await runServers(name, 'both', true);
  return settled(direct, () => runServers(name, upstream, false), expected, true);
}

/** The suite's scenarios for clients, with the proxy between the suite and the client and without. */
export async function gateClients(name: SuiteName, expected: readonly string[]): Promise<Gated> {
  const run = (isDirect: boolean): Promise<SuiteRun> =>
    runClientSuite(suiteNamed(name), { isDirect, traces: false }, null);
  return settled(await run(true), () => run(false), expected, false);
}

/**
 * What nobody expects must be there a second time: the suites give some answers half a second by the clock, which a
 * machine that is busy with other tests does not always make.
 */
async function settled(
  direct: SuiteRun,
  run: () => Promise<SuiteRun>,
  expected: readonly string[],
  countsMatter: boolean,
): Promise<Gated> {
  const differencesOf = (proxied: SuiteRun): readonly string[] =>
    compareRuns(direct, proxied, countsMatter).map(describeDifference).sort();
  const proxied = await run();
  const differences = differencesOf(proxied);
  if (differences.join('\n') === [...expected].sort().join('\n')) return { direct, proxied, differences };
  const again = await run();
  return { direct, proxied: again, differences: differencesOf(again) };
}

async function runServers(name: SuiteName, upstream: FixtureEra, isDirect: boolean): Promise<SuiteRun> {
  const target = await openTarget(upstream, isDirect);
  try {
    return await runServerSuite(suiteNamed(name), target.url, null);
  } finally {
    await target.close();
  }
}

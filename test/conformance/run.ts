// Runs the official conformance suites with and without the proxy: for people; CI runs the tests.
import { parseArgs } from 'node:util';
import { openTarget } from './open-target.ts';
import { renderDifferences, renderExchanges, renderRun } from './render-run.ts';
import { runClientSuite, runServerSuite, type SuiteRun } from './run-suite.ts';
import { FIXTURE_ERAS, type FixtureEra } from './start-fixture.ts';
import { SUITE_NAMES, suiteNamed, type SuiteName } from './suites.ts';
import { compareRuns, failingScored } from './verdict.ts';

const HELP = `node test/conformance/run.ts [options]

  --suite legacy|modern|0.1.16   which suite; otherwise all three, one after the other
  --upstream both|legacy|modern  which revisions the server behind the proxy speaks (default: both)
  --client                       the suite's scenarios for clients: the suite is the server behind the proxy
  --direct                       without the proxy
  --compare                      also without the proxy, and show which checks differ
  --scenario NAME                one scenario
  -v, --verbose                  details in full; with --scenario, every request and answer, and the proxy's audit log
  --help

Exits with 1 when a scored scenario fails.
`;

interface Wanted {
  readonly suites: readonly SuiteName[];
  readonly upstream: FixtureEra;
  readonly isClient: boolean;
  readonly isDirect: boolean;
  readonly compares: boolean;
  readonly scenario: string | null;
  readonly isVerbose: boolean;
}

function parseWanted(words: readonly string[]): Wanted | null {
  const { values } = parseArgs({
    args: [...words],
    options: {
      suite: { type: 'string' },
      upstream: { type: 'string', default: 'both' },
      client: { type: 'boolean', default: false },
      direct: { type: 'boolean', default: false },
      compare: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      verbose: { type: 'boolean', short: 'v', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const suites = SUITE_NAMES.filter((name) => values.suite === undefined || values.suite === name);
  const upstream = FIXTURE_ERAS.find((era) => era === values.upstream);
  if (values.help || suites.length === 0 || upstream === undefined) return null;
  const { client: isClient, direct: isDirect, compare: compares, verbose: isVerbose, scenario = null } = values;
  return { suites, upstream, isClient, isDirect, compares, scenario, isVerbose };
}

async function runOne(name: SuiteName, wanted: Wanted, isDirect: boolean): Promise<SuiteRun> {
  const run = await (wanted.isClient ? runClients(name, wanted, isDirect) : runServers(name, wanted, isDirect));
  const what = wanted.isClient ? 'clients' : `upstream ${wanted.upstream}`;
  if (run.scenarios.length === 0) console.log(run.output);
  console.log(renderRun(`${name}, ${what}, ${isDirect ? 'without' : 'through'} the proxy`, run, wanted.isVerbose));
  return run;
}

async function runClients(name: SuiteName, { scenario, isVerbose }: Wanted, isDirect: boolean): Promise<SuiteRun> {
  const traces = isVerbose && scenario !== null;
  const run = await runClientSuite(suiteNamed(name), { isDirect, traces }, scenario);
  if (traces) console.log(run.output);
  return run;
}

async function runServers(name: SuiteName, wanted: Wanted, isDirect: boolean): Promise<SuiteRun> {
  const target = await openTarget(wanted.upstream, isDirect);
  try {
    const run = await runServerSuite(suiteNamed(name), target.url, wanted.scenario);
    if (wanted.isVerbose && wanted.scenario !== null && target.proxy !== null) {
      console.log(renderExchanges(target.proxy.takeExchanges()));
      console.log(`audit:\n${await target.proxy.audit()}\nlog:\n${target.proxy.log()}`);
    }
    return run;
  } finally {
    await target.close();
  }
}

const wanted = parseWanted(process.argv.slice(2));
if (wanted === null) {
  process.stdout.write(HELP);
  process.exitCode = process.argv.includes('--help') ? 0 : 2;
} else {
  for (const name of wanted.suites) {
    const run = await runOne(name, wanted, wanted.isDirect);
    if (failingScored(run).length > 0) process.exitCode = 1;
    if (wanted.compares && !wanted.isDirect)
      console.log(renderDifferences(compareRuns(await runOne(name, wanted, true), run, !wanted.isClient)));
  }
}

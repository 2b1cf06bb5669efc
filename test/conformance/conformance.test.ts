import { describe, expect, test } from 'vitest';
import { gateClients, gateServers, type Gated } from './gate.ts';
import { readListedDifferences } from './listed-differences.ts';
import type { FixtureEra } from './start-fixture.ts';
import type { SuiteName } from './suites.ts';
import { failingScored, totalOf } from './verdict.ts';

/** Of one gate: several runs of a suite, each with processes of its own. */
const GATE_MS_MAX = 600_000;

const listed = readListedDifferences();

interface Gate {
  /** As the table in README.md calls it. */
  readonly run: string;
  readonly suite: SuiteName;
  readonly gate: (expected: readonly string[]) => Promise<Gated>;
  /** Scored scenarios that pass through the proxy, at least. */
  readonly passingMin: number;
}

const servers = (run: string, suite: SuiteName, upstream: FixtureEra, passingMin: number): Gate => ({
  run,
  suite,
  gate: (expected) => gateServers(suite, upstream, expected),
  passingMin,
});

const clients = (suite: SuiteName, passingMin: number): Gate => ({
  run: `${suite} clients`,
  suite,
  gate: (expected) => gateClients(suite, expected),
  passingMin,
});

const GATES: readonly Gate[] = [
  servers('0.1.16', '0.1.16', 'both', 32),
  servers('legacy', 'legacy', 'both', 30),
  servers('modern', 'modern', 'both', 37),
  servers('modern over legacy', 'modern', 'legacy', 35),
  servers('legacy over modern', 'legacy', 'modern', 30),
  clients('0.1.16', 4),
  clients('legacy', 4),
  clients('modern', 7),
];

/** What the fixture itself is worth: the only failures are those of tasks, an extension that nobody here implements. */
const DIRECT: Readonly<Record<SuiteName, { readonly passed: number; readonly failed: number }>> = {
  '0.1.16': { passed: 44, failed: 0 },
  legacy: { passed: 84, failed: 0 },
  modern: { passed: 164, failed: 30 },
};

describe.each(GATES)('$run', ({ run, suite, gate, passingMin }) => {
  test('passes through the proxy as without it, apart from what is listed', { timeout: GATE_MS_MAX }, async () => {
    const expected = listed.filter((row) => row.run === run).map(({ what }) => what);
    const { direct, proxied, differences } = await gate(expected);
    expect(failingScored(direct)).toEqual([]);
    if (!run.endsWith('clients')) expect(totalOf(direct)).toMatchObject(DIRECT[suite]);
    expect(differences).toEqual([...expected].sort());
    const scored = proxied.scenarios.filter(({ isScored }) => isScored).length;
    expect(scored - failingScored(proxied).length).toBeGreaterThanOrEqual(passingMin);
  });
});

test('every listed difference belongs to a run and says why', () => {
  const runs = new Set(GATES.map(({ run }) => run));
  expect(listed.filter(({ run, why }) => !runs.has(run) || why.length < 20)).toEqual([]);
});

import { run } from 'mitata';

/** A line of a table: what was measured, and the figure. */
export type Row = readonly [what: string, figure: string];

/** Runs what was declared with `bench` and prints the medians as JSON, for README.md. */
export async function printRows(): Promise<void> {
  const { benchmarks } = await run({ format: 'quiet' });
  const rows = benchmarks.flatMap(({ alias, runs }): readonly Row[] => {
    const stats = runs[0]?.stats;
    return stats === undefined ? [] : [[alias, render(stats.p50)]];
  });
  console.log(JSON.stringify(rows));
}

function render(ns: number): string {
  if (ns >= 1_000) return `${(ns / 1_000).toFixed(1)} us`;
  return `${ns.toFixed(1)} ns (${(1_000 / ns).toFixed(1)} M/s)`;
}

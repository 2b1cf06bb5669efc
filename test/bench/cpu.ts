const WARM_UP_MICROS = 300_000;
const ROUND_MICROS = 100_000;
const ROUNDS = 7;

/**
 * User and system time that one run of `work` takes, in microseconds: the least of several rounds, as other work on the machine
 * can only add to it. Collecting garbage is part of it.
 */
export function cpuMicros(work: () => unknown): number {
  const times = timesWithin(work, WARM_UP_MICROS);
  const repetitions = Math.max(1, Math.ceil((times * ROUND_MICROS) / WARM_UP_MICROS));
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let at = 0; at < repetitions; at++) work();
    return usedSince(before) / repetitions;
  });
  return Math.min(...rounds);
}

/** How often it can be done until so much time is used. */
function timesWithin(work: () => unknown, micros: number): number {
  const before = process.cpuUsage();
  let times = 0;
  do {
    work();
    times++;
  } while (usedSince(before) < micros);
  return times;
}

function usedSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

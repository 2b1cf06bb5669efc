import { failure } from './failure.ts';

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/**
 * Milliseconds of `90m`, `12h`, `7d` or `4w`.
 * @throws Failure naming the option when the text is none of these, or more than `maxMs`.
 */
export function parseDuration(option: string, text: string, maxMs: number): number {
  const [, count, unit] = /^([1-9]\d{0,5})([mhdw])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS.get(unit ?? '') ?? Number.NaN);
  if (Number.isNaN(ms)) throw failure(option, `\`${text}\` is no duration`, 'write 90m, 12h, 7d or 4w');
  if (ms > maxMs) throw failure(option, `${text} is more than ${Math.floor(maxMs / 86_400_000)}d`);
  return ms;
}

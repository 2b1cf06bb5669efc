const DAY_MS = 86_400_000;

/** The end of a calendar day, UTC, in Unix milliseconds: until when something that `expires` on it holds. */
export function endOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) + DAY_MS;
}

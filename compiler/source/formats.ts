/** `2027-03-31`, a day that the calendar has. */
export function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.toISOString().startsWith(text);
}

/** `2026-11-20T10:00:00Z`: RFC 3339 in UTC, without leap seconds. */
export function isTime(text: string): boolean {
  const [, date, hour] = /^(\d{4}-\d{2}-\d{2})T(\d{2}):[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z$/.exec(text) ?? [];
  return date !== undefined && isDate(date) && Number(hour) < 24;
}

/** An absolute http or https URL without credentials, which would be secrets, and without a fragment, which is never sent. */
export function isUrl(text: string): boolean {
  return /^https?:\/\/[^\s/@?#]+(?:[/?][^\s#]*)?$/i.test(text) && URL.canParse(text);
}

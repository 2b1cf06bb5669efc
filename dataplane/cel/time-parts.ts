import { BoundedCache } from '../bounded-cache.ts';
import { TIME_ZONES_CACHED_MAX, TIME_ZONE_CHARACTERS_MAX } from '../limits.ts';
import { mismatch, UNKNOWN_TIME_ZONE, type Fault } from './fault.ts';
import { charge, type Frame } from './frame.ts';
import { millisecondsPart, wholeUnits } from './time.ts';
import { parseFixedOffset } from './time-text.ts';
import { Duration, Timestamp, type Outcome } from './value.ts';

/** Reads one part of a date that is UTC, or was moved so that its UTC parts are those of a time zone. */
type Part = (date: Date, time: Timestamp) => number;

const MS_PER_DAY = 86_400_000;
/** Making a formatter of a time zone, or asking it, next to the price of other steps. */
const ZONE_STEPS = 500;

const formatters = new BoundedCache<string, Intl.DateTimeFormat>(TIME_ZONES_CACHED_MAX);

const MILLISECONDS: Part = (_date, time) => Math.floor(time.nanos / 1_000_000);

/** By method name (cel-spec, "Date/Time Functions"): months and days of month, week and year count from zero, `getDate` from one. */
const PARTS: ReadonlyMap<string, Part> = new Map([
  ['getFullYear', (date) => date.getUTCFullYear()],
  ['getMonth', (date) => date.getUTCMonth()],
  ['getDayOfYear', dayOfYear],
  ['getDayOfMonth', (date) => date.getUTCDate() - 1],
  ['getDate', (date) => date.getUTCDate()],
  ['getDayOfWeek', (date) => date.getUTCDay()],
  ['getHours', (date) => date.getUTCHours()],
  ['getMinutes', (date) => date.getUTCMinutes()],
  ['getSeconds', (date) => date.getUTCSeconds()],
  ['getMilliseconds', MILLISECONDS],
]);

/** What the same methods say of a duration: the whole of it in that unit, but for milliseconds. */
const DURATION_PARTS: ReadonlyMap<string, (duration: Duration) => number> = new Map([
  ['getHours', (duration) => wholeUnits(duration, 3600n)],
  ['getMinutes', (duration) => wholeUnits(duration, 60n)],
  ['getSeconds', (duration) => wholeUnits(duration, 1n)],
  ['getMilliseconds', millisecondsPart],
]);

export const TIME_METHODS: readonly string[] = [...PARTS.keys()];

/** `time.getHours()` in UTC, or of a duration where it has such a part. */
export function timePart(method: string): (operand: Outcome) => Outcome {
  const part = PARTS.get(method);
  const ofDuration = DURATION_PARTS.get(method);
  return (operand) => {
    if (operand instanceof Timestamp && part !== undefined) return part(dateOf(operand, 0), operand);
    if (operand instanceof Duration && ofDuration !== undefined) return ofDuration(operand);
    return mismatch(operand);
  };
}

/** `time.getHours("Europe/Berlin")`. */
export function zonedTimePart(method: string): (operand: Outcome, zone: Outcome, frame: Frame) => Outcome {
  const part = PARTS.get(method);
  return (operand, zone, frame) => {
    if (part === undefined || !(operand instanceof Timestamp) || typeof zone !== 'string') {
      return mismatch(operand, zone);
    }
    const offset = offsetAt(operand, zone, frame);
    return typeof offset === 'number' ? part(dateOf(operand, offset), operand) : offset;
  };
}

/** The time, moved by so many seconds. */
function dateOf(time: Timestamp, offsetSeconds: number): Date {
  return new Date((time.seconds + offsetSeconds) * 1000);
}

function dayOfYear(date: Date): number {
  const newYear = new Date(0).setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - newYear) / MS_PER_DAY);
}

/** Seconds that a time zone is ahead of UTC at a time. Zones are names of the IANA database, `UTC`, or `+hh:mm` with the plus optional. */
function offsetAt(time: Timestamp, zone: string, frame: Frame): number | Fault {
  if (zone === 'UTC') return 0;
  const fixed = parseFixedOffset(zone.charCodeAt(0) <= 0x39 && zone.length === 5 ? `+${zone}` : zone);
  if (fixed !== null) return fixed;
  const exceeded = charge(frame, ZONE_STEPS);
  if (exceeded !== null) return exceeded;
  const formatter = formatterOf(zone);
  return formatter === null ? UNKNOWN_TIME_ZONE : localSeconds(formatter, time) - time.seconds;
}

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  // Intl would take offsets in more forms than CEL has.
  if (zone.length > TIME_ZONE_CHARACTERS_MAX || zone.startsWith('+') || zone.startsWith('-')) return null;
  try {
    const formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, formatter);
    return formatter;
  } catch {
    // A RangeError is how Intl says that there is no such zone.
    return null;
  }
}

/** What the clocks of a zone show, counted as if they were UTC. */
function localSeconds(formatter: Intl.DateTimeFormat, time: Timestamp): number {
  const parts = new Map(formatter.formatToParts(time.seconds * 1000).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? 0);
  // West of Greenwich, the first hours of the year 1 are in 1 BC, which is the year 0.
  const year = (parts.get('era') ?? 'A').startsWith('A') ? number('year') : 1 - number('year');
  const days = new Date(0).setUTCFullYear(year, number('month') - 1, number('day')) / 1000;
  return days + number('hour') * 3600 + number('minute') * 60 + number('second');
}

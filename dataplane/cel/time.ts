import { OUT_OF_RANGE, type Fault } from './fault.ts';
import { Duration, INT_MAX, INT_MIN, intOf, Timestamp } from './value.ts';

const NANOS_PER_SECOND = 1_000_000_000n;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z (cel-spec, "Overflow"). */
export const SECONDS_MIN = -62_135_596_800;
export const SECONDS_MAX = 253_402_300_799;

/** A duration of 64 bits of nanoseconds. */
export function durationOf(nanos: bigint): Duration | Fault {
  return nanos < INT_MIN || nanos > INT_MAX ? OUT_OF_RANGE : new Duration(intOf(nanos));
}

export function timestampOf(seconds: number, nanos: number): Timestamp | Fault {
  return seconds < SECONDS_MIN || seconds > SECONDS_MAX ? OUT_OF_RANGE : new Timestamp(seconds, nanos);
}

/** The time of `Date.now()`, for the variable `now`. */
export function timestampOfMs(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return new Timestamp(seconds, Math.floor(ms - seconds * 1000) * 1_000_000);
}

export function addDuration(time: Timestamp, duration: Duration): Timestamp | Fault {
  return timestampOfNanos(nanosOf(time) + BigInt(duration.nanos));
}

export function subtractDuration(time: Timestamp, duration: Duration): Timestamp | Fault {
  return timestampOfNanos(nanosOf(time) - BigInt(duration.nanos));
}

/** `later - earlier`. */
export function timeBetween(later: Timestamp, earlier: Timestamp): Duration | Fault {
  return durationOf(nanosOf(later) - nanosOf(earlier));
}

/** Whole hours, minutes or seconds of a duration, toward zero. */
export function wholeUnits(duration: Duration, secondsPerUnit: bigint): number {
  return Number(BigInt(duration.nanos) / (secondsPerUnit * NANOS_PER_SECOND));
}

/** The milliseconds of a duration beyond its whole seconds: what `getMilliseconds` means (cel-spec, "getMilliseconds"). */
export function millisecondsPart(duration: Duration): number {
  return Number((BigInt(duration.nanos) % NANOS_PER_SECOND) / 1_000_000n);
}

/** Nanoseconds since 1970. */
function nanosOf(time: Timestamp): bigint {
  return BigInt(time.seconds) * NANOS_PER_SECOND + BigInt(time.nanos);
}

function timestampOfNanos(nanos: bigint): Timestamp | Fault {
  const part = ((nanos % NANOS_PER_SECOND) + NANOS_PER_SECOND) % NANOS_PER_SECOND;
  return timestampOf(Number((nanos - part) / NANOS_PER_SECOND), Number(part));
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration, parseTimestamp, renderDuration, renderTimestamp } from '../../../dataplane/cel/time-text.ts';
import { SECONDS_MAX, SECONDS_MIN, timestampOfMs } from '../../../dataplane/cel/time.ts';
import { Double, Duration, intOf, Timestamp, Uint } from '../../../dataplane/cel/value.ts';
import { evaluateText } from './build-expression.ts';
import { describeValue } from './describe-value.ts';

/** Beyond what cel-spec's tests have. An outcome that begins with "error" names its kind. */
const cases: readonly (readonly [text: string, outcome: string])[] = [
  // Integers of 64 bits, on both sides of what a double holds exactly.
  ['9007199254740991 + 1', '9007199254740992'],
  ['9007199254740992 - 1', '9007199254740991'],
  ['9007199254740993 - 9007199254740992', '1'],
  ['3037000500 * 3037000500 > 0', 'error overflow'],
  ['3037000499 * 3037000499', '9223372030926249001'],
  ['9223372036854775807 / 3', '3074457345618258602'],
  ['-9223372036854775808 % -1', '0'],
  ['-7 / 2', '-3'],
  ['-7 % 2', '-1'],
  ['0 * -1', '0'],
  ['18446744073709551615u % 10u', '5u'],
  ['9007199254740993 == 9007199254740992', 'false'],
  ['9007199254740993 in [9007199254740992]', 'false'],
  ['{9007199254740993: "a"}[9007199254740993]', '"a"'],
  ['9007199254740993 < dyn(9007199254740993u) || 9007199254740993 > dyn(9007199254740993u)', 'false'],
  ['int("9223372036854775808")', 'error malformed-text'],
  ['int("+7")', '7'],
  ['int(" 7")', 'error malformed-text'],
  ['int("")', 'error malformed-text'],
  ['uint("-0")', 'error malformed-text'],
  ['uint(-0.5)', 'error out-of-range'],
  ['int(9223372036854774784.0)', '9223372036854774784'],
  ['uint(18446744073709549568.0)', '18446744073709549568u'],
  ['uint(18446744073709551616.0)', 'error out-of-range'],
  // Doubles.
  ['0.0 / 0.0 == 0.0 / 0.0', 'false'],
  ['0.0 / 0.0 != 0.0 / 0.0', 'true'],
  ['[0.0 / 0.0] == [0.0 / 0.0]', 'false'],
  ['0.0 / 0.0 < 1.0 || 0.0 / 0.0 >= 1.0', 'false'],
  ['1.0 / 0.0 == 1.0 / 0.0 && 1.0 / 0.0 >= 1.0 / 0.0', 'true'],
  ['-0.0 == 0.0 && {0: 1}[dyn(-0.0)] == 1', 'true'],
  ['double("1.")', 'double 1'],
  ['double(".5e1")', 'double 5'],
  ['double("1e999")', 'error malformed-text'],
  ['double("0x1")', 'error malformed-text'],
  ['double("1 ")', 'error malformed-text'],
  ['double("Infinity") > 1e308', 'true'],
  ['string(1e21)', '"1e+21"'],
  ['1 == dyn(1.0) && 1u == dyn(1.0) && dyn(1u) == 1', 'true'],
  ['dyn(1) + dyn(1.0)', 'error no-such-overload'],
  ['dyn(1) == "1" || dyn(true) == 1 || dyn(null) == 0', 'false'],
  // Texts, by code points.
  ['size("\u{1f431}\u{1f431}")', '2'],
  ['"\u{1f431}b".reverse()', '"b\u{1f431}"'],
  ['"a\u{1f431}b".substring(1, 2)', '"\u{1f431}"'],
  ['"a\u{1f431}b".charAt(3)', '""'],
  ['"a\u{1f431}b".charAt(4)', 'error index-out-of-range'],
  ['"\ue000" < "\u{1f431}"', 'true'],
  ['"a" < "ab" && "" < "a" && !("b" < "ab")', 'true'],
  ['"aXa".replace("a", "")', '"X"'],
  ['"ab".replace("", "-")', '"-a-b-"'],
  ['"\u{1f431}".replace("", "-")', '"-\u{1f431}-"'],
  ['"".replace("", "-")', '"-"'],
  ['"ab".replace("", "-", 2)', '"-a-b"'],
  ['"aaa".replace("a", "b", 0)', '"aaa"'],
  ['"\u{1f431}b".split("")', '["\u{1f431}", "b"]'],
  ['"a,b,c".split(",", 2)', '["a", "b,c"]'],
  ['"".split(",")', '[""]'],
  ['"".split("")', '[]'],
  ['"abcab".indexOf("ab", 1)', '3'],
  ['"ab".indexOf("b", 2)', 'error index-out-of-range'],
  ['"ab".indexOf("", 2)', '2'],
  ['"".indexOf("a")', '-1'],
  ['"abab".lastIndexOf("ab", 1)', '0'],
  ['"ab".lastIndexOf("")', '2'],
  ['"STRASSE ß É".lowerAscii()', '"strasse ß É"'],
  ['"\u2003 a \u00a0".trim()', '"a"'],
  ['"\u200b".trim() == "\u200b"', 'true'],
  ['["a", dyn(1)].join()', 'error no-such-overload'],
  ['b"\\xff" < b"\\xff\\x00" && b"\\x00" < b"\\x01"', 'true'],
  ['size(bytes("\u{1f431}"))', '4'],
  // Lists and maps.
  ['[1, 2u, 3.0] == [dyn(1.0), 2, 3u]', 'true'],
  ['{1: "a", "b": 2} == {"b": 2.0, 1u: "a"}', 'true'],
  ['{"a": 1} == {"a": 1, "b": 2} || {"a": 1} == {"b": 1}', 'false'],
  ['{1u: "a"}.map(k, type(k) == uint)', '[true]'],
  ['{1u: "a"}[dyn(1.0)]', '"a"'],
  ['{dyn(1.0): "a"}', 'error unsupported-key'],
  ['{dyn(null): "a"}', 'error unsupported-key'],
  ['{1: "a", dyn(1u): "b"}', 'error repeated-key'],
  ['dyn(1.5) in {1: 2} || dyn("1") in {1: 2}', 'false'],
  ['dyn([1]) in {1: 2}', 'error no-such-overload'],
  ['[1][-1]', 'error index-out-of-range'],
  ['[1][dyn("0")]', 'error index-out-of-range'],
  ['[1][9223372036854775807]', 'error index-out-of-range'],
  ['[[1], [2]] == [[1], [2.0]] && [1] in [[1.0], 2]', 'true'],
  ['{"a": 1}.transformMapEntry(k, v, {v: k})', '{1: "a"}'],
  ['["a", "a"].transformMapEntry(i, v, {v: i})', 'error repeated-key'],
  ['[3, 4].transformMap(i, v, v > 3, v * 2)', '{1: 8}'],
  ['type([]) == list && type({}) == map && type(type(1)) == type', 'true'],
  // Times.
  ['timestamp("2024-02-29T00:00:00Z") - timestamp("2023-02-28T00:00:00Z") == duration("8784h")', 'true'],
  ['timestamp("2023-02-29T00:00:00Z")', 'error malformed-text'],
  ['timestamp("2024-01-01T00:00:00")', 'error malformed-text'],
  ['timestamp("2024-01-01 00:00:00Z")', 'error malformed-text'],
  ['timestamp("2024-01-01T00:00:60Z")', 'error malformed-text'],
  ['timestamp("2024-01-01T24:00:00Z")', 'error malformed-text'],
  ['timestamp("2024-01-01T00:00:00.1234567890Z")', 'error malformed-text'],
  ['timestamp("2024-01-01T00:00:00.Z")', 'error malformed-text'],
  ['timestamp("2024-01-01T00:00:00+2:00")', 'error malformed-text'],
  ['timestamp("2024-01-01T00:00:00+02:00") == timestamp("2023-12-31T22:00:00Z")', 'true'],
  ['timestamp("0001-01-01T00:00:00+01:00")', 'error out-of-range'],
  ['string(timestamp("2024-01-01T00:00:00.12Z"))', '"2024-01-01T00:00:00.120Z"'],
  ['string(timestamp("0099-01-01T00:00:00Z"))', '"0099-01-01T00:00:00Z"'],
  ['timestamp(253402300800)', 'error out-of-range'],
  ['timestamp(9223372036854775807)', 'error out-of-range'],
  ['timestamp(-1).getSeconds()', '59'],
  ['duration("1h2m3.5s").getMilliseconds()', '500'],
  ['duration("-90m").getHours()', '-1'],
  ['string(duration("-0.5s"))', '"-0.500s"'],
  ['duration("1d")', 'error malformed-text'],
  ['duration("1.5")', 'error malformed-text'],
  ['duration("")', 'error malformed-text'],
  ['duration("-")', 'error malformed-text'],
  ['duration("-0")', 'duration 0'],
  ['duration(".5h")', 'duration 1800000000000'],
  ['duration("2562047h47m16.854775807s") > duration("1s")', 'true'],
  ['duration("2562047h47m16.854775808s")', 'error out-of-range'],
  ['duration("-2562047h47m16.854775808s") < duration("1s")', 'true'],
  // Time zones, where clocks change, and where they never were whole hours.
  ['timestamp("2024-03-31T00:59:59Z").getHours("Europe/Berlin")', '1'],
  ['timestamp("2024-03-31T01:00:00Z").getHours("Europe/Berlin")', '3'],
  ['timestamp("2024-10-27T00:30:00Z").getHours("Europe/Berlin")', '2'],
  ['timestamp("2024-10-27T01:30:00Z").getHours("Europe/Berlin")', '2'],
  ['timestamp("2024-12-31T23:30:00Z").getFullYear("Europe/Berlin")', '2025'],
  ['timestamp("2024-01-01T00:30:00Z").getDayOfYear("America/New_York")', '364'],
  ['timestamp("2024-01-01T00:30:00Z").getMonth("America/New_York")', '11'],
  ['timestamp("2024-01-01T00:30:00Z").getDayOfWeek("America/New_York")', '0'],
  ['timestamp("2024-01-01T00:00:00Z").getMinutes("Asia/Kathmandu")', '45'],
  ['timestamp("0001-01-01T00:00:00Z").getFullYear("America/New_York")', '0'],
  ['timestamp("1969-12-31T23:59:59.5Z").getMilliseconds("Europe/Berlin")', '500'],
  ['timestamp("2024-01-01T00:00:00Z").getHours("05:30")', '5'],
  ['timestamp("2024-01-01T00:00:00Z").getHours("-05:30")', '18'],
  ['timestamp("2024-01-01T00:00:00Z").getHours("+24:00")', 'error unknown-time-zone'],
  ['timestamp("2024-01-01T00:00:00Z").getHours("+0530")', 'error unknown-time-zone'],
  ['timestamp("2024-01-01T00:00:00Z").getHours("Europe/Atlantis")', 'error unknown-time-zone'],
  ['timestamp("2024-01-01T00:00:00Z").getHours("")', 'error unknown-time-zone'],
  [`timestamp("2024-01-01T00:00:00Z").getHours("${'x'.repeat(65)}")`, 'error unknown-time-zone'],
  // Patterns.
  ['"abc".matches("b")', 'true'],
  ['"abc".matches("^b")', 'false'],
  ['"a\\nb".matches("a.b")', 'false'],
  ['matches("ABC", "(?i)^abc$")', 'true'],
  ['dyn(1).matches("1")', 'error no-such-overload'],
];

test.each(cases)('%s is %s', (text, expected) => {
  const outcome = evaluateText(text);
  const kind = outcome !== null && typeof outcome === 'object' && 'kind' in outcome ? ` ${outcome.kind}` : '';
  expect(`${describeValue(outcome)}${kind}`).toBe(expected);
});

test('times and durations are read as they are written', () => {
  const nanos = fc.integer({ min: 0, max: 999_999_999 });
  const seconds = fc.integer({ min: SECONDS_MIN, max: SECONDS_MAX });
  fc.assert(
    fc.property(seconds, nanos, (second, nano) => {
      expect(parseTimestamp(renderTimestamp(new Timestamp(second, nano)))).toEqual(new Timestamp(second, nano));
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (total) => {
      const duration = new Duration(intOf(total));
      expect(parseDuration(renderDuration(duration))).toEqual(duration);
    }),
  );
});

test('the parts of a time are those that JavaScript tells, in UTC and in time zones', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Asia/Kolkata'];
  const time = fc.date({
    min: new Date('1975-01-01T00:00:00Z'),
    max: new Date('2060-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(time, fc.constantFrom(...zones), (date, zone) => {
      const now = timestampOfMs(date.getTime());
      const parts =
        '[t.getFullYear(z), t.getMonth(z) + 1, t.getDate(z), t.getHours(z), t.getMinutes(z), t.getSeconds(z)]';
      const local = date.toLocaleString('sv-SE', { timeZone: zone });
      expect(evaluateText(parts, { t: now, z: zone })).toEqual(local.split(/[- :]/).map(Number));
      const weekday = date.toLocaleString('en-US', { timeZone: zone, weekday: 'short' });
      const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
      expect(evaluateText('t.getDayOfWeek(z)', { t: now, z: zone })).toBe(days.indexOf(weekday));
      expect(evaluateText('t.getMilliseconds()', { t: now })).toBe(date.getUTCMilliseconds());
    }),
    { numRuns: 300 },
  );
});

test('values of every type meet every operator, and give a value or an error', () => {
  const values = [
    null,
    true,
    1,
    2n ** 60n,
    new Uint(1),
    new Double(1.5),
    'a',
    new Uint8Array([1]),
    [1],
    timestampOfMs(0),
    new Duration(1),
  ];
  const operators = ['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', 'in', '&&', '||'];
  for (const operator of operators) {
    for (const a of values) {
      for (const b of values) expect(evaluateText(`a ${operator} b`, { a, b })).toBeDefined();
    }
  }
});

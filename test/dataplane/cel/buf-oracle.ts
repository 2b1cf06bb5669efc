import {
  celEnv,
  celFunc,
  celMethod,
  CelScalar,
  celUint,
  isCelError,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
  listType,
  mapType,
  objectType,
  parse,
  plan,
  type CelFunc,
  type CelInput,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { Expr as BufExpr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { DurationSchema, TimestampSchema, type Duration, type Timestamp } from '@bufbuild/protobuf/wkt';

const { BOOL, DOUBLE, DYN, INT, STRING, UINT } = CelScalar;
const STRINGS = listType(STRING);
const INT_MAX = 2n ** 63n - 1n;

/** Buf's functions that do not do what cel-spec says, done again in the plainest way; `differential.test.ts` has a case of each. */
const CORRECTED: readonly CelFunc[] = [
  celFunc('_==_', [DYN, DYN], BOOL, same),
  celFunc('_!=_', [DYN, DYN], BOOL, (a, b) => !same(a, b)),
  celFunc('@in', [DYN, listType(DYN)], BOOL, (needle, list) => [...list].some((element) => same(element, needle))),
  celFunc('@in', [STRING, mapType(DYN, DYN)], BOOL, (key, map) => [...map.keys()].some((each) => same(each, key))),
  celFunc('_<_', [STRING, STRING], BOOL, (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0),
  celFunc('_<=_', [STRING, STRING], BOOL, (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) <= 0),
  celFunc('_>_', [STRING, STRING], BOOL, (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0),
  celFunc('_>=_', [STRING, STRING], BOOL, (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) >= 0),
  celFunc('int', [STRING], INT, (text) => {
    const value = /^[-+]?[0-9]+$/.test(text) ? BigInt(text.replace('+', '')) : refuse();
    return value > INT_MAX || value < -INT_MAX - 1n ? refuse() : value;
  }),
  celFunc('uint', [STRING], UINT, (text) => {
    const value = /^[0-9]+$/.test(text) ? BigInt(text) : refuse();
    return value >= 2n ** 64n ? refuse() : celUint(value);
  }),
  celFunc('double', [STRING], DOUBLE, (text) => {
    return /^[-+]?(Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?)$|^NaN$/.test(text) ? Number(text) : refuse();
  }),
  celFunc('_/_', [UINT, UINT], UINT, (a, b) => (b.value === 0n ? refuse() : celUint(a.value / b.value))),
  celFunc('int', [objectType(DurationSchema)], INT, () => refuse()),
  celMethod('charAt', STRING, [INT], STRING, function (at) {
    return slice(this, at, at === size(this) ? at : at + 1n);
  }),
  celMethod('substring', STRING, [INT], STRING, function (start) {
    return slice(this, start, size(this));
  }),
  celMethod('substring', STRING, [INT, INT], STRING, function (start, end) {
    return slice(this, start, end);
  }),
  celMethod('indexOf', STRING, [STRING], INT, function (part) {
    return BigInt(positions(this, part).at(0) ?? -1);
  }),
  celMethod('indexOf', STRING, [STRING, INT], INT, function (part, from) {
    within(this, part, from);
    return BigInt(positions(this, part).find((at) => at >= from) ?? -1);
  }),
  celMethod('lastIndexOf', STRING, [STRING], INT, function (part) {
    return BigInt(positions(this, part).at(-1) ?? -1);
  }),
  celMethod('lastIndexOf', STRING, [STRING, INT], INT, function (part, from) {
    within(this, part, from);
    return BigInt(positions(this, part).findLast((at) => at <= from) ?? -1);
  }),
  celMethod('split', STRING, [STRING], STRINGS, function (separator) {
    return splitText(this, separator, -1n);
  }),
  celMethod('split', STRING, [STRING, INT], STRINGS, function (separator, limit) {
    return splitText(this, separator, limit);
  }),
  celMethod('replace', STRING, [STRING, STRING, INT], STRING, function (old, by, limit) {
    return splitText(this, old, limit < 0n ? -1n : limit + 1n).join(by);
  }),
];

const asItIs = celEnv({ funcs: strings });
const corrected = celEnv({ funcs: [...strings, ...CORRECTED] });

/** What Buf makes of an expression, as `describeValue` says it, and the expression as Buf's parser read it. */
export function askBuf(
  text: string,
  bindings: Readonly<Record<string, CelInput>>,
  which: 'corrected' | 'as it is' = 'corrected',
): { readonly outcome: string; readonly parsed: BufExpr | undefined } {
  const parsed = parse(text);
  const evaluate = plan(which === 'corrected' ? corrected : asItIs, parsed);
  return { outcome: describeBuf(evaluate({ ...bindings })), parsed: parsed.expr };
}

function describeBuf(value: unknown): string {
  if (isCelError(value)) return 'error';
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return `double ${Object.is(value, -0) ? '0' : value}`;
  if (isCelUint(value)) return `${value.value}u`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (isReflectMessage(value, TimestampSchema)) {
    const { seconds, nanos } = value.message as Timestamp;
    return `timestamp ${seconds} ${nanos}`;
  }
  if (isReflectMessage(value, DurationSchema)) {
    const { seconds, nanos } = value.message as Duration;
    return `duration ${seconds * 1_000_000_000n + BigInt(nanos)}`;
  }
  if (isCelType(value)) return `type ${value.name}`;
  if (isCelList(value)) return `[${[...value].map(describeBuf).join(', ')}]`;
  if (isCelMap(value)) {
    const entries = [...value].map(([key, each]) => `${describeBuf(key)}: ${describeBuf(each)}`);
    return `{${entries.sort().join(', ')}}`;
  }
  return 'a value of another kind';
}

/** Equality as ordering has it: an integer next to a double is compared as a double. */
function same(a: unknown, b: unknown): boolean {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== null && right !== null) {
    return typeof left === typeof right ? left === right : Number(left) === Number(right);
  }
  if (isCelList(a) && isCelList(b)) return a.size === b.size && [...a].every((each, at) => same(each, b.get(at)));
  if (isCelMap(a) && isCelMap(b)) {
    const others = [...b];
    return (
      a.size === b.size &&
      [...a].every(([key, value]) => others.some(([other, each]) => same(key, other) && same(value, each)))
    );
  }
  return describeBuf(a) === describeBuf(b);
}

function numberOf(value: unknown): number | bigint | null {
  if (isCelUint(value)) return value.value;
  return typeof value === 'number' || typeof value === 'bigint' ? value : null;
}

function refuse(): never {
  throw new Error('refused');
}

function size(text: string): bigint {
  return BigInt(Array.from(text).length);
}

function slice(text: string, start: bigint, end: bigint): string {
  if (start < 0n || end < start || end > size(text)) refuse();
  return Array.from(text).slice(Number(start), Number(end)).join('');
}

/** A search may begin at the end only for the empty text, which is found there. */
function within(text: string, part: string, from: bigint): void {
  if (from < 0n || from > size(text) || (from === size(text) && part !== '')) refuse();
}

/** Where a part begins, in code points. */
function positions(text: string, part: string): readonly number[] {
  const points = Array.from(text);
  return [...points.keys(), points.length].filter((at) => points.slice(at).join('').startsWith(part));
}

/** As Go's `strings.SplitN`. */
function splitText(text: string, separator: string, limit: bigint): string[] {
  if (limit === 0n) return [];
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return parts;
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(separator)];
}

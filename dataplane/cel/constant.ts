import type { Const } from '../../schemas/types/expression.ts';
import { parseDouble, parseInteger, parseUnsigned } from './convert.ts';
import { Fault } from './fault.ts';
import { parseDuration, parseTimestamp } from './time-text.ts';
import { Double, TypeName, type Value } from './value.ts';

const TYPE_NAMES: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
]);

/** The value of a constant; undefined when `v` is not the one way to write a value of type `t`. */
export function constantValue({ t, v }: Const): Value | undefined {
  if (t === 'null') return v === null ? null : undefined;
  if (t === 'bool') return typeof v === 'boolean' ? v : undefined;
  if (typeof v !== 'string') return undefined;
  switch (t) {
    case 'int': {
      const value = parseInteger(v, false);
      return value !== null && String(value) === v ? value : undefined;
    }
    case 'uint': {
      const value = parseUnsigned(v);
      return value !== null && String(value.value) === v ? value : undefined;
    }
    case 'double':
      return doubleConstant(v);
    case 'string':
      return v.isWellFormed() ? v : undefined;
    case 'bytes': {
      const bytes = Buffer.from(v, 'base64');
      return bytes.toString('base64') === v ? new Uint8Array(bytes) : undefined;
    }
    case 'timestamp':
      return known(parseTimestamp(v));
    case 'duration':
      return v.endsWith('s') ? known(parseDuration(v)) : undefined;
    case 'type':
      return TYPE_NAMES.has(v) ? new TypeName(v) : undefined;
  }
}

function doubleConstant(text: string): Double | undefined {
  if (text === '-0') return new Double(-0);
  const value = parseDouble(text);
  return value !== null && String(value) === text ? new Double(value) : undefined;
}

function known<T extends Value>(value: T | Fault): T | undefined {
  return value instanceof Fault ? undefined : value;
}

import { fromBinary, type Message } from '@bufbuild/protobuf';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import type { Value as SpecValue } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { MapBuilder } from '../../../dataplane/cel/collection.ts';
import { Fault } from '../../../dataplane/cel/fault.ts';
import {
  Double,
  Duration,
  intOf,
  isInt,
  isList,
  Timestamp,
  TypeName,
  Uint,
  type Outcome,
  type Value,
} from '../../../dataplane/cel/value.ts';
import { Excluded } from './expr-of-buf.ts';

/** An outcome as a text that says its type too, the same for equal outcomes and no others; all errors alike. */
export function describeValue(outcome: Outcome): string {
  if (outcome instanceof Fault) return outcome.kind === 'unknown' ? 'unknown' : 'error';
  if (outcome === null) return 'null';
  if (typeof outcome === 'boolean') return String(outcome);
  if (isInt(outcome)) return String(outcome);
  if (typeof outcome === 'string') return JSON.stringify(outcome);
  if (outcome instanceof Uint) return `${outcome.value}u`;
  if (outcome instanceof Double) return `double ${Object.is(outcome.value, -0) ? '0' : outcome.value}`;
  if (outcome instanceof Uint8Array) return `bytes ${Buffer.from(outcome).toString('hex')}`;
  if (outcome instanceof Timestamp) return `timestamp ${outcome.seconds} ${outcome.nanos}`;
  if (outcome instanceof Duration) return `duration ${outcome.nanos}`;
  if (outcome instanceof TypeName) return `type ${outcome.name}`;
  if (isList(outcome)) return `[${outcome.map(describeValue).join(', ')}]`;
  const entries = [...outcome.entries].map(
    ([key, value]) => `${describeValue(outcome.keyValue(key))}: ${describeValue(value)}`,
  );
  return `{${entries.sort().join(', ')}}`;
}

/** A value as the conformance tests write it. */
export function valueOfSpec(value: SpecValue | undefined): Value {
  const kind = value?.kind;
  switch (kind?.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'stringValue':
      return kind.value;
    case 'int64Value':
      return intOf(kind.value);
    case 'uint64Value':
      return new Uint(intOf(kind.value));
    case 'doubleValue':
      return new Double(kind.value);
    case 'bytesValue':
      return kind.value;
    case 'typeValue':
      return new TypeName(kind.value);
    case 'listValue':
      return kind.value.values.map(valueOfSpec);
    case 'mapValue': {
      const builder = new MapBuilder();
      for (const entry of kind.value.entries) builder.add(valueOfSpec(entry.key), valueOfSpec(entry.value));
      return builder.build();
    }
    case 'objectValue':
      return valueOfAny(kind.value);
    case 'enumValue':
    case undefined:
      throw new Excluded('protobuf messages');
  }
}

function valueOfAny({ typeUrl, value }: Message & { readonly typeUrl: string; readonly value: Uint8Array }): Value {
  if (typeUrl.endsWith('/google.protobuf.Duration')) {
    const { seconds, nanos } = fromBinary(DurationSchema, value);
    return new Duration(intOf(seconds * 1_000_000_000n + BigInt(nanos)));
  }
  if (typeUrl.endsWith('/google.protobuf.Timestamp')) {
    const { seconds, nanos } = fromBinary(TimestampSchema, value);
    return new Timestamp(Number(seconds), nanos);
  }
  throw new Excluded('protobuf messages');
}

import type { Const, Projection } from '../../schemas/types/expression.ts';

/** What is known of a place beside its type: what conditions compare it with. */
export interface Hints {
  readonly constants: readonly Const[];
  /** Texts that patterns match which it is matched against. */
  readonly samples: readonly string[];
}

export interface Candidates {
  /** JSON texts, the most telling ones first. */
  readonly values: readonly string[];
  /** Whether the type has no other values. */
  readonly isComplete: boolean;
}

/** Lengths that a text or list is tried with, when conditions speak of numbers near it. */
const LENGTH_MAX = 2_000;
const LIST_LENGTH_MAX = 50;
const INT_MAX = 2n ** 63n - 1n;

/** Values of a type at which the truth of conditions may change. */
export function candidatesOf(projection: Projection, hints: Hints): Candidates {
  const { values, isComplete } = ofType(projection, hints);
  return { values: [...new Set(projection.nullable ? [...values, 'null'] : values)], isComplete };
}

function ofType(projection: Projection, hints: Hints): Candidates {
  const { type, enum: admitted } = projection;
  if (admitted !== null) {
    const values = type === 'string' ? admitted.map((text) => JSON.stringify(text)) : admitted;
    return { values, isComplete: true };
  }
  switch (type) {
    case 'boolean':
      return { values: ['true', 'false'], isComplete: true };
    case 'null':
      return { values: ['null'], isComplete: true };
    case 'integer':
      return { values: integers(hints), isComplete: false };
    case 'number':
      return { values: numbers(hints), isComplete: false };
    case 'string':
      return { values: strings(hints), isComplete: false };
    case 'array':
      return { values: lists(projection, hints), isComplete: false };
    case 'any':
      return {
        values: [...strings(hints), ...integers(hints), 'true', 'false', 'null', '[]', '{}'],
        isComplete: false,
      };
    case 'object':
      return { values: ['{}'], isComplete: false };
  }
}

function integers(hints: Hints): readonly string[] {
  const near = ints(hints).flatMap((value) => [value, value - 1n, value + 1n]);
  const rounded = doubles(hints).flatMap((value) => [BigInt(Math.floor(value)), BigInt(Math.ceil(value))]);
  return [...near, ...rounded, 0n, 1n].filter((value) => value <= INT_MAX && value >= -INT_MAX - 1n).map(String);
}

function numbers(hints: Hints): readonly string[] {
  const centres = [...doubles(hints), ...ints(hints).map(Number)];
  return [...centres.flatMap((value) => [value, value - 1, value + 1, value - 0.5, value + 0.5]), 0, 1]
    .filter(Number.isFinite)
    .map((value) => JSON.stringify(value));
}

/** A text, texts around it, and texts of the lengths that conditions speak of. */
function strings(hints: Hints): readonly string[] {
  const texts = hints.constants.flatMap(({ t, v }) => (t === 'string' && typeof v === 'string' ? [v] : []));
  const lengths = ints(hints).flatMap((value) => [value, value - 1n, value + 1n]);
  const ofLength = lengths
    .filter((value) => value >= 0n && value <= LENGTH_MAX)
    .map((value) => 'a'.repeat(Number(value)));
  return [...texts, ...hints.samples, ...texts.flatMap((text) => [`a${text}`, `${text}a`]), 'a', '', ...ofLength].map(
    (text) => JSON.stringify(text),
  );
}

function lists(projection: Projection, hints: Hints): readonly string[] {
  const { items } = projection;
  if (items === null) return ['[]'];
  if (items.type === 'object') return ['[]'];
  const values = candidatesOf(items, hints).values.slice(0, LIST_LENGTH_MAX);
  const [first = 'null'] = values;
  const lengths = ints(hints)
    .flatMap((value) => [value, value + 1n])
    .filter((value) => value > 1n && value <= LIST_LENGTH_MAX)
    .map((value) => `[${Array.from({ length: Number(value) }, () => first).join(',')}]`);
  return [...values.map((value) => `[${value}]`), '[]', `[${values.join(',')}]`, ...lengths];
}

function ints({ constants }: Hints): readonly bigint[] {
  return constants.flatMap(({ t, v }) => ((t === 'int' || t === 'uint') && typeof v === 'string' ? [BigInt(v)] : []));
}

function doubles({ constants }: Hints): readonly number[] {
  return constants
    .flatMap(({ t, v }) => (t === 'double' && typeof v === 'string' ? [Number(v)] : []))
    .filter(Number.isFinite);
}

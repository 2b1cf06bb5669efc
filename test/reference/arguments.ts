import { pathsOf, type Condition, type Look } from './expression.ts';
import type { Value } from './evaluate.ts';

/** What of JSON Schema the reference understands. */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | readonly ['string', 'null'];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly (string | number)[];
  readonly items?: Schema;
}

/** A number as it was sent. */
class NumberToken {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Sent = null | boolean | string | NumberToken | readonly Sent[] | ReadonlyMap<string, Sent>;

/** Arguments as they were sent: every number with all its digits. */
export function parseSent(json: string): Sent {
  const revive = (_key: string, value: unknown, context: { readonly source?: string }): unknown => {
    if (typeof value === 'number') return new NumberToken(context.source ?? '');
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberToken)
      return value;
    return new Map(Object.entries(value));
  };
  return (JSON.parse as (text: string, reviver: typeof revive) => unknown)(json, revive) as Sent;
}

export const INVALID = Symbol('invalid arguments');

/** What conditions read of a value: members by name, or all of it. */
type Reading = ReadonlyMap<string, Reading | Look>;

/**
 * Language.md, rule 11: arguments as a condition reads them, or that they are invalid: a value that is read is of its
 * declared type, a member that is read and required is there, and each level that is read has declared members alone.
 */
export function readArguments(
  sent: Sent,
  schema: Schema,
  condition: Condition,
  isOpen: boolean,
): ReadonlyMap<string, Value> | typeof INVALID {
  const paths = pathsOf(condition).filter(({ path }) => path.root === 'args');
  if (paths.length === 0) return new Map();
  const reading = new Map<string, Reading | Look>();
  for (const { path, look } of paths) addReading(reading, path.names, look);
  const read = readObject(sent, schema, reading, isOpen);
  return read instanceof Map ? read : INVALID;
}

function addReading(level: Map<string, Reading | Look>, names: readonly string[], look: Look): void {
  const [name, ...below] = names;
  if (name === undefined) return;
  const known = level.get(name);
  if (below.length > 0) {
    const inner = known instanceof Map ? known : new Map<string, Reading | Look>();
    level.set(name, inner);
    addReading(inner, below, look);
  } else if (typeof known !== 'object' && LOOKS.indexOf(look) > LOOKS.indexOf(known ?? 'asked')) level.set(name, look);
  else if (known === undefined) level.set(name, look);
}

/** The farther back, the more is looked at. */
const LOOKS: readonly Look[] = ['asked', 'size', 'whole'];

function readObject(sent: Sent, schema: Schema, reading: Reading, isOpen: boolean): Value | typeof INVALID {
  if (!(sent instanceof Map)) return INVALID;
  const members = sent as ReadonlyMap<string, Sent>;
  const properties = schema.properties ?? {};
  const read = new Map<string, Value>();
  for (const [name, value] of members) {
    if (!Object.hasOwn(properties, name)) {
      if (!isOpen || resembles(name, properties)) return INVALID;
      continue;
    }
    const how = reading.get(name);
    const declared = properties[name];
    if (how === undefined || declared === undefined) continue;
    if (how === 'asked') {
      read.set(name, null);
      continue;
    }
    const result = typeof how === 'string' ? readValue(value, declared, how) : readObject(value, declared, how, isOpen);
    if (result === INVALID) return INVALID;
    read.set(name, result);
  }
  const isMissing = (schema.required ?? []).some((name) => reading.has(name) && !members.has(name));
  return isMissing ? INVALID : read;
}

function readValue(sent: Sent, schema: Schema, look: Look): Value | typeof INVALID {
  // How many elements there are says nothing of what they are.
  if (look === 'size' && schema.type === 'array') return Array.isArray(sent) ? sent.map(() => null) : INVALID;
  return readWhole(sent, schema);
}

function readWhole(sent: Sent, schema: Schema): Value | typeof INVALID {
  const value = readTyped(sent, schema);
  if (schema.enum === undefined || value === INVALID) return value;
  return schema.enum.some((each) => each === value || (typeof value === 'bigint' && BigInt(each) === value))
    ? value
    : INVALID;
}

function readTyped(sent: Sent, schema: Schema): Value | typeof INVALID {
  if (typeof schema.type !== 'string') return sent === null || typeof sent === 'string' ? sent : INVALID;
  switch (schema.type) {
    case 'string':
      return typeof sent === 'string' ? sent : INVALID;
    case 'boolean':
      return typeof sent === 'boolean' ? sent : INVALID;
    case 'integer':
      return sent instanceof NumberToken ? readInteger(sent.text) : INVALID;
    case 'number':
      return sent instanceof NumberToken && Number.isFinite(Number(sent.text)) ? Number(sent.text) : INVALID;
    case 'array': {
      if (!Array.isArray(sent)) return INVALID;
      const items = (sent as readonly Sent[]).map((item) =>
        schema.items === undefined ? null : readWhole(item, schema.items),
      );
      return items.includes(INVALID) ? INVALID : (items as readonly Value[]);
    }
    case 'object':
      // Read member by member.
      return INVALID;
  }
}

/** An `integer` is a number token of integral value within 64 bits (5.0 and 1e3 count), compared exactly. */
function readInteger(token: string): bigint | typeof INVALID {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  let digits = whole + fraction;
  let shift = Number(exponent) - fraction.length;
  while (shift < 0 && digits.endsWith('0')) {
    digits = digits.slice(0, -1);
    shift++;
  }
  if (/^0*$/.test(digits)) return 0n;
  if (shift < 0 || shift > 30) return INVALID;
  const value = BigInt(sign + digits) * 10n ** BigInt(shift);
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : INVALID;
}

/** Rule 11: a key that some reader could take for a declared one, at any level of the schema. */
export function resemblesKey(sent: Sent, schema: Schema | undefined): boolean {
  if (schema === undefined) return false;
  if (Array.isArray(sent)) return (sent as readonly Sent[]).some((item) => resemblesKey(item, schema.items));
  if (!(sent instanceof Map) || schema.properties === undefined) return false;
  const { properties } = schema;
  return [...(sent as ReadonlyMap<string, Sent>)].some(([name, value]) =>
    Object.hasOwn(properties, name) ? resemblesKey(value, properties[name]) : resembles(name, properties),
  );
}

const resembles = (name: string, properties: Readonly<Record<string, Schema>>): boolean =>
  Object.keys(properties).some((declared) => folded(declared) === folded(name));

/** Case folding of what the generator writes: by way of upper case, which `ſ` and the Kelvin sign need. */
const folded = (name: string): string =>
  name
    .replace(/\p{Cc}/gu, '')
    .toUpperCase()
    .toLowerCase();

import { JsonScanner } from '../json/scanner.ts';
import { ARRAY, ESCAPED_STRING, FALSE, NULL, NUMBER, OBJECT, STRING, TRUE } from '../json/tape.ts';
import { stringText } from '../json/text.ts';
import { doubleOfToken, integerOfToken, isPlainInteger } from './number-token.ts';
import { ANY, type ObjectPlan, type ProjectionPlan } from './projection-plan.ts';
import { Double, INT_MAX, INT_MIN, intOf, MapValue, type Key, type Value } from './value.ts';

/**
 * What does not hold of arguments. `type`: a value of another type than declared, an `integer` that is none or needs more
 * than 64 bits, a number too large for a double; `look-alike-key`: an undeclared name that some reader could take for a
 * declared one; `malformed`: no JSON, or JSON that two readers may read differently.
 */
export type ArgumentsProblem = 'type' | 'enum' | 'missing' | 'undeclared' | 'look-alike-key' | 'malformed';

/** Why arguments are refused before any condition is asked. */
export class InvalidArguments {
  readonly problem: ArgumentsProblem;
  /** Names of members and numbers of elements down to the value, or to the member that is missing or should not be there. */
  readonly path: readonly (string | number)[];
  /** The declared type, where the problem is with a value. */
  readonly expected: ProjectionPlan['type'] | null;

  constructor(problem: ArgumentsProblem, path: readonly (string | number)[], expected: ProjectionPlan['type'] | null) {
    this.problem = problem;
    this.path = path;
    this.expected = expected;
  }
}

const scanner = new JsonScanner();
/** The arguments of a call that has none. */
const EMPTY_OBJECT = Buffer.from('{}');

/**
 * HOT PATH: once per call of a tool whose conditions read `args`. Reads from the text of a call's arguments what conditions
 * read, after checking that it is what they were compiled for (language.md, rule 11). `span`: the place of the arguments
 * in a text that is known to be UTF-8; null when the call has none, which is like `{}`. Allocates the values it returns.
 */
export function projectArguments(
  body: Buffer,
  span: { readonly start: number; readonly end: number } | null,
  plan: ProjectionPlan,
): Value | InvalidArguments {
  const bytes = span === null ? EMPTY_OBJECT : body;
  const { start, end } = span ?? { start: 0, end: EMPTY_OBJECT.length };
  if (scanner.scanWithin(bytes, start, end, plan.levels) !== null) return new InvalidArguments('malformed', [], null);
  return read(bytes, 0, plan);
}

/** Reads the value of one node of the tape. */
function read(bytes: Buffer, node: number, plan: ProjectionPlan): Value | InvalidArguments {
  const { tape } = scanner;
  const kind = tape.kind(node);
  if (plan.type === 'any') return readAny(bytes, node);
  if (kind === NULL) return plan.nullable || plan.type === 'null' ? null : wrong(plan, 'type');
  switch (plan.type) {
    case 'object':
      return kind === OBJECT && plan.object !== null ? readObject(bytes, node, plan.object) : wrong(plan, 'type');
    case 'array':
      return kind === ARRAY ? readArray(bytes, node, plan.items ?? ANY) : wrong(plan, 'type');
    case 'string': {
      if (kind !== STRING && kind !== ESCAPED_STRING) return wrong(plan, 'type');
      return admitted(readText(bytes, node), plan);
    }
    case 'integer': {
      const value = kind === NUMBER ? integerOfToken(bytes, tape.start(node), tape.end(node)) : null;
      return value === null ? wrong(plan, 'type') : admitted(value, plan);
    }
    case 'number':
      return kind === NUMBER ? readNumber(bytes, node, plan) : wrong(plan, 'type');
    case 'boolean':
      return kind === TRUE || kind === FALSE ? admitted(kind === TRUE, plan) : wrong(plan, 'type');
    case 'null':
      return wrong(plan, 'type');
  }
}

function readObject(bytes: Buffer, node: number, plan: ObjectPlan): Value | InvalidArguments {
  const { tape } = scanner;
  const after = tape.next(node);
  const members = plan.members.map((): Value | undefined => undefined);
  const others: [string, Value][] = [];
  let required = 0;
  for (let member = node + 1; member < after; member = tape.next(member)) {
    const keyStart = tape.keyStart(member);
    const keyEnd = tape.keyEnd(member);
    const position = plan.keys.indexOf(bytes, keyStart, keyEnd);
    if (position >= 0) {
      if (plan.isRequired[position] === true) required++;
      const below = plan.members[position] ?? null;
      if (below === null) continue;
      const value = read(bytes, member, below);
      if (value instanceof InvalidArguments) return within(value, plan.keys.names[position] ?? '');
      members[position] = value;
      continue;
    }
    const name = stringText(bytes, keyStart, keyEnd);
    if (plan.keys.resembled(bytes, keyStart, keyEnd) !== null)
      return new InvalidArguments('look-alike-key', [name], null);
    if (plan.undeclared === 'refuse') return new InvalidArguments('undeclared', [name], null);
    if (plan.undeclared === 'skip') continue;
    const value = read(bytes, member, ANY);
    if (value instanceof InvalidArguments) return within(value, name);
    others.push([name, value]);
  }
  if (required < plan.requiredCount) return missing(bytes, node, plan);
  return others.length === 0 ? plan.shape.record(members) : withOthers(plan.shape.record(members), others);
}

function withOthers(record: MapValue, others: readonly (readonly [string, Value])[]): MapValue {
  return new MapValue(new Map<Key, Value>([...record.entries, ...others]), null);
}

/** Says which required member is absent: the first, as declared. */
function missing(bytes: Buffer, node: number, plan: ObjectPlan): InvalidArguments {
  const { tape } = scanner;
  const present = new Set<number>();
  for (let member = node + 1; member < tape.next(node); member = tape.next(member)) {
    present.add(plan.keys.indexOf(bytes, tape.keyStart(member), tape.keyEnd(member)));
  }
  const name = plan.keys.names.find((_name, position) => plan.isRequired[position] === true && !present.has(position));
  return new InvalidArguments('missing', [name ?? ''], null);
}

function readArray(bytes: Buffer, node: number, items: ProjectionPlan): Value | InvalidArguments {
  const { tape } = scanner;
  const after = tape.next(node);
  const list: Value[] = [];
  for (let element = node + 1; element < after; element = tape.next(element)) {
    const value = read(bytes, element, items);
    if (value instanceof InvalidArguments) return within(value, list.length);
    list.push(value);
  }
  return list;
}

function readNumber(bytes: Buffer, node: number, plan: ProjectionPlan): Value | InvalidArguments {
  const { tape } = scanner;
  const value = doubleOfToken(bytes, tape.start(node), tape.end(node));
  if (!Number.isFinite(value)) return wrong(plan, 'type');
  if (plan.admitted !== null && !plan.admitted.has(value)) return wrong(plan, 'enum');
  return new Double(value);
}

/** Whatever is there. Its numbers are doubles, as JSON's are, but for integers that a double would change: those stay exact. */
function readAny(bytes: Buffer, node: number): Value | InvalidArguments {
  const { tape } = scanner;
  switch (tape.kind(node)) {
    case OBJECT: {
      const entries = new Map<Key, Value>();
      for (let member = node + 1; member < tape.next(node); member = tape.next(member)) {
        const name = stringText(bytes, tape.keyStart(member), tape.keyEnd(member));
        const value = readAny(bytes, member);
        if (value instanceof InvalidArguments) return within(value, name);
        entries.set(name, value);
      }
      return new MapValue(entries, null);
    }
    case ARRAY:
      return readArray(bytes, node, ANY);
    case STRING:
    case ESCAPED_STRING:
      return readText(bytes, node);
    case NUMBER:
      return readAnyNumber(bytes, node);
    case TRUE:
      return true;
    case FALSE:
      return false;
    default:
      return null;
  }
}

function readAnyNumber(bytes: Buffer, node: number): Value | InvalidArguments {
  const start = scanner.tape.start(node);
  const end = scanner.tape.end(node);
  const value = doubleOfToken(bytes, start, end);
  if (!Number.isFinite(value)) return new InvalidArguments('type', [], 'any');
  if (Number.isSafeInteger(value) || !Number.isInteger(value) || !isPlainInteger(bytes, start, end)) {
    return new Double(value);
  }
  const exact = BigInt(bytes.toString('latin1', start, end));
  return exact === BigInt(value) || exact < INT_MIN || exact > INT_MAX ? new Double(value) : intOf(exact);
}

function readText(bytes: Buffer, node: number): string {
  return stringText(bytes, scanner.tape.start(node), scanner.tape.end(node));
}

function admitted(value: Value, plan: ProjectionPlan): Value | InvalidArguments {
  return plan.admitted === null || plan.admitted.has(value) ? value : wrong(plan, 'enum');
}

function wrong(plan: ProjectionPlan, problem: ArgumentsProblem): InvalidArguments {
  return new InvalidArguments(problem, [], plan.type);
}

function within(invalid: InvalidArguments, part: string | number): InvalidArguments {
  return new InvalidArguments(invalid.problem, [part, ...invalid.path], invalid.expected);
}

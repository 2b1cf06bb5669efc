import type { Projection } from '../../schemas/types/expression.ts';
import { candidatesOf, type Hints } from './candidate-values.ts';
import type { Choice, Dimension } from './choices.ts';

/** What conditions compare the value at a path with. */
export type HintsAt = (path: readonly string[]) => Hints;

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

/** What can be chosen of the arguments that conditions read: a dimension for each value below the objects. */
export function argumentDimensions(projection: Projection, hintsAt: HintsAt): readonly Dimension[] {
  return dimensionsBelow(projection, ['args'], false, hintsAt);
}

function dimensionsBelow(
  projection: Projection,
  path: readonly string[],
  mayBeAbsent: boolean,
  hintsAt: HintsAt,
): readonly Dimension[] {
  const { members } = projection;
  if (projection.type === 'object' && members !== null && Object.keys(members).length > 0) {
    const dimensions = Object.entries(members).flatMap(([name, member]) => {
      if (member === null) return [];
      const isOptional = mayBeAbsent || !projection.required.includes(name);
      return dimensionsBelow(member, [...path, name], isOptional, hintsAt);
    });
    // An object that may be absent, or null, or have other members, has values that no choice stands for.
    const isWhole = path.length === 1 && projection.undeclared !== 'read' && !projection.nullable;
    return isWhole ? dimensions : dimensions.map((dimension) => ({ ...dimension, isComplete: false }));
  }
  const { values, isComplete } = candidatesOf(projection, hintsAt(path));
  return [{ key: keyOf(path), options: mayBeAbsent ? [...values, null] : values, isComplete }];
}

/**
 * The arguments of a choice as JSON text. What nobody reads but is required gets what the input schema suggests.
 * @param schema The tool's input schema; null = any value will do.
 */
export function writeArguments(projection: Projection | null, schema: unknown, choice: Choice): string {
  return (projection === null ? suggest(schema) : write(projection, schema, ['args'], choice)) ?? '{}';
}

function write(projection: Projection, schema: unknown, path: readonly string[], choice: Choice): string | null {
  const { members } = projection;
  if (projection.type !== 'object' || members === null || Object.keys(members).length === 0) {
    return choice.get(keyOf(path)) ?? null;
  }
  const required = new Set([...projection.required, ...textsAt(schema, 'required')]);
  const texts = [...new Set([...Object.keys(members), ...required])].flatMap((name) => {
    const member = Object.hasOwn(members, name) ? (members[name] ?? null) : null;
    const below = memberOf(memberOf(schema, 'properties'), name);
    const unread = required.has(name) ? suggest(below) : null;
    const text = member === null ? unread : write(member, below, [...path, name], choice);
    return text === null ? [] : [`${JSON.stringify(name)}:${text}`];
  });
  return texts.length === 0 && path.length > 1 ? null : `{${texts.join(',')}}`;
}

const BY_TYPE: ReadonlyMap<unknown, string> = new Map([
  ['string', '"a"'],
  ['integer', '1'],
  ['number', '1'],
  ['boolean', 'true'],
  ['array', '[]'],
  ['null', 'null'],
]);

/** A value that a schema is likely to admit; an object with its required members. */
function suggest(schema: unknown): string {
  const values = memberOf(schema, 'enum');
  if (Array.isArray(values) && values.length > 0) return JSON.stringify(values[0]);
  const constant = memberOf(schema, 'const');
  if (constant !== undefined) return JSON.stringify(constant);
  const type = memberOf(schema, 'type');
  const simple = BY_TYPE.get(Array.isArray(type) ? type[0] : type);
  if (simple !== undefined) return simple;
  const members = textsAt(schema, 'required').map(
    (name) => `${JSON.stringify(name)}:${suggest(memberOf(memberOf(schema, 'properties'), name))}`,
  );
  return type === 'object' || members.length > 0 ? `{${members.join(',')}}` : 'null';
}

function textsAt(value: unknown, name: string): readonly string[] {
  const list = memberOf(value, name);
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** An own member of something read from JSON. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

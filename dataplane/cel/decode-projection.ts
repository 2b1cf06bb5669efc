import type { Const, Projection } from '../../schemas/types/expression.ts';
import { boolean, list, literal, nullable, object, record, text, type Shape } from '../format/shape.ts';
import { JSON_DEPTH_MAX } from '../limits.ts';
import { constantValue } from './constant.ts';

/** How the types that can have admitted values are called in constants. */
const CONSTANT_TYPES: ReadonlyMap<Projection['type'], Const['t']> = new Map([
  ['string', 'string'],
  ['integer', 'int'],
  ['number', 'double'],
]);

/** A projection in parsed JSON, for `decodeShape`: as deep as JSON may be, since arguments are no deeper. */
export const PROJECTION: Shape<Projection> = projectionShape(JSON_DEPTH_MAX);

/** The shape of a projection with so many levels at most. */
function projectionShape(levels: number): Shape<Projection> {
  let lower: Shape<Projection> | null = null;
  const below: Shape<Projection> = (value, fault): value is Projection => {
    // Made when it is needed: few projections are deep.
    if (levels > 1) return (lower ??= projectionShape(levels - 1))(value, fault);
    fault.message = `more than ${JSON_DEPTH_MAX} levels`;
    return false;
  };
  const plain = object<Projection>({
    type: literal('object', 'array', 'string', 'integer', 'number', 'boolean', 'null', 'any'),
    nullable: boolean(),
    enum: nullable(list(text())),
    members: nullable(record(nullable(below))),
    required: list(text()),
    undeclared: literal('refuse', 'skip', 'read'),
    items: nullable(below),
  });
  return (value, fault): value is Projection => {
    if (!plain(value, fault)) return false;
    const problem = contradiction(value);
    if (problem !== null) fault.message = problem;
    return problem === null;
  };
}

/** What a projection says that cannot be. */
function contradiction({ type, enum: admitted, members, required, items }: Projection): string | null {
  if ((type === 'object') !== (members !== null)) return 'an object, and nothing else, has members';
  if ((type === 'array') !== (items !== null)) return 'an array, and nothing else, has items';
  const unknown = required.find((name) => members === null || !Object.hasOwn(members, name));
  if (unknown !== undefined) return `requires the undeclared member ${JSON.stringify(unknown)}`;
  const wrong = admitted?.find((value) => !isOfType(value, type));
  return wrong === undefined ? null : `admits ${JSON.stringify(wrong)}, which is no ${type}`;
}

function isOfType(value: string, type: Projection['type']): boolean {
  if (type === 'boolean') return value === 'true' || value === 'false';
  const t = CONSTANT_TYPES.get(type);
  return t !== undefined && constantValue({ k: 'const', t, v: value }) !== undefined;
}

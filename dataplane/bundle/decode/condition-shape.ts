import type { Condition, Expr } from '../../../schemas/types/expression.ts';
import { CONDITION_VARIABLES } from '../../cel/build.ts';
import { PROJECTION } from '../../cel/decode-projection.ts';
import { decodeExpression } from '../../cel/decode.ts';
import { list, literal, nullable, object, type Shape } from '../../format/shape.ts';

/**
 * Checked CEL. Whether the patterns that it names exist is seen where it is built: a shape knows of no other table.
 */
const expression: Shape<Expr> = (value, fault): value is Expr => {
  const decoded = decodeExpression(value, { variables: CONDITION_VARIABLES, patterns: Number.MAX_SAFE_INTEGER });
  if (decoded.ok) return true;
  fault.message = decoded.at === '' ? decoded.reason : `${decoded.reason} at ${decoded.at}`;
  return false;
};

export const condition: Shape<Condition> = object<Condition>({
  reads: list(literal(...CONDITION_VARIABLES)),
  expression,
  projection: nullable(PROJECTION),
});

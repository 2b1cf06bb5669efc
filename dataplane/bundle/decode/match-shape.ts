import type { Match } from '../../../schemas/types/policy.ts';
import { integer, list, literal, nullable, object, type Shape } from '../../format/shape.ts';

/** Into the source map. */
export const rule = integer(0);
/** Into a table of the policy; -1 = none. */
export const index = integer(-1);

/** What a rule of any sort is in force for. */
export const match: Shape<Match> = object<Match>({
  gateways: nullable(list(index)),
  servers: nullable(list(index)),
  definitions: index,
  resources: integer(-2),
  kinds: nullable(list(literal('person', 'robot'))),
  subjects: nullable(list(index)),
  clients: nullable(list(index)),
});

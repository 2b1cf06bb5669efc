import type { ContentVector, DecisionVector, SelfTest } from '../../../schemas/types/selftest.ts';
import { boolean, integer, list, literal, nullable, object, text, type Shape } from '../../format/shape.ts';
import { SELF_TEST_VECTORS_MAX } from '../../limits.ts';

/** The shape of `selftest.json`, member for member that of `schemas/selftest.schema.json` (a test compares the two). */
export const SELF_TEST: Shape<SelfTest> = object<SelfTest>({
  format: literal(1),
  decisions: list(
    object<DecisionVector>({
      kind: literal('person', 'robot'),
      subjects: list(integer(0)),
      client: text(),
      gateway: text(),
      what: literal('tool', 'prompt', 'resource'),
      name: text(),
      now: integer(0),
      allow: boolean(),
      reason: text(),
      rule: integer(Number.MIN_SAFE_INTEGER),
    }),
    SELF_TEST_VECTORS_MAX,
  ),
  content: list(object<ContentVector>({ rule: integer(0), in: text(), out: nullable(text()) }), SELF_TEST_VECTORS_MAX),
});

import fc from 'fast-check';
import type { Schema } from './arguments.ts';
import type { Condition, Path } from './expression.ts';
import { ATOMS, CLAIMS, TOOL_ATOMS, type Atom } from './vocabulary.ts';

/** A condition before it is known what its rule reaches: it is made to fit afterwards, so that shrinking stays simple. */
export type Sketch =
  | { readonly is: 'atom'; readonly atom: number; readonly form: number }
  | { readonly is: 'not'; readonly of: Sketch }
  | { readonly is: 'and' | 'or'; readonly left: Sketch; readonly right: Sketch }
  | { readonly is: 'choose'; readonly test: Sketch; readonly yes: Sketch; readonly no: Sketch };

const atom = fc.record({
  is: fc.constant('atom' as const),
  atom: fc.nat(ATOMS.length + TOOL_ATOMS.length - 1),
  form: fc.nat(2),
});

export const sketches: fc.Arbitrary<Sketch> = fc.letrec<{ sketch: Sketch }>((tie) => ({
  sketch: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: atom, weight: 4 },
    { arbitrary: fc.record({ is: fc.constant('not' as const), of: tie('sketch') }), weight: 1 },
    {
      arbitrary: fc.record({
        is: fc.constantFrom('and' as const, 'or' as const),
        left: tie('sketch'),
        right: tie('sketch'),
      }),
      weight: 3,
    },
    {
      arbitrary: fc.record({
        is: fc.constant('choose' as const),
        test: tie('sketch'),
        yes: tie('sketch'),
        no: tie('sketch'),
      }),
      weight: 1,
    },
  ),
})).sketch;

interface ReachedTool {
  readonly schema: Schema;
  /** Its server admits arguments that are not declared: those have no type, so that conditions here leave them alone. */
  readonly isOpen: boolean;
}

/** What the rule of a condition reaches. */
export interface Reach {
  /**
   * Schemas of tools, prompts and resources, in groups: what none of a group declares, a condition may not ask for, since
   * the group may be all that the rule is typed for.
   */
  readonly groups: readonly (readonly ReachedTool[])[];
  /** Whether resources are among them, of which `tool` says nothing. */
  readonly resources: boolean;
  readonly robots: boolean;
}

/** The condition that a sketch becomes: with a `has` before everything that may be absent. */
export function conditionFor(sketch: Sketch, reach: Reach): Condition {
  switch (sketch.is) {
    case 'atom':
      return fitted(sketch, reach);
    case 'not':
      return { is: 'not', of: conditionFor(sketch.of, reach) };
    case 'and':
    case 'or':
      return { is: sketch.is, left: conditionFor(sketch.left, reach), right: conditionFor(sketch.right, reach) };
    case 'choose':
      return {
        is: 'choose',
        test: conditionFor(sketch.test, reach),
        yes: conditionFor(sketch.yes, reach),
        no: conditionFor(sketch.no, reach),
      };
  }
}

function fitted({ atom: at, form }: Sketch & { is: 'atom' }, reach: Reach): Condition {
  const atoms: readonly Atom[] = reach.resources ? ATOMS : [...ATOMS, ...TOOL_ATOMS];
  const { path, condition } = atoms[at % atoms.length] ?? { path: null, condition: { is: 'constant', value: true } };
  if (path === null) return condition;
  if (!isDeclared(path, reach)) return { is: 'constant', value: form === 0 };
  let result = condition;
  for (let depth = path.names.length; depth > 0; depth--) {
    const part: Path = { root: path.root, names: path.names.slice(0, depth) };
    if (!isCertain(part, reach)) result = asked(part, result, form);
  }
  return result;
}

/** The three ways to ask first. */
function asked(path: Path, then: Condition, form: number): Condition {
  const has: Condition = { is: 'has', path };
  if (form === 0) return { is: 'and', left: has, right: then };
  if (form === 1) return { is: 'or', left: { is: 'not', of: has }, right: then };
  return { is: 'choose', test: has, yes: then, no: { is: 'constant', value: path.names.length === 1 } };
}

function isDeclared({ root, names: [name = ''] }: Path, { groups }: Reach): boolean {
  if (root !== 'args') return true;
  const declares = ({ schema }: ReachedTool): boolean => schema.properties?.[name] !== undefined;
  const isTyped = groups.flat().every((tool) => !tool.isOpen || declares(tool));
  return isTyped && groups.length > 0 && groups.every((group) => group.some(declares));
}

/** Whether it is there whenever the condition is asked. */
function isCertain({ root, names }: Path, { groups, robots }: Reach): boolean {
  if (root === 'claims') return !robots && CLAIMS[names[0] ?? '']?.endsWith('?') === false;
  const [first = '', second] = names;
  const isRequired = ({ schema }: ReachedTool): boolean =>
    second === undefined
      ? (schema.required?.includes(first) ?? false)
      : (schema.properties?.[first]?.required?.includes(second) ?? true);
  return groups.flat().every(isRequired);
}

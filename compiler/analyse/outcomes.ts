import { buildProjection } from '../../dataplane/cel/projection-plan.ts';
import type { BuiltCondition, Conditions } from '../../dataplane/decide/conditions.ts';
import type { GatewayEngine, Slot } from '../../dataplane/decide/index.ts';
import type { Guard, Policy } from '../../schemas/types/policy.ts';
import { CONDITION_CASES_MAX } from '../limits.ts';
import { CallSpace, type CallerChoice } from './call-space.ts';
import { everyChoice, sizeOf } from './choices.ts';

/** Of what a condition says, over all calls; `sometimes` where that is not known. */
export type Holds = 'always' | 'never' | 'sometimes';

/** What a condition is asked about; `RESOURCES` for those of any server. */
type Reached = Pick<Slot, 'kind' | 'definition'>;
export const RESOURCES: Reached = { kind: 'resource', definition: -1 };

/** What a condition was when it was asked for every value there is. */
interface Tried {
  readonly canBeTrue: boolean;
  readonly canBeFalse: boolean;
  /** An error, or no bool. */
  readonly canFail: boolean;
}

const ANYTHING: Tried = { canBeTrue: true, canBeFalse: true, canFail: true };

const SOMEBODY: readonly CallerChoice[] = (['person', 'robot'] as const).map((kind) => ({
  kind,
  subjects: [],
  clientId: '',
  clientName: '',
  id: '',
}));

/**
 * What conditions can be: constants, and those that read nothing but values of which there are few, such as enums. The
 * evaluator is the data plane's.
 */
export class Outcomes {
  readonly #policy: Policy;
  readonly #conditions: Conditions | null;
  readonly #tried = new Map<number, Tried>();

  /** @param conditions Those of the policy, built; null = it has no gateway. */
  constructor(policy: Policy, conditions: Conditions | null) {
    this.#policy = policy;
    this.#conditions = conditions;
  }

  /** Whether an entry's condition lets calls through. @param form -1 = unconditional. */
  ofEntry(form: number, gateway: GatewayEngine, to: Reached): Holds {
    if (form === -1) return 'always';
    const condition = gateway.tables.conditions.find(form, gateway.index, to);
    return condition === null ? 'never' : holdsOf(this.#outcomesOf(condition), true);
  }

  /** Whether a guard lets calls through; one without a condition for what it stands before does not. */
  ofGuard({ form, denyIf }: Pick<Guard, 'form' | 'denyIf'>, gateway: GatewayEngine, to: Reached): Holds {
    const condition = gateway.tables.conditions.find(form, gateway.index, to);
    return condition === null ? 'never' : holdsOf(this.#outcomesOf(condition), !denyIf);
  }

  /** Whether a form is a value wherever it is asked; null when it is asked nowhere. */
  ofForm(form: number, value: boolean): Holds | null {
    const rows = this.#policy.forms[form]?.rows ?? [];
    const indices = rows.flatMap(({ conditions, resources }) => [...conditions, ...(resources < 0 ? [] : [resources])]);
    const found = new Set(
      indices.map((index): Holds => {
        const condition = this.#conditions?.at(index) ?? null;
        return condition === null ? 'sometimes' : holdsOf(this.#outcomesOf(condition), value);
      }),
    );
    const [only = null, ...others] = found;
    return others.length === 0 ? only : 'sometimes';
  }

  #outcomesOf(condition: BuiltCondition): Tried {
    const known = this.#tried.get(condition.index);
    if (known !== undefined) return known;
    const tried = this.#try(condition);
    this.#tried.set(condition.index, tried);
    return tried;
  }

  #try(condition: BuiltCondition): Tried {
    const lowered = this.#policy.conditions[condition.index];
    if (lowered === undefined) return ANYTHING;
    const space = new CallSpace(this.#policy, [lowered], lowered.projection, null, SOMEBODY);
    if (!space.isComplete || sizeOf(space.dimensions) > CONDITION_CASES_MAX) return ANYTHING;
    const tried = { canBeTrue: false, canBeFalse: false, canFail: false };
    const plan = lowered.projection === null ? null : buildProjection(lowered.projection);
    for (const choice of everyChoice(space.dimensions, CONDITION_CASES_MAX)) {
      const { call } = space.callOf(choice);
      if (plan !== null && call.readArguments(this.#policy, plan) !== null) continue;
      const outcome = condition.evaluate(call.frame(this.#policy));
      if (outcome === true) tried.canBeTrue = true;
      else if (outcome === false) tried.canBeFalse = true;
      else tried.canFail = true;
    }
    return tried;
  }
}

/** Whether a condition is a value; errors are neither. */
function holdsOf({ canBeTrue, canBeFalse, canFail }: Tried, value: boolean): Holds {
  const [canBe, canBeOther] = value ? [canBeTrue, canBeFalse] : [canBeFalse, canBeTrue];
  if (!canBe) return 'never';
  return canBeOther || canFail ? 'sometimes' : 'always';
}

import { Memo } from '../memo.ts';
import type { LinkedGateway, LinkedGrant, LinkedPolicy } from '../link/model.ts';

/**
 * One object for as long as everything that the analysis of a gateway depends on is the same: the gateway with its
 * servers, who is granted what in it, which of that has expired, and the guards before it. Invariants, limits and content
 * rules are not part of it: an answer about one of these is kept with it.
 */
export interface GatewayState {
  readonly gateway: LinkedGateway;
}

const states = new Memo<LinkedGateway, GatewayState>();

/** @param grants Those of the gateway: the same list when they are the same. */
export function stateOf(
  gateway: LinkedGateway,
  grants: readonly LinkedGrant[],
  { workspace, roles, clients, guards }: LinkedPolicy,
  nowMs: number | null,
): GatewayState {
  const before = guards.filter(({ match }) => match.gateways === null || match.gateways.includes(gateway));
  const expired = expiring(grants).filter(({ expires }) => nowMs !== null && nowMs >= expires);
  const inputs = [workspace, grants, ...roles, null, ...clients, null, ...before, null, ...expired];
  return states.of(gateway, inputs, () => ({ gateway }));
}

const expiringBefore = new Memo<readonly LinkedGrant[], readonly LinkedGrant[]>();

/** Of a gateway's grants, those that end some day. */
export function expiring(grants: readonly LinkedGrant[]): readonly LinkedGrant[] {
  return expiringBefore.of(grants, [], () => grants.filter(({ expires }) => expires !== 0));
}

/**
 * What a pass found out about a gateway and something else, such as a guard. It is asked again only in another state of the
 * gateway, so an answer has nothing in it that belongs to one compile: no indices, and nothing of the engine.
 */
export class GatewayAnswers<About extends WeakKey, V> {
  readonly #byState = new WeakMap<GatewayState, Memo<About, V>>();

  /**
   * @param about Something linked, or the state when the answer is about the gateway alone.
   * @param inputs What else it depends on.
   */
  of({ state }: { readonly state: GatewayState }, about: About, work: () => V, inputs: readonly unknown[] = []): V {
    const answers = this.#byState.get(state) ?? new Memo<About, V>();
    this.#byState.set(state, answers);
    return answers.of(about, inputs, work);
  }
}

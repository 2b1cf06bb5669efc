import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { Engine, GatewayEngine } from '../../dataplane/decide/index.ts';
import type { LinkedEntry, LinkedGateway, LinkedGrant, LinkedPolicy } from '../link/model.ts';
import { stateOf, type GatewayState } from './gateway-answers.ts';
import { reachOfGateway, type GatewayReach, type GrantReach } from './gateway-reach.ts';
import type { Holder } from './holders.ts';
import { Outcomes } from './outcomes.ts';
import { Selector } from './selected.ts';
import {
  admittedApps,
  knownGuards,
  standingGuards,
  type App,
  type KnownGuard,
  type StandingGuard,
} from './standing-guards.ts';

/** A policy that compiled. */
export interface AnalyseInput {
  readonly linked: LinkedPolicy;
  readonly policy: Policy;
  readonly catalog: Catalog;
  /** Of that policy. */
  readonly engine: Engine;
  /** Unix milliseconds; null = no clock: what depends on time is not looked at. */
  readonly nowMs: number | null;
}

/** What all passes share. */
export interface Analysed extends AnalyseInput {
  /** Parallel to the policy's gateways. */
  readonly gateways: readonly AnalysedGateway[];
  readonly outcomes: Outcomes;
  readonly selector: Selector;
  readonly guards: readonly KnownGuard[];
}

/** All but `linked`, `state` and `granted` is worked out when it is first asked for: what is remembered needs none of it. */
export interface AnalysedGateway extends GatewayReach {
  readonly state: GatewayState;
  /** By name. */
  readonly granted: readonly LinkedGrant[];
  /** Guards that deny something here whatever the call is. */
  readonly standing: readonly StandingGuard[];
  /** The apps with which people get in. */
  readonly apps: readonly App[];
  /** Lets go of what was worked out, until something is asked for again. */
  readonly release: () => void;
}

/** What the passes ask for again and again. */
export function prepare(input: AnalyseInput): Analysed {
  const { linked, policy, engine, nowMs } = input;
  const [first] = policy.gateways;
  const tables = first === undefined ? null : (engine.gateway(first.name)?.tables ?? null);
  const outcomes = new Outcomes(policy, tables?.conditions ?? null);
  const selector = new Selector(linked, policy);
  const guards = knownGuards(linked, policy, selector);
  const gateways = linked.gateways.map((gateway) => {
    const granted = linked.ownGrants.get(gateway) ?? [];
    return new LazyGateway(gateway, stateOf(gateway, granted, linked, nowMs), granted, () => {
      const reach = reachOfGateway(gateway, granted, input, outcomes);
      return { ...reach, standing: standingGuards(guards, reach, outcomes), apps: admittedApps(reach) };
    });
  });
  return { ...input, gateways, outcomes, selector, guards };
}

type Expanded = Omit<AnalysedGateway, 'state' | 'granted' | 'release'>;

class LazyGateway implements AnalysedGateway {
  readonly linked: LinkedGateway;
  readonly state: GatewayState;
  readonly granted: readonly LinkedGrant[];
  readonly #expand: () => Expanded;
  #expanded: Expanded | null = null;

  constructor(linked: LinkedGateway, state: GatewayState, granted: readonly LinkedGrant[], expand: () => Expanded) {
    this.linked = linked;
    this.state = state;
    this.granted = granted;
    this.#expand = expand;
  }

  get engine(): GatewayEngine {
    return this.#all.engine;
  }

  get grants(): readonly GrantReach[] {
    return this.#all.grants;
  }

  get holders(): readonly Holder[] {
    return this.#all.holders;
  }

  get entries(): ReadonlyMap<number, LinkedEntry> {
    return this.#all.entries;
  }

  get standing(): readonly StandingGuard[] {
    return this.#all.standing;
  }

  get apps(): readonly App[] {
    return this.#all.apps;
  }

  release(): void {
    this.#expanded = null;
  }

  get #all(): Expanded {
    return (this.#expanded ??= this.#expand());
  }
}

import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { Engine } from '../../dataplane/decide/index.ts';
import type { LinkedEntry, LinkedPolicy } from '../link/model.ts';
import { entriesByRule, reachOfGateways, type GatewayReach } from './gateway-reach.ts';
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
  /** By rule id. */
  readonly entries: ReadonlyMap<number, LinkedEntry>;
}

export interface AnalysedGateway extends GatewayReach {
  /** Guards that deny something here whatever the call is. */
  readonly standing: readonly StandingGuard[];
  /** The apps with which people get in. */
  readonly apps: readonly App[];
}

/** Works out once what the passes ask for again and again. */
export function prepare(input: AnalyseInput): Analysed {
  const { linked, policy, engine } = input;
  const [first] = policy.gateways;
  const tables = first === undefined ? null : (engine.gateway(first.name)?.tables ?? null);
  const outcomes = new Outcomes(policy, tables?.conditions ?? null);
  const selector = new Selector(linked, policy);
  const guards = knownGuards(linked, policy, selector);
  const gateways = reachOfGateways(input, outcomes).map((gateway) => ({
    ...gateway,
    standing: standingGuards(guards, gateway, outcomes),
    apps: admittedApps(gateway),
  }));
  return { ...input, gateways, outcomes, selector, guards, entries: entriesByRule(linked, policy) };
}

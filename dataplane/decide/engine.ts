import type { Catalog } from '../../schemas/types/catalog.ts';
import type { Projection } from '../../schemas/types/expression.ts';
import type { Grant, Policy } from '../../schemas/types/policy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { buildProjection, type ProjectionPlan } from '../cel/projection-plan.ts';
import { GATEWAYS_EXPANDED_MAX } from '../limits.ts';
import type { Caller } from './caller.ts';
import { checkReferences } from './check-references.ts';
import { buildConditions, type Conditions } from './conditions.ts';
import { UriMatchers } from './uri-matcher.ts';
import { expandGateway, type GatewayEngine, type PolicyTables } from './gateway.ts';
import { Withheld } from './withheld.ts';

export type EngineResult =
  { readonly ok: true; readonly engine: Engine } | { readonly ok: false; readonly message: string };

/** Builds the only evaluator there is. Refuses a policy whose tables do not refer to each other properly. */
export function buildEngine(policy: Policy, catalog: Catalog): EngineResult {
  const message = checkReferences(policy, catalog);
  if (message !== null) return { ok: false, message };
  const built = buildConditions(policy);
  return built.ok ? { ok: true, engine: new Engine(policy, catalog, built.conditions) } : built;
}

/** Where projections are one object, as the compiler makes them, their plans are one as well. */
function buildProjections({ projections }: Policy): PolicyTables['projections'] {
  const plans = new Map<Projection, ProjectionPlan>();
  const byDefinition = new Map<number, ProjectionPlan>();
  for (const { definition, projection } of projections) {
    const plan = plans.get(projection) ?? buildProjection(projection);
    plans.set(projection, plan);
    byDefinition.set(definition, plan);
  }
  return byDefinition;
}

export class Engine {
  readonly policy: Policy;
  readonly catalog: Catalog;
  /** What is not to be had at the moment; decisions heed it by themselves. */
  readonly withheld = new Withheld();
  readonly #indexByName: ReadonlyMap<string, number>;
  readonly #tables: PolicyTables;
  readonly #grantsByGateway: ReadonlyMap<number, readonly Grant[]>;
  readonly #expanded = new BoundedCache<number, GatewayEngine>(GATEWAYS_EXPANDED_MAX);

  constructor(policy: Policy, catalog: Catalog, conditions: Conditions) {
    this.policy = policy;
    this.catalog = catalog;
    this.#indexByName = new Map(policy.gateways.map((gateway, index) => [gateway.name, index]));
    this.#tables = {
      policy,
      definitions: catalog.definitions,
      definitionsByServer: Map.groupBy(catalog.definitions.keys(), (at) => catalog.definitions[at]?.server ?? -1),
      conditions,
      projections: buildProjections(policy),
      uriMatchers: new UriMatchers(policy.uriPatterns),
      withheld: this.withheld,
    };
    this.#grantsByGateway = Map.groupBy(policy.grants, (grant) => grant.gateway);
  }

  /** Whether there is a gateway of that name; costs nothing, so that strangers may make us ask. */
  hasGateway(name: string): boolean {
    return this.#indexByName.has(name);
  }

  /** The gateway of that name, expanded on first use; null when there is none. */
  gateway(name: string): GatewayEngine | null {
    const index = this.#indexByName.get(name) ?? -1;
    const known = this.#expanded.get(index);
    if (known !== undefined) return known;
    const expanded = this.expand(name);
    if (expanded !== null) this.#expanded.set(index, expanded);
    return expanded;
  }

  /** The same for whoever looks at every gateway once: nothing is kept. */
  expand(name: string): GatewayEngine | null {
    const index = this.#indexByName.get(name);
    const gateway = index === undefined ? undefined : this.policy.gateways[index];
    if (index === undefined || gateway === undefined) return null;
    return expandGateway(this.#tables, index, gateway, this.#grantsByGateway.get(index) ?? []);
  }

  /**
   * Names of the gateways in which the caller's enabled subjects hold an unexpired grant, sorted: what one universal
   * URL may choose from. Not those that are closed because the pointer has expired.
   */
  reachable(caller: Pick<Caller, 'kind' | 'subjects'>, nowMs: number): readonly string[] {
    const { subjects, gateways } = this.policy;
    const own = new Set<number>();
    let everyTeam = false;
    for (const at of caller.subjects) {
      const subject = subjects[at];
      if (subject?.kind === 'role' && subject.capabilities.includes('use-all-gateways')) everyTeam = true;
      if (this.#counts(at, nowMs)) own.add(at);
    }
    const reaches = (to: number): boolean =>
      own.has(to) || (everyTeam && subjects[to]?.kind === 'team' && this.#counts(to, nowMs));
    const isStale = this.withheld.isStale(nowMs);
    return gateways
      .filter(
        ({ staleMode }, index) =>
          !(isStale && staleMode === 'closed') &&
          (this.#grantsByGateway.get(index) ?? []).some(
            (grant) => (grant.expires === 0 || nowMs < grant.expires) && grant.to.some(reaches),
          ),
      )
      .map((gateway) => gateway.name);
  }

  #counts(at: number, nowMs: number): boolean {
    const subject = this.policy.subjects[at];
    if (subject?.kind === 'team') return subject.disabled === null;
    if (subject?.kind !== 'robot' || subject.expires <= nowMs) return false;
    const owner = this.policy.subjects[subject.owner];
    return owner?.kind === 'team' && owner.disabled === null;
  }
}

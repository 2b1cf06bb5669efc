import {
  clientsOf,
  decide,
  viewOf,
  type Call,
  type Caller,
  type Slot,
  type View,
} from '../../dataplane/decide/index.ts';
import type { Condition, Policy } from '../../schemas/types/policy.ts';
import { WITNESS_CALLS_MAX } from '../limits.ts';
import type { Analysed } from './analysed.ts';
import { memberOf } from './call-arguments.ts';
import { CallSpace, type CallerChoice } from './call-space.ts';
import { everyChoice } from './choices.ts';
import type { GatewayReach } from './gateway-reach.ts';
import type { Holder } from './holders.ts';
import type { App } from './standing-guards.ts';

/** A call that the data plane's engine allows. */
export interface Witness {
  readonly gateway: GatewayReach;
  readonly slot: Slot;
  readonly call: Call;
  /** JSON text. */
  readonly args: string;
  /** JSON text of the claims that conditions read; null for none. */
  readonly claims: string | null;
  /** Which app is used, who the person is, and when, where that matters. */
  readonly app: string | null;
  readonly id: string | null;
  readonly at: string | null;
}

/**
 * Looks for a call of a tool by a holder that `decide` allows: among enums, the constants of conditions and their
 * neighbours, and what the input schema suggests. Null when none of so many was allowed, which proves nothing.
 */
export function findWitness(
  analysed: Analysed,
  gateway: GatewayReach,
  holder: Holder,
  apps: readonly App[],
  slot: Slot,
): Witness | null {
  const { policy, catalog } = analysed;
  const { subject } = holder;
  const callers = apps.map(({ clientId, clientName }): CallerChoice => ({
    kind: holder.kind,
    subjects: [holder.index],
    clientId,
    clientName,
    id: subject.kind === 'robot' ? subject.name : `${policy.issuers[0]?.name ?? 'issuer'}:somebody`,
  }));
  const views = callers.map((caller) => viewOf(gateway.engine, { ...caller, email: '', claims: new Map() }));
  const conditions = conditionsOf(analysed, views, slot);
  const projection = policy.projections.find(({ definition }) => definition === slot.definition)?.projection ?? null;
  const schema = inputSchema(catalog.definitions[slot.definition]?.json ?? '{}');
  const space = new CallSpace(policy, conditions, projection, schema, callers);
  for (const choice of everyChoice(space.dimensions, WITNESS_CALLS_MAX)) {
    const { call, args, claims } = space.callOf(choice);
    if (!decide(viewOf(gateway.engine, call.caller), slot.exposed, call).allow) continue;
    const id = choice.has('principal.id') ? call.caller.id : null;
    const at = choice.has('now') ? new Date(call.nowMs).toISOString() : null;
    return { gateway, slot, call, args, claims, app: appName(policy, call.caller), id, at };
  }
  return null;
}

/** Everything that is asked when the tool is called. */
function conditionsOf({ policy }: Analysed, views: readonly View[], slot: Slot): readonly Condition[] {
  const asked = views.flatMap(({ accesses }) => {
    const access = accesses[slot.index];
    if (access === null || access === undefined) return [];
    return [...access.candidates.map(({ when }) => when), ...access.guards.map(({ condition }) => condition)];
  });
  return [...new Set(asked)].flatMap((built) => (built === null ? [] : (policy.conditions[built.index] ?? [])));
}

function inputSchema(json: string): unknown {
  const definition: unknown = JSON.parse(json);
  return memberOf(definition, 'inputSchema');
}

/** What the call is, after "can call": `desk/close_ticket with {"id":1} and the claims {"mfa":true}`. */
export function describeWitness({ slot, call, args, claims, app, id, at }: Witness): string {
  const { caller } = call;
  const parts = [`\`${slot.exposed}\` with ${args}`];
  if (claims !== null) parts.push(`the claims ${claims}`);
  if (id !== null) parts.push(`the id ${id}`);
  if (caller.email !== '') parts.push(`the address ${caller.email}`);
  if (app !== null) parts.push(`the app ${app}`);
  const last = parts.length > 1 ? ` and ${parts.pop() ?? ''}` : '';
  return `${parts.join(', ')}${last}${at === null ? '' : `, at ${at}`}`;
}

function appName(policy: Policy, caller: Caller): string | null {
  const known = policy.clients[clientsOf(policy, caller)[0] ?? -1];
  if (known !== undefined) return known.name;
  return caller.clientId === '' ? null : caller.clientId;
}

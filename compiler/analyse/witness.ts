import {
  clientsOf,
  decide,
  decidePrompt,
  decideResource,
  exposeUri,
  viewOf,
  type Call,
  type Caller,
  type Slot,
  type View,
} from '../../dataplane/decide/index.ts';
import type { Projection } from '../../schemas/types/expression.ts';
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
  /** What it is of, in quotes. */
  readonly what: string;
  readonly call: Call;
  /** JSON text; null: a resource is read, which has none. */
  readonly args: string | null;
  /** JSON text of the claims that conditions read; null for none. */
  readonly claims: string | null;
  /** Which app is used, who the person is, and when, where that matters. */
  readonly app: string | null;
  readonly id: string | null;
  readonly at: string | null;
}

/** Who calls, and by which gateway. */
export interface Callers {
  readonly gateway: GatewayReach;
  readonly holder: Holder;
  readonly apps: readonly App[];
}

/**
 * Looks for a call of a tool, or of a prompt, by a holder that is allowed: among enums, the constants of conditions and
 * their neighbours, and what the input schema suggests. Null when none of so many was, which proves nothing.
 */
export function findWitness(analysed: Analysed, callers: Callers, slot: Slot): Witness | null {
  const { policy, catalog } = analysed;
  const asked = callers.apps.flatMap((app) => {
    const access = viewFor(analysed, callers, app).accesses[slot.index];
    return access === null || access === undefined ? [] : [access];
  });
  const projection = policy.projections.find(({ definition }) => definition === slot.definition)?.projection ?? null;
  return search(analysed, callers, {
    conditions: conditionsOf(policy, asked),
    projection,
    schema: schemaOf(slot, catalog.definitions[slot.definition]?.json ?? '{}'),
    isAllowed: (view, call) => (slot.kind === 'prompt' ? decidePrompt : decide)(view, slot.exposed, call).allow,
    what: `${slot.kind === 'prompt' ? 'the prompt ' : ''}\`${slot.exposed}\``,
    hasArguments: true,
  });
}

/** Looks for a read of one resource by a holder that is allowed. @param uri The upstream's own. */
export function findReading(analysed: Analysed, callers: Callers, assignment: string, uri: string): Witness | null {
  const { engine } = callers.gateway;
  const slot = engine.resourceSlots.get(assignment);
  if (slot === undefined) return null;
  const asked = callers.apps.flatMap((app) => viewFor(analysed, callers, app).resources.get(assignment) ?? []);
  const exposed = exposeUri(engine, slot.assignment, uri);
  return search(analysed, callers, {
    conditions: conditionsOf(analysed.policy, asked),
    projection: null,
    schema: null,
    isAllowed(view, call) {
      const { decision, target } = decideResource(view, exposed, call);
      return decision.allow && target?.assignment === slot.assignment && target.uri === uri;
    },
    what: `the resource \`${exposed}\``,
    hasArguments: false,
  });
}

interface Search {
  /** Everything that is asked when it is called. */
  readonly conditions: readonly Condition[];
  /** Of the arguments that are to be chosen. */
  readonly projection: Projection | null;
  readonly schema: unknown;
  readonly isAllowed: (view: View, call: Call) => boolean;
  readonly what: string;
  readonly hasArguments: boolean;
}

function search(analysed: Analysed, callers: Callers, wanted: Search): Witness | null {
  const { policy } = analysed;
  const choices = callers.apps.map((app) => callerChoice(analysed, callers, app));
  const space = new CallSpace(policy, wanted.conditions, wanted.projection, wanted.schema, choices);
  for (const choice of everyChoice(space.dimensions, WITNESS_CALLS_MAX)) {
    const { call, args, claims } = space.callOf(choice);
    if (!wanted.isAllowed(viewOf(callers.gateway.engine, call.caller), call)) continue;
    const id = choice.has('principal.id') ? call.caller.id : null;
    const at = choice.has('now') ? new Date(call.nowMs).toISOString() : null;
    const shown = wanted.hasArguments ? args : null;
    return { what: wanted.what, call, args: shown, claims, app: appName(policy, call.caller), id, at };
  }
  return null;
}

function callerChoice({ policy }: Analysed, { holder }: Callers, { clientId, clientName }: App): CallerChoice {
  const { subject, kind, index } = holder;
  const id = subject.kind === 'robot' ? subject.name : `${policy.issuers[0]?.name ?? 'issuer'}:somebody`;
  return { kind, subjects: [index], clientId, clientName, id };
}

function viewFor(analysed: Analysed, callers: Callers, app: App): View {
  return viewOf(callers.gateway.engine, { ...callerChoice(analysed, callers, app), email: '', claims: new Map() });
}

function conditionsOf(
  policy: Policy,
  accesses: readonly Pick<NonNullable<View['accesses'][number]>, 'candidates' | 'guards'>[],
): readonly Condition[] {
  const asked = accesses.flatMap(({ candidates, guards }) => [
    ...candidates.map(({ when }) => when),
    ...guards.map(({ condition }) => condition),
  ]);
  return [...new Set(asked)].flatMap((built) => (built === null ? [] : (policy.conditions[built.index] ?? [])));
}

/** Of the arguments; those of a prompt are texts. @param json The definition as JSON text. */
function schemaOf({ kind }: Slot, json: string): unknown {
  const definition: unknown = JSON.parse(json);
  if (kind === 'tool') return memberOf(definition, 'inputSchema');
  const declared = memberOf(definition, 'arguments');
  const required = (Array.isArray(declared) ? declared : [])
    .filter((argument) => memberOf(argument, 'required') === true)
    .map((argument) => String(memberOf(argument, 'name')));
  return { type: 'object', properties: Object.fromEntries(required.map((name) => [name, TEXT])), required };
}

const TEXT = { type: 'string' };

/** What the call is, after "can call": `desk/close_ticket with {"id":1} and the claims {"mfa":true}`. */
export function describeWitness({ what, call, args, claims, app, id, at }: Witness): string {
  const { caller } = call;
  const parts = args === null ? [] : [args];
  if (claims !== null) parts.push(`the claims ${claims}`);
  if (id !== null) parts.push(`the id ${id}`);
  if (caller.email !== '') parts.push(`the address ${caller.email}`);
  if (app !== null) parts.push(`the app ${app}`);
  const last = parts.length > 1 ? ` and ${parts.pop() ?? ''}` : '';
  const means = parts.length === 0 ? '' : ` with ${parts.join(', ')}${last}`;
  return `${what}${means}${at === null ? '' : `, at ${at}`}`;
}

function appName(policy: Policy, caller: Caller): string | null {
  const known = policy.clients[clientsOf(policy, caller)[0] ?? -1];
  if (known !== undefined) return known.name;
  return caller.clientId === '' ? null : caller.clientId;
}

import { clientIsAdmitted, clientsOf } from '../../dataplane/decide/clients.ts';
import type { Caller } from '../../dataplane/decide/index.ts';
import type { Guard, Policy } from '../../schemas/types/policy.ts';
import type { LinkedGuard, LinkedPolicy } from '../link/model.ts';
import type { GatewayReach } from './gateway-reach.ts';
import type { Holder } from './holders.ts';
import type { Outcomes } from './outcomes.ts';
import { selectedSlots, selectsHolder, type Selected, type Selector } from './selected.ts';
import { SlotSet } from './slot-set.ts';

/** A guard in its linked form, as the data plane has it, and whom it is about. */
export interface KnownGuard {
  readonly linked: LinkedGuard;
  readonly lowered: Guard;
  readonly selected: Selected;
}

/** A guard that denies some slots of a gateway whatever the call is. */
export interface StandingGuard extends KnownGuard {
  readonly slots: SlotSet;
}

/** By name. */
export function knownGuards(linked: LinkedPolicy, policy: Policy, selector: Selector): readonly KnownGuard[] {
  const byName = new Map(policy.guards.map((guard) => [guard.name, guard]));
  return linked.guards.flatMap((guard): readonly KnownGuard[] => {
    const lowered = byName.get(guard.document.name);
    return lowered === undefined ? [] : [{ linked: guard, lowered, selected: selector.select(guard.match) }];
  });
}

/** The guards that subtract from what a gateway opens: enforced, and no call passes them. */
export function standingGuards(
  guards: readonly KnownGuard[],
  gateway: GatewayReach,
  outcomes: Outcomes,
): readonly StandingGuard[] {
  return guards.flatMap((guard): readonly StandingGuard[] => {
    if (guard.lowered.mode !== 'enforce') return [];
    const slots = new SlotSet(gateway.engine.slots.length);
    for (const at of selectedSlots(guard.selected, gateway).slots) {
      const slot = gateway.engine.slots[at];
      if (slot !== undefined && outcomes.ofGuard(guard.lowered, gateway.engine, slot) === 'never') slots.add(at);
    }
    return slots.isEmpty ? [] : [{ ...guard, slots }];
  });
}

/** An app, as the one who calls shows it. */
export interface App extends Pick<Caller, 'clientId' | 'clientName'> {
  /** Indices into the policy's clients: which of them it is. */
  readonly clients: readonly number[];
}

/** The apps with which people get into a gateway: an unknown one first, as no rule is about it. */
export function admittedApps(gateway: GatewayReach): readonly App[] {
  const { engine } = gateway;
  const { clients } = engine.policy;
  const known = clients.flatMap(({ ids, names }) => [
    ...ids.map((id) => ({ clientId: id, clientName: '' })),
    ...names.map((name) => ({ clientId: '', clientName: name })),
  ]);
  return [NO_APP, ...known].flatMap((app): readonly App[] => {
    const caller: Caller = { kind: 'person', subjects: [], id: '', email: '', claims: new Map(), ...app };
    return clientIsAdmitted(engine, caller) ? [{ ...app, clients: clientsOf(engine.policy, caller) }] : [];
  });
}

const NO_APP: App = { clientId: '', clientName: '', clients: [] };
const NO_APPS: readonly App[] = [NO_APP];

/** The apps that make a difference to a holder: robots have none, and what an unknown app may do, others may not exceed. */
export function appsOf(holder: Holder, apps: readonly App[]): readonly App[] {
  if (holder.kind === 'robot') return NO_APPS;
  const [first] = apps;
  return first?.clients.length === 0 ? [first] : apps;
}

/** What a holder can get at with an app: what grants open, without what guards close for good. */
export function reachOf(holder: Holder, app: App, standing: readonly StandingGuard[]): SlotSet {
  if (standing.length === 0) return holder.possible;
  const reach = holder.possible.copy();
  for (const guard of standing) if (standsBefore(guard, holder, app)) reach.removeAll(guard.slots);
  return reach;
}

/** Whether a guard is about a holder who uses an app. */
export function standsBefore({ selected }: KnownGuard, holder: Holder, app: App): boolean {
  return (
    selectsHolder(selected, holder) &&
    (selected.clients === null || app.clients.some((client) => selected.clients?.has(client)))
  );
}

import type { LinkedInvariant } from '../link/model.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
import type { GrantReach } from './gateway-reach.ts';
import type { Holder } from './holders.ts';
import {
  coversData,
  selectedData,
  selectedSlots,
  selectsGateway,
  selectsHolder,
  type Data,
  type Selected,
} from './selected.ts';
import { SlotSet } from './slot-set.ts';
import { appsOf, reachOf, standsBefore, type App } from './standing-guards.ts';

/** Somebody who can reach what an invariant is about. */
export interface Reaching {
  readonly gateway: AnalysedGateway;
  readonly holder: Holder;
  /** With these apps. */
  readonly apps: readonly App[];
  /** The tools in question. */
  readonly slots: SlotSet;
  /** The prompts and resources in question, by the grant that gives them. */
  readonly data: readonly GrantedData[];
}

interface GrantedData {
  readonly grant: GrantReach;
  readonly entry: GrantReach['entries'][number];
  readonly what: readonly Data[];
}

/** Whoever reaches what an invariant selects, exceptions left out: by gateway, then by subject. */
export function reachingOf(analysed: Analysed, invariant: LinkedInvariant): readonly Reaching[] {
  const selected = analysed.selector.select(invariant.match);
  return analysed.gateways.flatMap((gateway) => {
    if (!selectsGateway(selected, gateway)) return [];
    const slots = selectedSlots(selected, gateway);
    return gateway.holders.flatMap((holder): readonly Reaching[] => {
      const { kind, name } = holder.subject;
      if (invariant.except.has(`${kind}/${name}`) || !selectsHolder(selected, holder)) return [];
      const reaching = reachingIn(analysed, gateway, holder, slots, selected);
      return reaching === null ? [] : [reaching];
    });
  });
}

function reachingIn(
  analysed: Analysed,
  gateway: AnalysedGateway,
  holder: Holder,
  wanted: SlotSet,
  selected: Selected,
): Reaching | null {
  const asked = appsAsked(gateway, holder, selected);
  const slots = new SlotSet(gateway.engine.slots.length);
  const apps = asked.filter((app) => {
    const reach = reachOf(holder, app, gateway.standing).and(wanted);
    slots.addAll(reach);
    return !reach.isEmpty;
  });
  const data =
    asked.map((app) => dataOf(analysed, gateway, holder, app, selected)).find((given) => given.length > 0) ?? [];
  return apps.length === 0 && data.length === 0 ? null : { gateway, holder, apps, slots, data };
}

/** An invariant about apps is about those alone, and about people. */
function appsAsked(gateway: AnalysedGateway, holder: Holder, { clients }: Selected): readonly App[] {
  if (clients === null) return appsOf(holder, gateway.apps);
  return holder.kind === 'robot' ? [] : gateway.apps.filter((app) => app.clients.some((client) => clients.has(client)));
}

/** The engine decides tools alone so far; prompts and resources are compared as the policy states them. */
function dataOf(
  { guards, outcomes }: Analysed,
  gateway: AnalysedGateway,
  holder: Holder,
  app: App,
  selected: Selected,
): readonly GrantedData[] {
  const given = holder.grants.flatMap((grant) =>
    grant.entries.flatMap((entry): readonly GrantedData[] => {
      const what = selectedData(selected, entry);
      return what.length === 0 ? [] : [{ grant, entry, what }];
    }),
  );
  if (given.length === 0) return [];
  const closing = guards.filter(
    (guard) =>
      guard.lowered.mode === 'enforce' &&
      selectsGateway(guard.selected, gateway) &&
      standsBefore(guard, holder, app) &&
      outcomes.ofForm(guard.lowered.form, !guard.lowered.denyIf) === 'never',
  );
  return given.flatMap(({ grant, entry, what }): readonly GrantedData[] => {
    const open = what.filter((item) => !closing.some((guard) => coversData(guard.selected, entry, item)));
    return open.length === 0 ? [] : [{ grant, entry, what: open }];
  });
}

import type { LinkedInvariant } from '../link/model.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
import { GatewayAnswers } from './gateway-answers.ts';
import type { GrantReach } from './gateway-reach.ts';
import type { Holder } from './holders.ts';
import { RESOURCES } from './outcomes.ts';
import {
  coversResources,
  selectedResources,
  selectedSlots,
  selectsGateway,
  selectsHolder,
  type Selected,
  type SelectedResources,
} from './selected.ts';
import { SlotSet } from './slot-set.ts';
import { appsOf, reachOf, standsBefore, type App } from './standing-guards.ts';

/** Somebody who can reach what an invariant is about. */
export interface Reaching {
  readonly gateway: AnalysedGateway;
  readonly holder: Holder;
  /** With these apps. */
  readonly apps: readonly App[];
  /** The tools and prompts in question. */
  readonly slots: SlotSet;
  /** The resources in question, by the grant that gives them. */
  readonly resources: readonly GrantedResources[];
}

interface GrantedResources {
  readonly grant: GrantReach;
  readonly entry: GrantReach['entries'][number];
  /** Not empty. */
  readonly about: readonly SelectedResources[];
}

const subjects = new GatewayAnswers<LinkedInvariant, readonly string[]>();

/** Who reaches what an invariant selects, exceptions left out: `team/…`, `robot/…`, `role/…`. */
export function subjectsReaching(analysed: Analysed, invariant: LinkedInvariant): ReadonlySet<string> {
  return new Set(analysed.gateways.flatMap((gateway) => subjectsIn(analysed, gateway, invariant)));
}

/** The same, gateway by gateway, with how they reach it. */
export function reachingOf(analysed: Analysed, invariant: LinkedInvariant): readonly Reaching[] {
  return analysed.gateways
    .filter((gateway) => subjectsIn(analysed, gateway, invariant).length > 0)
    .flatMap((gateway) => reachingIn(analysed, gateway, invariant));
}

function subjectsIn(analysed: Analysed, gateway: AnalysedGateway, invariant: LinkedInvariant): readonly string[] {
  return subjects.of(gateway, invariant, () =>
    reachingIn(analysed, gateway, invariant).map(({ holder: { subject } }) => `${subject.kind}/${subject.name}`),
  );
}

function reachingIn(analysed: Analysed, gateway: AnalysedGateway, invariant: LinkedInvariant): readonly Reaching[] {
  const selected = analysed.selector.select(invariant.match);
  if (!selectsGateway(selected, gateway)) return [];
  const slots = selectedSlots(selected, gateway);
  return gateway.holders.flatMap((holder): readonly Reaching[] => {
    const { kind, name } = holder.subject;
    if (invariant.except.has(`${kind}/${name}`) || !selectsHolder(selected, holder)) return [];
    const reaching = reachingBy(analysed, gateway, holder, slots, selected);
    return reaching === null ? [] : [reaching];
  });
}

function reachingBy(
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
  const given = asked.map((app) => ({ app, resources: resourcesOf(analysed, gateway, holder, app, selected) }));
  const readable = given.filter(({ resources }) => resources.length > 0);
  if (apps.length === 0 && readable.length === 0) return null;
  const all = [...new Set([...apps, ...readable.map(({ app }) => app)])];
  return { gateway, holder, apps: all, slots, resources: readable[0]?.resources ?? [] };
}

/** An invariant about apps is about those alone, and about people. */
function appsAsked(gateway: AnalysedGateway, holder: Holder, { clients }: Selected): readonly App[] {
  if (clients === null) return appsOf(holder, gateway.apps);
  return holder.kind === 'robot' ? [] : gateway.apps.filter((app) => app.clients.some((client) => clients.has(client)));
}

/** What grants give of the resources, without what guards close for good. */
function resourcesOf(
  { guards, outcomes }: Analysed,
  gateway: AnalysedGateway,
  holder: Holder,
  app: App,
  selected: Selected,
): readonly GrantedResources[] {
  const { engine, entries } = gateway;
  const given = holder.grants.flatMap((grant) =>
    grant.holding.parts.flatMap(({ rule, when, resources }): readonly GrantedResources[] => {
      const entry = entries.get(rule);
      if (resources === null || entry === undefined) return [];
      const about = selectedResources(selected, entry);
      if (about.length === 0 || outcomes.ofEntry(when, engine, RESOURCES) === 'never') return [];
      return [{ grant, entry, about }];
    }),
  );
  if (given.length === 0) return [];
  const closing = guards.filter(
    (guard) =>
      guard.lowered.mode === 'enforce' &&
      selectsGateway(guard.selected, gateway) &&
      standsBefore(guard, holder, app) &&
      outcomes.ofGuard(guard.lowered, engine, RESOURCES) === 'never',
  );
  return given.flatMap(({ grant, entry, about }): readonly GrantedResources[] => {
    const open = about.filter((item) => !closing.some(({ selected: by }) => coversResources(by, entry, item)));
    return open.length === 0 ? [] : [{ grant, entry, about: open }];
  });
}

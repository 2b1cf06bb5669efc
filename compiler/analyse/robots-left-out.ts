import type { Problem, Report } from '../diagnostics/diagnostic.ts';
import type { LinkedGuard } from '../link/model.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
import { GatewayAnswers } from './gateway-answers.ts';
import { subjectName, type Holder } from './holders.ts';
import { selectedSlots, selectsGateway, selectsHolder } from './selected.ts';
import { standsBefore, type KnownGuard } from './standing-guards.ts';

const ROBOT_APP = { clientId: '', clientName: '', clients: [] };

/**
 * Guards on destructive tools that are about people alone, where a robot can reach such a tool and no other guard stands
 * before it: whoever wrote the guard thought of people. A robot that an Invariant about the tool names has been thought of.
 */
export function findRobotsLeftOut(analysed: Analysed, report: Report): void {
  const { gateways, guards, linked } = analysed;
  for (const guard of guards) {
    const { match } = guard.linked;
    if (guard.lowered.mode !== 'enforce' || !isOnDestructive(guard)) continue;
    if (match.kinds === null && match.teams === null) continue;
    const found = firstOf(gateways, (gateway) =>
      answers.of(gateway, guard.linked, () => leftOutIn(gateway, guard, analysed), linked.invariants),
    );
    if (found !== null) report(found);
  }
}

const answers = new GatewayAnswers<LinkedGuard, Problem | null>();

function leftOutIn(gateway: AnalysedGateway, guard: KnownGuard, analysed: Analysed): Problem | null {
  const { guards, catalog, linked, selector } = analysed;
  if (!selectsGateway(guard.selected, gateway)) return null;
  const enforced = guards.filter(({ lowered }) => lowered.mode === 'enforce');
  const isDestructive = (definition: number): boolean => catalog.definitions[definition]?.effect === 'destructive';
  const slots = selectedSlots(guard.selected, gateway);
  return firstOf(gateway.holders, (holder) => {
    if (holder.kind !== 'robot' || selectsHolder(guard.selected, holder)) return null;
    const isTolerated = (slot: number): boolean =>
      linked.invariants.some(
        ({ match, except }) =>
          except.has(`robot/${holder.subject.name}`) && selectedSlots(selector.select(match), gateway).has(slot),
      );
    const free = holder.possible
      .and(slots)
      .slots.find(
        (at) =>
          isDestructive(gateway.engine.slots[at]?.definition ?? -1) &&
          !isGuarded(enforced, gateway, holder, at) &&
          !isTolerated(at),
      );
    return free === undefined ? null : describe(gateway, guard, holder, free);
  });
}

function describe(gateway: AnalysedGateway, { linked: { document } }: KnownGuard, holder: Holder, at: number): Problem {
  const { name } = gateway.linked.document;
  const grant = holder.grants.find(({ possible }) => possible.has(at))?.linked.document;
  const exposed = gateway.engine.slots[at]?.exposed ?? '';
  return {
    code: 'lint/robots-left-out',
    message: `this guard leaves out robots, and ${subjectName(holder.subject)} can call \`${exposed}\` in gateway ${name} with no guard before it`,
    span: document.spanAt(['match']),
    help: 'cover robots too, write a Guard with `kinds: [robot]`, or name the robot under `except` of an Invariant',
    related: grant === undefined ? [] : [{ message: `Grant/${grant.name} gives it`, span: grant.span }],
  };
}

function isOnDestructive({ linked: { document } }: KnownGuard): boolean {
  const { match } = document.value;
  return match !== 'everything' && (match.effects?.includes('destructive') ?? false);
}

function isGuarded(guards: readonly KnownGuard[], gateway: AnalysedGateway, holder: Holder, slot: number): boolean {
  return guards.some(
    (guard) => standsBefore(guard, holder, ROBOT_APP) && selectedSlots(guard.selected, gateway).has(slot),
  );
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

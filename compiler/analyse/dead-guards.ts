import type { Problem, Report } from '../diagnostics/diagnostic.ts';
import type { LinkedGuard } from '../link/model.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
import { isAboutAnything, maySelect } from './about-anything.ts';
import { GatewayAnswers, type GatewayState } from './gateway-answers.ts';
import { subjectName, type Holder } from './holders.ts';
import { RESOURCES, type Outcomes } from './outcomes.ts';
import { selectedResources, selectedSlots, selectsGateway } from './selected.ts';
import { standsBefore, type App, type KnownGuard, type StandingGuard } from './standing-guards.ts';
import type { SlotSet } from './slot-set.ts';

/** Guards that deny nobody anything: what they stand before is granted to nobody, or every call passes. */
export function findDeadGuards(analysed: Analysed, report: Report): void {
  for (const guard of analysed.guards) {
    const { document, condition } = guard.linked;
    if (analysed.outcomes.ofForm(guard.lowered.form, !guard.lowered.denyIf) === 'always') {
      report({
        code: 'dead/guard',
        message: 'every call passes this guard',
        span: condition === null ? document.span : document.spanAt(condition.path),
        help: 'correct its condition, or remove the guard',
      });
    } else if (!isAboutAnything(analysed, guard.linked.match)) {
      report({
        code: 'dead/guard',
        message: 'nobody is granted anything that this guard stands before',
        span: document.span,
        help: 'correct its `match`, or remove the guard',
      });
    } else if (!mayDeny(analysed, guard)) {
      report({
        code: 'dead/guard',
        message: 'every call of what is granted to anybody passes this guard',
        span: document.span,
        help: 'correct its condition or its `match`, or remove the guard',
      });
    }
  }
}

const denials = new GatewayAnswers<LinkedGuard, boolean>();

/** Whether something that a grant opens may be denied. */
function mayDeny({ gateways, outcomes }: Analysed, guard: KnownGuard): boolean {
  return gateways.some((gateway) => denials.of(gateway, guard.linked, () => mayDenyIn(gateway, guard, outcomes)));
}

function mayDenyIn(gateway: AnalysedGateway, { lowered, selected }: KnownGuard, outcomes: Outcomes): boolean {
  if (!selectsGateway(selected, gateway)) return false;
  const slots = selectedSlots(selected, gateway);
  const mayDenyResources = outcomes.ofGuard(lowered, gateway.engine, RESOURCES) !== 'always';
  return gateway.holders.some(
    (holder) =>
      maySelect(selected, holder) &&
      ((mayDenyResources &&
        holder.grants.some(({ entries }) => entries.some((entry) => selectedResources(selected, entry).length > 0))) ||
        holder.possible.and(slots).slots.some((at) => {
          const slot = gateway.engine.slots[at];
          return slot !== undefined && outcomes.ofGuard(lowered, gateway.engine, slot) !== 'always';
        })),
  );
}

const neverAllowed = new GatewayAnswers<GatewayState, ReadonlyMap<LinkedGuard, Problem>>();

/** Tools that are listed for somebody, since a grant opens them, and that a guard always denies without hiding them. */
export function findNeverAllowed({ gateways }: Analysed, report: Report): void {
  const reported = new Set<LinkedGuard>();
  for (const gateway of gateways) {
    for (const [guard, problem] of neverAllowed.of(gateway, gateway.state, () => neverAllowedIn(gateway))) {
      if (!reported.has(guard)) report(problem);
      reported.add(guard);
    }
  }
}

function neverAllowedIn(gateway: AnalysedGateway): ReadonlyMap<LinkedGuard, Problem> {
  const found = new Map<LinkedGuard, Problem>();
  for (const guard of gateway.standing) {
    if (guard.lowered.hide) continue;
    for (const holder of gateway.holders) {
      const slots = shownInVain(gateway, holder, guard);
      const slot = gateway.engine.slots[slots?.slots[0] ?? -1];
      if (slot === undefined) continue;
      found.set(guard.linked, describeNeverAllowed(gateway, holder, guard, slot.index));
      break;
    }
  }
  return found;
}

/** What a guard denies a holder for good, and nothing hides; null when it is not about the holder. */
function shownInVain(gateway: AnalysedGateway, holder: Holder, guard: StandingGuard): SlotSet | null {
  const app = appsFor(gateway, holder).find((one) => standsBefore(guard, holder, one));
  if (app === undefined) return null;
  const shown = holder.possible.and(guard.slots);
  for (const other of gateway.standing) {
    if (other.lowered.hide && standsBefore(other, holder, app)) shown.removeAll(other.slots);
  }
  return shown;
}

function appsFor(gateway: AnalysedGateway, holder: Holder): readonly App[] {
  return holder.kind === 'robot' ? [{ clientId: '', clientName: '', clients: [] }] : gateway.apps;
}

function describeNeverAllowed(
  gateway: AnalysedGateway,
  holder: Holder,
  { linked: { document } }: StandingGuard,
  slot: number,
): Problem {
  const grant = holder.grants.find(({ possible }) => possible.has(slot))?.linked.document;
  const exposed = gateway.engine.slots[slot]?.exposed ?? '';
  return {
    code: 'dead/never-allowed',
    message:
      `this guard always denies \`${exposed}\` to ${subjectName(holder.subject)} in gateway ` +
      `${gateway.linked.document.name}, where it stays listed`,
    span: document.span,
    help: 'hide it with `hide: true`, take it out of the grant, or correct the condition',
    related: grant === undefined ? [] : [{ message: `Grant/${grant.name} gives it`, span: grant.span }],
  };
}

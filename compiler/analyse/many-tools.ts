import type { Problem, Report } from '../diagnostics/diagnostic.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
import { GatewayAnswers, type GatewayState } from './gateway-answers.ts';
import { subjectName, type Holder } from './holders.ts';
import type { SlotSet } from './slot-set.ts';
import { appsOf, standsBefore } from './standing-guards.ts';

/** What `defaults.maxTools` is when the Workspace does not say (mission.md, D8). */
const TOOLS_MAX = 40;
/** What is written around a definition in a list, beside its name: `{"name":"",` and a comma. */
const AROUND_BYTES = 12;
/** As a rule, four bytes of JSON are a token. */
const BYTES_PER_TOKEN = 4;

/** Gateways that list more tools for somebody than models handle well: one warning each, for whoever sees most. */
export function findManyTools(analysed: Analysed, report: Report): void {
  for (const gateway of analysed.gateways) {
    const problem = answers.of(gateway, gateway.state, () => manyToolsIn(gateway, analysed));
    if (problem !== null) report(problem);
  }
}

const answers = new GatewayAnswers<GatewayState, Problem | null>();

function manyToolsIn(gateway: AnalysedGateway, { linked, catalog }: Analysed): Problem | null {
  const toolsMax = linked.workspace.value.defaults?.maxTools ?? TOOLS_MAX;
  if (gateway.engine.toolByName.size <= toolsMax) return null;
  let most: { readonly holder: Holder; readonly slots: readonly number[] } | null = null;
  for (const holder of gateway.holders) {
    const slots = listedFor(gateway, holder).slots.filter((at) => gateway.engine.slots[at]?.kind === 'tool');
    if (slots.length > (most?.slots.length ?? toolsMax)) most = { holder, slots };
  }
  if (most === null) return null;
  const size = most.slots.reduce((sum, at) => {
    const slot = gateway.engine.slots[at];
    const bytes = Buffer.byteLength(catalog.definitions[slot?.definition ?? -1]?.json ?? '');
    return slot === undefined ? sum : sum + bytes + slot.exposed.length + AROUND_BYTES;
  }, 0);
  return {
    code: 'lint/many-tools',
    message:
      `${subjectName(most.holder.subject)} sees ${most.slots.length} tools in this gateway, more than ${toolsMax}: ` +
      `a list of about ${Math.round(size / BYTES_PER_TOKEN)} tokens (${size} bytes, four to a token)`,
    span: gateway.linked.document.span,
    help: 'grant fewer, split the gateway, or raise `defaults.maxTools` of the Workspace',
  };
}

/** What is listed, where claims and arguments do not say otherwise. */
function listedFor(gateway: AnalysedGateway, holder: Holder): SlotSet {
  const [app] = appsOf(holder, gateway.apps);
  const hiding = gateway.standing.filter(
    (guard) => guard.lowered.hide && app !== undefined && standsBefore(guard, holder, app),
  );
  if (hiding.length === 0) return holder.possible;
  const shown = holder.possible.copy();
  for (const { slots } of hiding) shown.removeAll(slots);
  return shown;
}

import type { Report } from '../diagnostics/diagnostic.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
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
  const { linked, gateways, catalog } = analysed;
  const toolsMax = linked.workspace.value.defaults?.maxTools ?? TOOLS_MAX;
  const bytes = catalog.definitions.map(({ json }) => Buffer.byteLength(json));
  for (const gateway of gateways) {
    if (gateway.engine.toolByName.size <= toolsMax) continue;
    let most: { readonly holder: Holder; readonly slots: readonly number[] } | null = null;
    for (const holder of gateway.holders) {
      const slots = listedFor(gateway, holder).slots.filter((at) => gateway.engine.slots[at]?.kind === 'tool');
      if (slots.length > (most?.slots.length ?? toolsMax)) most = { holder, slots };
    }
    if (most === null) continue;
    const size = most.slots.reduce((sum, at) => {
      const slot = gateway.engine.slots[at];
      return slot === undefined ? sum : sum + (bytes[slot.definition] ?? 0) + slot.exposed.length + AROUND_BYTES;
    }, 0);
    report({
      code: 'lint/many-tools',
      message:
        `${subjectName(most.holder.subject)} sees ${most.slots.length} tools in this gateway, more than ${toolsMax}: ` +
        `a list of about ${Math.round(size / BYTES_PER_TOKEN)} tokens (${size} bytes, four to a token)`,
      span: gateway.linked.document.span,
      help: 'grant fewer, split the gateway, or raise `defaults.maxTools` of the Workspace',
    });
  }
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

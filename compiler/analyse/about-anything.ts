import type { Analysed, AnalysedGateway } from './analysed.ts';
import type { Holder } from './holders.ts';
import { selectedData, selectedSlots, selectsGateway, selectsHolder, type Selected } from './selected.ts';

/** Whether somebody is granted anything that a match is about: a tool, prompt or resource. */
export function isAboutAnything({ gateways }: Analysed, selected: Selected): boolean {
  return gateways.some((gateway) => {
    if (!selectsGateway(selected, gateway)) return false;
    const slots = selectedSlots(selected, gateway);
    return gateway.holders.some(
      (holder) =>
        selectsHolder(selected, holder) &&
        selectsApp(selected, gateway, holder) &&
        (holder.possible.intersects(slots) ||
          holder.grants.some(({ entries }) => entries.some((entry) => selectedData(selected, entry).length > 0))),
    );
  });
}

function selectsApp({ clients }: Selected, { apps }: AnalysedGateway, { kind }: Holder): boolean {
  return clients === null || (kind === 'person' && apps.some(({ client }) => clients.has(client)));
}

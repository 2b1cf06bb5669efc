import type { LinkedMatch } from '../link/model.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
import { GatewayAnswers } from './gateway-answers.ts';
import type { Holder } from './holders.ts';
import { selectedResources, selectedSlots, selectsGateway, type Selected } from './selected.ts';

const answers = new GatewayAnswers<LinkedMatch, boolean>();

/** Whether somebody is granted anything that a match is about: a tool, prompt or resource. */
export function isAboutAnything({ gateways, selector }: Analysed, match: LinkedMatch): boolean {
  return gateways.some((gateway) =>
    answers.of(gateway, match, () => isAboutAnythingIn(gateway, selector.select(match))),
  );
}

function isAboutAnythingIn(gateway: AnalysedGateway, selected: Selected): boolean {
  if (!selectsGateway(selected, gateway)) return false;
  const slots = selectedSlots(selected, gateway);
  return gateway.holders.some(
    (holder) =>
      maySelect(selected, holder) &&
      selectsApp(selected, gateway, holder) &&
      (holder.possible.intersects(slots) ||
        holder.grants.some(({ entries }) => entries.some((entry) => selectedResources(selected, entry).length > 0))),
  );
}

/**
 * Whether a match may be about somebody who holds this. Whoever is in a team that it names may hold it by another one.
 */
export function maySelect({ match, subjects }: Selected, holder: Holder): boolean {
  if (match.kinds !== null && !match.kinds.includes(holder.kind)) return false;
  if (holder.kind === 'person') return subjects === null || (match.teams?.length ?? 0) > 0;
  return subjects === null || subjects.has(holder.index);
}

function selectsApp({ clients }: Selected, { apps }: AnalysedGateway, { kind }: Holder): boolean {
  if (clients === null) return true;
  return kind === 'person' && apps.some((app) => app.clients.some((client) => clients.has(client)));
}

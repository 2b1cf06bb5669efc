import type { Policy } from '../../schemas/types/policy.ts';
import type { LinkedDefinition, LinkedEntry, LinkedMatch, LinkedPolicy } from '../link/model.ts';
import type { GatewayReach } from './gateway-reach.ts';
import type { Holder } from './holders.ts';
import { SlotSet } from './slot-set.ts';
import { patternsOverlap } from './uri-overlap.ts';

/** A match in the indices that slots and subjects have; null = any. */
export interface Selected {
  readonly match: LinkedMatch;
  readonly definitions: ReadonlySet<number> | null;
  readonly servers: ReadonlySet<number> | null;
  readonly subjects: ReadonlySet<number> | null;
  readonly clients: ReadonlySet<number> | null;
}

/** Turns matches into indices. */
export class Selector {
  readonly #serverIndex: ReadonlyMap<unknown, number>;
  readonly #definitionIndex: ReadonlyMap<unknown, number>;
  readonly #subjectIndex: ReadonlyMap<string, number>;
  readonly #clientIndex: ReadonlyMap<string, number>;

  constructor(linked: LinkedPolicy, policy: Policy) {
    const { servers } = linked;
    this.#serverIndex = new Map(servers.map((server, at) => [server, at]));
    this.#definitionIndex = new Map(servers.flatMap((server) => server.definitions).map((item, at) => [item, at]));
    this.#subjectIndex = new Map(policy.subjects.map(({ kind, name }, at) => [`${kind}/${name}`, at]));
    this.#clientIndex = new Map(policy.clients.map(({ name }, at) => [name, at]));
  }

  select(match: LinkedMatch): Selected {
    const { definitions, servers, teams, robots, clients } = match;
    const subject = (kind: string, name: string): number => this.#subjectIndex.get(`${kind}/${name}`) ?? -1;
    return {
      match,
      definitions:
        definitions === null ? null : new Set(definitions.map((item) => this.#definitionIndex.get(item) ?? -1)),
      servers: servers === null ? null : new Set(servers.map((item) => this.#serverIndex.get(item) ?? -1)),
      subjects:
        teams === null && robots === null
          ? null
          : new Set([
              ...(teams ?? []).map(({ name }) => subject('team', name)),
              ...(robots ?? []).map(({ document }) => subject('robot', document.name)),
            ]),
      clients: clients === null ? null : new Set(clients.map(({ name }) => this.#clientIndex.get(name) ?? -1)),
    };
  }
}

export function selectsGateway({ match }: Selected, gateway: GatewayReach): boolean {
  return match.gateways === null || match.gateways.includes(gateway.linked);
}

/** The slots of a gateway that a match is about, whoever asks. */
export function selectedSlots(selected: Selected, gateway: GatewayReach): SlotSet {
  const found = new SlotSet(gateway.engine.slots.length);
  if (!selectsGateway(selected, gateway)) return found;
  for (const { index, server, definition } of gateway.engine.slots) {
    if (selected.servers !== null && !selected.servers.has(server)) continue;
    if (selected.definitions !== null && !selected.definitions.has(definition)) continue;
    found.add(index);
  }
  return found;
}

/** Whether a match is about somebody. Which app is used is another question. */
export function selectsHolder({ match, subjects }: Selected, holder: Holder): boolean {
  if (match.kinds !== null && !match.kinds.includes(holder.kind)) return false;
  return subjects === null || [...subjects].some((subject) => holder.subjects.has(subject));
}

/** A prompt, or the resources of a pattern. */
export type Data =
  | { readonly kind: 'prompt'; readonly prompt: LinkedDefinition }
  | { readonly kind: 'resource'; readonly pattern: string };

/** The prompts and resources of an entry that a match is about. */
export function selectedData({ match }: Selected, entry: LinkedEntry): readonly Data[] {
  if (match.servers !== null && !match.servers.includes(entry.server)) return [];
  const prompts = entry.prompts.filter((prompt) => match.definitions === null || match.definitions.includes(prompt));
  const { resources } = match;
  const overlaps = (pattern: string): boolean =>
    resources === 'any' || (resources !== 'none' && resources.some((other) => patternsOverlap(pattern, other)));
  return [
    ...prompts.map((prompt): Data => ({ kind: 'prompt', prompt })),
    ...entry.resources.filter(overlaps).map((pattern): Data => ({ kind: 'resource', pattern })),
  ];
}

/** Whether a match is about all of it. */
export function coversData({ match }: Selected, entry: LinkedEntry, data: Data): boolean {
  if (match.servers !== null && !match.servers.includes(entry.server)) return false;
  if (data.kind === 'prompt') return match.definitions === null || match.definitions.includes(data.prompt);
  const { resources } = match;
  return resources === 'any' || (resources !== 'none' && resources.includes(data.pattern));
}

/** `prompt triage`, `resource ticket://*`. */
export function dataName(data: Data): string {
  return data.kind === 'prompt' ? `prompt ${data.prompt.definition.name}` : `resource ${data.pattern}`;
}

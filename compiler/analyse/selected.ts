import type { Policy } from '../../schemas/types/policy.ts';
import type { LinkedEntry, LinkedMatch, LinkedPolicy } from '../link/model.ts';
import type { GatewayReach } from './gateway-reach.ts';
import type { Holder } from './holders.ts';
import { SlotSet } from './slot-set.ts';
import { shapeOfPattern, shapesOverlap } from '../link/uri-overlap.ts';

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
  readonly #selected = new Map<LinkedMatch, Selected>();

  constructor(linked: LinkedPolicy, policy: Policy) {
    const { servers } = linked;
    this.#serverIndex = new Map(servers.map((server, at) => [server, at]));
    this.#definitionIndex = new Map(servers.flatMap((server) => server.definitions).map((item, at) => [item, at]));
    this.#subjectIndex = new Map(policy.subjects.map(({ kind, name }, at) => [`${kind}/${name}`, at]));
    this.#clientIndex = new Map(policy.clients.map(({ name }, at) => [name, at]));
  }

  select(match: LinkedMatch): Selected {
    const known = this.#selected.get(match) ?? this.#select(match);
    this.#selected.set(match, known);
    return known;
  }

  #select(match: LinkedMatch): Selected {
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

/** The tools and prompts of a gateway that a match is about, whoever asks. Templates go by the resources they name. */
export function selectedSlots(selected: Selected, gateway: GatewayReach): SlotSet {
  const found = new SlotSet(gateway.engine.slots.length);
  if (!selectsGateway(selected, gateway)) return found;
  for (const { kind, index, server, definition } of gateway.engine.slots) {
    if (kind === 'template') continue;
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

/** The resource patterns of an entry that a match is about, in part at least. */
export function selectedResources({ match }: Selected, { server, resources: given }: LinkedEntry): readonly string[] {
  if (match.servers !== null && !match.servers.includes(server)) return [];
  const { resources } = match;
  if (resources === 'any') return given;
  if (resources === 'none') return [];
  const isOpaque = server.document.value.uris === 'opaque';
  const shapes = resources.map((pattern) => shapeOfPattern(pattern, isOpaque));
  return given.filter((pattern) => {
    const own = shapeOfPattern(pattern, isOpaque);
    return shapes.some((shape) => shapesOverlap(own, shape));
  });
}

/** Whether a match is about all resources of an entry's pattern. */
export function coversResources({ match }: Selected, { server }: LinkedEntry, pattern: string): boolean {
  if (match.servers !== null && !match.servers.includes(server)) return false;
  const { resources } = match;
  return resources === 'any' || (resources !== 'none' && resources.includes(pattern));
}

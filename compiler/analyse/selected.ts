import type { Policy } from '../../schemas/types/policy.ts';
import type { LinkedEntry, LinkedMatch, LinkedPolicy } from '../link/model.ts';
import type { GatewayReach } from './gateway-reach.ts';
import type { Holder } from './holders.ts';
import { SlotSet } from './slot-set.ts';
import { shapeOfPattern, shapesOverlap, shapeWithin, type UriShape } from '../link/uri-overlap.ts';

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

/** A pattern of an entry and one of a match that some URI fits both of; a match that is about any says nothing more. */
export interface SelectedResources {
  readonly given: string;
  readonly wanted: string;
}

/** The resource patterns of an entry that a match is about, in part at least. */
export function selectedResources({ match }: Selected, entry: LinkedEntry): readonly SelectedResources[] {
  const { server, resources: given } = entry;
  const { servers, resources } = match;
  if (servers !== null && !servers.includes(server)) return [];
  if (resources === 'any') return given.map((pattern) => ({ given: pattern, wanted: pattern }));
  if (resources === 'none') return [];
  return given.flatMap((pattern) => {
    const shape = shapeFor(entry, pattern);
    return resources
      .filter((wanted) => shapesOverlap(shape, shapeFor(entry, wanted)))
      .map((wanted) => ({ given: pattern, wanted }));
  });
}

/** Whether a match is about every resource that both patterns have. */
export function coversResources(
  { match }: Selected,
  entry: LinkedEntry,
  { given, wanted }: SelectedResources,
): boolean {
  const { servers, resources } = match;
  if (servers !== null && !servers.includes(entry.server)) return false;
  if (typeof resources === 'string') return resources === 'any';
  const inner = [given, wanted].map((pattern) => shapeFor(entry, pattern));
  return resources.some((pattern) => {
    const outer = shapeFor(entry, pattern);
    return inner.some((shape) => shapeWithin(shape, outer));
  });
}

const shapeFor = ({ server }: LinkedEntry, pattern: string): UriShape =>
  shapeOfPattern(pattern, server.document.value.uris === 'opaque');

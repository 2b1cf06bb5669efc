import type { LinkedContentRule, LinkedGateway, LinkedMatch, LinkedServer } from '../link/model.ts';

/**
 * Whether two content rules are certainly both in force for some exchange, of one caller in one direction. Where it depends
 * on who is in which team it is not certain.
 */
export function shareExchange(
  one: LinkedContentRule,
  other: LinkedContentRule,
  gateways: readonly LinkedGateway[],
): boolean {
  return (
    meet(one.document.value.directions ?? null, other.document.value.directions ?? null) &&
    shareCaller(one.match, other.match) &&
    shareTarget(one.match, other.match, gateways)
  );
}

/** Whether two lists, each of what is admitted, have something in common; null admits all. */
function meet<T>(one: readonly T[] | null, other: readonly T[] | null): boolean {
  if (one === null || other === null) return (one ?? other)?.length !== 0;
  return one.some((item) => other.includes(item));
}

function shareCaller(one: LinkedMatch, other: LinkedMatch): boolean {
  const both = [one, other];
  const admits = (kind: 'person' | 'robot'): boolean => both.every(({ kinds }) => kinds?.includes(kind) ?? true);
  const people = admits('person') && meet(teamsOf(one), teamsOf(other)) && meet(one.clients, other.clients);
  if (people) return true;
  // Apps are of people.
  return admits('robot') && meet(robotsOf(one), robotsOf(other)) && both.every(({ clients }) => clients === null);
}

/** Null where the match names neither teams nor robots; a match that names only the others names none of these. */
function teamsOf({ teams, robots }: LinkedMatch): LinkedMatch['teams'] {
  return robots === null ? teams : (teams ?? []);
}

function robotsOf({ teams, robots }: LinkedMatch): LinkedMatch['robots'] {
  return teams === null ? robots : (robots ?? []);
}

function shareTarget(one: LinkedMatch, other: LinkedMatch, gateways: readonly LinkedGateway[]): boolean {
  const both = [one, other];
  return gateways.some(
    (gateway) =>
      both.every((match) => match.gateways?.includes(gateway) ?? true) &&
      [...gateway.assignments.values()].some(
        ({ server }) =>
          both.every(({ servers }) => servers?.includes(server) ?? true) && shareDefinition(one, other, server),
      ),
  );
}

function shareDefinition(one: LinkedMatch, other: LinkedMatch, server: LinkedServer): boolean {
  const { resources } = one;
  const isAny = resources === 'any' || other.resources === 'any';
  const isNone = resources === 'none' || other.resources === 'none';
  if (!isNone && (isAny || (Array.isArray(resources) && meet(resources, listOf(other.resources))))) return true;
  const [first, second] = [one.definitions, other.definitions];
  if (first === null) return second === null || second.some((item) => item.server === server);
  return first.some((item) => item.server === server && (second?.includes(item) ?? true));
}

function listOf(resources: LinkedMatch['resources']): readonly string[] {
  return typeof resources === 'string' ? [] : resources;
}

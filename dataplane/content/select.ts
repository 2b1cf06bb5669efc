import type { ContentRule, Match, Policy } from '../../schemas/types/policy.ts';

/** One exchange in one direction, as far as content rules ask. Numbers are indices into the policy's tables. */
export interface Exchange {
  readonly gateway: number;
  readonly server: number;
  /** Into the catalog's definitions; -1: what is exchanged is no tool, prompt or template. */
  readonly definition: number;
  readonly kind: 'person' | 'robot';
  /** Sorted. */
  readonly subjects: readonly number[];
  /** Sorted: which of the policy's clients the app is. */
  readonly clients: readonly number[];
  readonly direction: 'to-server' | 'to-client' | 'audit';
}

const NONE = -1;
const NO_RESOURCE = -2;

/** Whether a rule is in force for an exchange: keys of a match are ANDed, values of a key ORed (language.md, rule 2). */
export function ruleApplies(policy: Policy, rule: ContentRule, exchange: Exchange): boolean {
  const { match } = rule;
  return (
    rule.directions.includes(exchange.direction) &&
    (match.gateways === null || match.gateways.includes(exchange.gateway)) &&
    (match.servers === null || match.servers.includes(exchange.server)) &&
    (match.kinds === null || match.kinds.includes(exchange.kind)) &&
    (match.subjects === null || match.subjects.some((subject) => exchange.subjects.includes(subject))) &&
    (match.clients === null || match.clients.some((client) => exchange.clients.includes(client))) &&
    definitionApplies(policy, match, exchange.definition)
  );
}

/** Of what is no definition the URI is not asked: a rule for some resources is then in force for all, which errs on the closed side. */
function definitionApplies(policy: Policy, match: Match, definition: number): boolean {
  if (match.definitions === NONE) return true;
  if (definition === NONE) return match.resources !== NO_RESOURCE;
  return policy.sets[match.definitions]?.includes(definition) ?? false;
}

/** What of an exchange makes a difference to some rule. */
export interface Differences {
  readonly directions: ReadonlySet<Exchange['direction']>;
  readonly places: boolean;
  readonly callers: boolean;
}

/** `places`: something besides the matches of rules asks where an exchange takes place. */
export function differencesOf(rules: readonly ContentRule[], places: boolean): Differences {
  const matches = rules.map(({ match }) => match);
  return {
    directions: new Set(rules.flatMap(({ directions }) => directions)),
    places: places || matches.some(({ servers, definitions }) => servers !== null || definitions !== NONE),
    callers: matches.some(({ kinds, subjects, clients }) => kinds !== null || subjects !== null || clients !== null),
  };
}

/** Equal for exchanges that every rule treats alike. */
export function exchangeKey(exchange: Exchange, { places, callers }: Differences): string {
  const { gateway, server, definition, kind, subjects, clients, direction } = exchange;
  const place = places ? ` ${server} ${definition}` : '';
  const caller = callers ? ` ${kind} ${clients.join()} ${subjects.join()}` : '';
  return `${direction} ${gateway}${place}${caller}`;
}

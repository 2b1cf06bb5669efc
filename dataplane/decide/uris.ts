import type { Assignment, Gateway, Policy } from '../../schemas/types/policy.ts';
import type { UriMatcher, UriMatchers } from './uri-matcher.ts';

/** How the resources of a gateway are named (language.md, rule 10). */
export interface GatewayUris {
  /** The assignment whose URIs are exposed as `<prefix>+<uri>`; null when several have the prefix, so that it says nothing. */
  readonly byPrefix: ReadonlyMap<string, Assignment | null>;
  /** The assignments whose URIs are exposed as they are, and which those can be: no URI is of two of them. */
  readonly own: readonly { readonly assignment: Assignment; readonly uris: UriMatcher }[];
}

/** What has the names of a gateway's resources. */
interface NamesUris {
  readonly uris: GatewayUris;
}

export function buildGatewayUris({ servers }: Policy, { assignments }: Gateway, matchers: UriMatchers): GatewayUris {
  const byPrefix = new Map<string, Assignment | null>();
  for (const assignment of assignments) {
    if (assignment.prefix === '') continue;
    byPrefix.set(assignment.prefix, byPrefix.has(assignment.prefix) ? null : assignment);
  }
  const own = assignments
    .filter(({ prefix, ownUris, uris }) => uris !== -1 && (ownUris || prefix === ''))
    .map((assignment) => {
      const isOpaque = servers[assignment.server]?.opaqueUris ?? false;
      return { assignment, uris: matchers.at(assignment.uris, isOpaque) };
    });
  return { byPrefix, own };
}

/**
 * The URI under which a gateway shows a resource of an assignment, in every carrier: the upstream's own when no other
 * assignment can serve it, else `<prefix>+<uri>`. What reads like the latter is always shown as such. Schemes that
 * clients look for stay in front: `ui://<prefix>+<rest>`.
 */
export function exposeUri({ uris }: NamesUris, assignment: Assignment, upstreamUri: string): string {
  const { prefix, ownUris } = assignment;
  if (prefix === '') return upstreamUri;
  const isOwn = ownUris && prefixedBy(uris, upstreamUri) === undefined && !isOfAnother(uris, assignment, upstreamUri);
  return isOwn ? upstreamUri : withPrefix(prefix, upstreamUri);
}

/** The URI template under which a gateway shows one of an assignment. Its URIs are those that `exposeUri` makes. */
export function exposeTemplate({ uris }: NamesUris, assignment: Assignment, uriTemplate: string): string {
  const { prefix, ownUris } = assignment;
  if (prefix === '') return uriTemplate;
  return ownUris && prefixedBy(uris, uriTemplate) === undefined ? uriTemplate : withPrefix(prefix, uriTemplate);
}

/**
 * Whose resource a URI is, and what the upstream calls it: by its prefix, else the one assignment that can serve it. Null
 * when there is none, or, in a policy that no compiler of ours made, more than one: nothing is guessed.
 */
export function ownUri(
  { uris }: NamesUris,
  exposedUri: string,
): { readonly assignment: Assignment; readonly uri: string } | null {
  const prefixed = prefixedBy(uris, exposedUri);
  if (prefixed !== undefined) {
    return prefixed === null ? null : { assignment: prefixed, uri: withoutPrefix(prefixed.prefix, exposedUri) };
  }
  let found: Assignment | null = null;
  for (const { assignment, uris: possible } of uris.own) {
    if (!possible.matches(exposedUri)) continue;
    if (found !== null) return null;
    found = assignment;
  }
  return found === null ? null : { assignment: found, uri: exposedUri };
}

/** Whether the name of a resource leads back to it: of an assignment without a prefix, one that reads like another's does not. */
export function leadsBack({ uris }: NamesUris, { prefix }: Assignment, upstreamUri: string): boolean {
  return prefix !== '' || prefixedBy(uris, upstreamUri) === undefined;
}

/** Clients know what to do with these by their scheme (protocol.md 1.3): pages of MCP Apps, and skills. */
const KEPT_SCHEMES: readonly string[] = ['ui://', 'skill://'];

/** Where the prefix of an exposed URI stands. */
function placeOfPrefix(uri: string): number {
  for (const scheme of KEPT_SCHEMES) if (uri.startsWith(scheme)) return scheme.length;
  return 0;
}

function withPrefix(prefix: string, uri: string): string {
  const place = placeOfPrefix(uri);
  return place === 0 ? `${prefix}+${uri}` : `${uri.slice(0, place)}${prefix}+${uri.slice(place)}`;
}

/** Of a URI that has the prefix. */
function withoutPrefix(prefix: string, uri: string): string {
  const place = placeOfPrefix(uri);
  const rest = uri.slice(place + prefix.length + 1);
  return place === 0 ? rest : uri.slice(0, place) + rest;
}

/** Of `a+repo://x` and `ui://a+x` the assignment with the prefix `a`; undefined when no assignment has it. */
function prefixedBy({ byPrefix }: GatewayUris, uri: string): Assignment | null | undefined {
  const place = placeOfPrefix(uri);
  const end = Math.min(uri.length, place + PREFIX_CHARACTERS_MAX + 1);
  for (let at = place + 1; at < end; at++) {
    const code = uri.charCodeAt(at);
    if (code === PLUS) return byPrefix.get(uri.slice(place, at));
    if (code === COLON) return undefined;
  }
  return undefined;
}

const PLUS = 0x2b;
const COLON = 0x3a;
/** Language.md, rule 3. */
const PREFIX_CHARACTERS_MAX = 16;

function isOfAnother({ own }: GatewayUris, assignment: Assignment, uri: string): boolean {
  for (const other of own) if (other.assignment !== assignment && other.uris.matches(uri)) return true;
  return false;
}

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
 * assignment can serve it, else `<prefix>+<uri>`. What reads like the latter is always shown as such.
 */
export function exposeUri({ uris }: NamesUris, assignment: Assignment, upstreamUri: string): string {
  const { prefix, ownUris } = assignment;
  if (prefix === '') return upstreamUri;
  const isOwn = ownUris && prefixedBy(uris, upstreamUri) === undefined && !isOfAnother(uris, assignment, upstreamUri);
  return isOwn ? upstreamUri : `${prefix}+${upstreamUri}`;
}

/** The URI template under which a gateway shows one of an assignment. Its URIs are those that `exposeUri` makes. */
export function exposeTemplate({ uris }: NamesUris, assignment: Assignment, uriTemplate: string): string {
  const { prefix, ownUris } = assignment;
  if (prefix === '') return uriTemplate;
  return ownUris && prefixedBy(uris, uriTemplate) === undefined ? uriTemplate : `${prefix}+${uriTemplate}`;
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
    return prefixed === null ? null : { assignment: prefixed, uri: exposedUri.slice(prefixed.prefix.length + 1) };
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

/** Of `a+repo://x` the assignment with the prefix `a`; undefined when no assignment has it. */
function prefixedBy({ byPrefix }: GatewayUris, uri: string): Assignment | null | undefined {
  const end = Math.min(uri.length, PREFIX_CHARACTERS_MAX + 1);
  for (let at = 1; at < end; at++) {
    const code = uri.charCodeAt(at);
    if (code === PLUS) return byPrefix.get(uri.slice(0, at));
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

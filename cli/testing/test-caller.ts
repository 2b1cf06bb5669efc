import { resolvePerson, type Caller, type ClaimValue } from '../../dataplane/decide/index.ts';
import { isClaimOf, readPrincipal } from '../../dataplane/identity/claims.ts';
import type { TestPrincipal } from '../../schemas/types/documents.ts';
import type { ClientFilter, Policy } from '../../schemas/types/policy.ts';

export type CallerResult =
  { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly message: string };

type Person = Extract<TestPrincipal, { teams?: unknown }>;
/** All of a caller but its app's name; `clientId` empty when it is not said. */
type Described =
  { readonly ok: true; readonly caller: Omit<Caller, 'clientName'> } | { readonly ok: false; readonly message: string };

/**
 * Whom a test speaks as. A token goes through the very mapping that the proxy applies to a verified one; a robot and a
 * person described directly name their subjects.
 *
 * @param client name of the Client of the test; null = the token's own app, or else one that the gateway admits.
 */
export function testCaller(
  policy: Policy,
  principal: TestPrincipal,
  client: string | null,
  filter: ClientFilter | null,
): CallerResult {
  const who = describedBy(policy, principal);
  if (!who.ok) return who;
  if (client !== null) {
    const known = policy.clients.find((candidate) => candidate.name === client);
    if (known === undefined) return { ok: false, message: `there is no Client ${client} in this environment` };
    return { ok: true, caller: { ...who.caller, clientId: known.ids[0] ?? '', clientName: known.names[0] ?? '' } };
  }
  const clientId = who.caller.clientId === '' ? admittedClient(policy, filter) : who.caller.clientId;
  return { ok: true, caller: { ...who.caller, clientId, clientName: '' } };
}

function describedBy(policy: Policy, principal: TestPrincipal): Described {
  if ('token' in principal) return tokenHolder(policy, principal.token);
  if ('robot' in principal) {
    const robot = subjectNamed(policy, 'robot', principal.robot);
    if (robot === -1) return { ok: false, message: `there is no Robot ${principal.robot} in this environment` };
    return { ok: true, caller: robotCaller(policy, robot) };
  }
  return describedPerson(policy, principal);
}

function robotCaller(policy: Policy, robot: number): Omit<Caller, 'clientName'> {
  const id = policy.subjects[robot]?.name ?? '';
  return { kind: 'robot', subjects: [robot], clientId: '', id, email: '', claims: new Map() };
}

function tokenHolder(policy: Policy, token: { readonly issuer: string; readonly [claim: string]: unknown }): Described {
  const { issuer: name, ...tokenClaims } = token;
  const issuer = policy.issuers.findIndex((candidate) => candidate.name === name);
  const read = readPrincipal(policy, issuer, tokenClaims);
  if (!read.ok) return { ok: false, message: `the token is refused: ${read.reason}` };
  const { principal } = read;
  if (principal.kind === 'robot') return { ok: true, caller: robotCaller(policy, principal.robot) };
  const { clientId, claims } = principal;
  const subjects = resolvePerson(policy, principal);
  const id = `${name}:${principal.id}`;
  return { ok: true, caller: { kind: 'person', subjects, clientId, id, email: principal.email ?? '', claims } };
}

/** The teams and the role that the test names, and what an address alone brings: teams and roles may list people by it. */
function describedPerson(policy: Policy, person: Person): Described {
  const email = person.email?.toLowerCase() ?? null;
  const byEmail = resolvePerson(policy, { issuer: -1, id: '', email, groups: [] });
  const subjects = new Set(byEmail);
  for (const name of person.teams ?? []) {
    const team = subjectNamed(policy, 'team', name);
    if (team === -1) return { ok: false, message: `there is no Team ${name} in this environment` };
    subjects.add(team);
  }
  if (person.role !== undefined) {
    for (const at of byEmail) if (policy.subjects[at]?.kind === 'role') subjects.delete(at);
    // A role without capabilities is no subject: holding it means nothing.
    const role = subjectNamed(policy, 'role', person.role);
    if (role !== -1) subjects.add(role);
  }
  const claims = new Map<string, ClaimValue>();
  for (const [name, value] of Object.entries(person.claims ?? {})) {
    const declared = policy.claims.find((claim) => claim.name === name);
    if (declared === undefined) return { ok: false, message: `the workspace declares no claim ${name}` };
    if (!isClaimOf(declared.type, value)) return { ok: false, message: `the claim ${name} is no ${declared.type}` };
    claims.set(name, value);
  }
  const sorted = [...subjects].sort((a, b) => a - b);
  return {
    ok: true,
    caller: { kind: 'person', subjects: sorted, clientId: '', id: '', email: email ?? '', claims },
  };
}

function subjectNamed(policy: Policy, kind: Policy['subjects'][number]['kind'], name: string): number {
  return policy.subjects.findIndex((subject) => subject.kind === kind && subject.name === name);
}

/** Under `only` the first of its apps; anywhere else an app that nothing is known of. */
function admittedClient(policy: Policy, filter: ClientFilter | null): string {
  if (filter === null || filter.mode === 'except') return '';
  return policy.clients[filter.clients[0] ?? -1]?.ids[0] ?? '';
}

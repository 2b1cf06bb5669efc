import { resolvePerson, type Caller } from '../../dataplane/decide/index.ts';
import { readPrincipal } from '../../dataplane/identity/claims.ts';
import type { TestPrincipal } from '../../schemas/types/documents.ts';
import type { ClientFilter, Policy } from '../../schemas/types/policy.ts';

export type CallerResult =
  { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly message: string };

type Person = Extract<TestPrincipal, { teams?: unknown }>;
type Subjects =
  | {
      readonly ok: true;
      readonly kind: Caller['kind'];
      readonly subjects: readonly number[];
      readonly clientId: string;
    }
  | { readonly ok: false; readonly message: string };

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
  const who = subjectsOf(policy, principal);
  if (!who.ok) return who;
  const { kind, subjects } = who;
  if (client !== null) {
    const known = policy.clients.find((candidate) => candidate.name === client);
    if (known === undefined) return { ok: false, message: `there is no Client ${client} in this environment` };
    return { ok: true, caller: { kind, subjects, clientId: known.ids[0] ?? '', clientName: known.names[0] ?? '' } };
  }
  const clientId = who.clientId === '' ? admittedClient(policy, filter) : who.clientId;
  return { ok: true, caller: { kind, subjects, clientId, clientName: '' } };
}

function subjectsOf(policy: Policy, principal: TestPrincipal): Subjects {
  if ('token' in principal) return tokenSubjects(policy, principal.token);
  if ('robot' in principal) {
    const robot = subjectNamed(policy, 'robot', principal.robot);
    if (robot === -1) return { ok: false, message: `there is no Robot ${principal.robot} in this environment` };
    return { ok: true, kind: 'robot', subjects: [robot], clientId: '' };
  }
  return personSubjects(policy, principal);
}

function tokenSubjects(
  policy: Policy,
  token: { readonly issuer: string; readonly [claim: string]: unknown },
): Subjects {
  const { issuer: name, ...claims } = token;
  const issuer = policy.issuers.findIndex((candidate) => candidate.name === name);
  const read = readPrincipal(policy, issuer, claims);
  if (!read.ok) return { ok: false, message: `the token is refused: ${read.reason}` };
  const { principal } = read;
  if (principal.kind === 'robot') return { ok: true, kind: 'robot', subjects: [principal.robot], clientId: '' };
  return { ok: true, kind: 'person', subjects: resolvePerson(policy, principal), clientId: principal.clientId };
}

/** The teams and the role that the test names, and what an address alone brings: teams and roles may list people by it. */
function personSubjects(policy: Policy, person: Person): Subjects {
  const byEmail = resolvePerson(policy, { issuer: -1, id: '', email: person.email ?? null, groups: [] });
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
  return { ok: true, kind: 'person', subjects: [...subjects].sort((a, b) => a - b), clientId: '' };
}

function subjectNamed(policy: Policy, kind: Policy['subjects'][number]['kind'], name: string): number {
  return policy.subjects.findIndex((subject) => subject.kind === kind && subject.name === name);
}

/** Under `only` the first of its apps; anywhere else an app that nothing is known of. */
function admittedClient(policy: Policy, filter: ClientFilter | null): string {
  if (filter === null || filter.mode === 'except') return '';
  return policy.clients[filter.clients[0] ?? -1]?.ids[0] ?? '';
}

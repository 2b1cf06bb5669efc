import type { Policy, RoleSubject, TeamSubject } from '../../schemas/types/policy.ts';

/** Who calls, as far as a decision depends on it. */
export interface Caller {
  readonly kind: 'person' | 'robot';
  /** Sorted indices into the policy's subjects: teams (disabled ones too) and the role of a person, or the robot itself. */
  readonly subjects: readonly number[];
  /** The app's verified id; empty when there is none. */
  readonly clientId: string;
  /** The app's self-reported name; empty when there is none. Only ever subtracts access. */
  readonly clientName: string;
  /** issuer:id, or the robot's name. */
  readonly id: string;
  /** Empty when there is none that counts. */
  readonly email: string;
  /** Of a person, by the name that the workspace declares; a robot has none. */
  readonly claims: ReadonlyMap<string, ClaimValue>;
}

/** A claim that conditions may read. */
export type ClaimValue = string | number | boolean | readonly string[];

export interface Person {
  /** Index into the policy's issuers. */
  readonly issuer: number;
  /** What the issuer calls the person: the value of its `id` claim. */
  readonly id: string;
  /** Only an address that the issuer may vouch for. */
  readonly email: string | null;
  readonly groups: readonly string[];
}

interface SubjectIndex {
  readonly teamsByGroup: ReadonlyMap<string, readonly number[]>;
  readonly teamsByUser: ReadonlyMap<string, readonly number[]>;
  readonly roleByUser: ReadonlyMap<string, number>;
  readonly defaultRole: number | null;
}

const indices = new WeakMap<Policy, SubjectIndex>();

/**
 * The teams and the role of a person (language.md, kinds Team and Role): groups of the person's own issuer, addresses
 * without regard to case, and `issuer:id`. Everybody holds exactly one role: the one that names the person, else the default.
 */
export function resolvePerson(policy: Policy, person: Person): readonly number[] {
  const index = indexOf(policy);
  const issuer = policy.issuers[person.issuer];
  const names = issuer === undefined ? [] : [`${issuer.name}:${person.id}`];
  if (person.email !== null) names.push(person.email.toLowerCase());

  const found = new Set<number>();
  for (const group of person.groups) {
    for (const team of index.teamsByGroup.get(groupKey(person.issuer, group)) ?? []) found.add(team);
  }
  let role = index.defaultRole;
  for (const name of names) {
    for (const team of index.teamsByUser.get(name) ?? []) found.add(team);
    role = index.roleByUser.get(name) ?? role;
  }
  if (role !== null) found.add(role);
  return [...found].sort((a, b) => a - b);
}

function indexOf(policy: Policy): SubjectIndex {
  const known = indices.get(policy);
  if (known !== undefined) return known;
  const teamsByGroup = new Map<string, number[]>();
  const teamsByUser = new Map<string, number[]>();
  const roleByUser = new Map<string, number>();
  let defaultRole: number | null = null;
  policy.subjects.forEach((subject, at) => {
    if (subject.kind === 'team') addTeam(subject, at, teamsByGroup, teamsByUser);
    if (subject.kind === 'role') {
      addRole(subject, at, roleByUser);
      if (subject.isDefault) defaultRole = at;
    }
  });
  const index = { teamsByGroup, teamsByUser, roleByUser, defaultRole };
  indices.set(policy, index);
  return index;
}

function addTeam(team: TeamSubject, at: number, byGroup: Map<string, number[]>, byUser: Map<string, number[]>): void {
  for (const group of team.groups) append(byGroup, groupKey(group.issuer, group.name), at);
  for (const user of team.users) append(byUser, user, at);
}

function addRole(role: RoleSubject, at: number, byUser: Map<string, number>): void {
  for (const user of role.users) byUser.set(user, at);
}

function append(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const groupKey = (issuer: number, group: string): string => `${issuer}/${group}`;

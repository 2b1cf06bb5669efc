import type { Issuer, RobotKey, Subject } from '../../schemas/types/policy.ts';
import type { Document } from '../source/document.ts';
import type { Role, Workspace } from '../../schemas/types/documents.ts';
import { endOfDate } from '../link/date.ts';
import type { LinkedPolicy, LinkedRobot } from '../link/model.ts';
import { issuersFor, readGroup } from '../link/subjects.ts';

/** Robots, roles and teams in one index space, sorted by kind, then name. */
export interface SubjectTable {
  readonly subjects: readonly Subject[];
  readonly indexOf: (kind: Subject['kind'], name: string) => number;
}

/** @param developmentKeys Keys by robot that exist in this build alone, for the environment `dev`. */
export function lowerSubjects(
  linked: LinkedPolicy,
  issuers: readonly Issuer[],
  developmentKeys: ReadonlyMap<string, RobotKey>,
): SubjectTable {
  const people = issuersFor(linked.workspace, 'people');
  const issuerIndex = (name: string): number => issuers.findIndex((issuer) => issuer.name === name);
  const keys: readonly (readonly [Subject['kind'], string])[] = [
    ...linked.robots.map((robot) => ['robot', robot.document.name] as const),
    ...linked.roles.map((role) => ['role', role.name] as const),
    ...linked.teams.map((team) => ['team', team.name] as const),
  ];
  const indexByName = { robot: new Map<string, number>(), role: new Map(), team: new Map() };
  for (const [index, [kind, name]] of keys.entries()) indexByName[kind].set(name, index);
  const indexOf = (kind: Subject['kind'], name: string): number => indexByName[kind].get(name) ?? -1;

  const teams = linked.teams.map((team): Subject => ({
    kind: 'team',
    name: team.name,
    groups: (team.value.members?.groups ?? []).flatMap((text) => {
      const group = readGroup(text, people);
      return group === null ? [] : [{ issuer: issuerIndex(group.issuer), name: group.name }];
    }),
    users: (team.value.members?.users ?? []).map(lowerUser),
    disabled: lowerDisabled(team.value.disabled),
  }));
  const robots = linked.robots.map((robot): Subject => lowerRobot(robot, indexOf, issuerIndex, developmentKeys));
  const roles = linked.roles.map((role) => lowerRole(role, linked.workspace));
  return { subjects: [...robots, ...roles, ...teams], indexOf };
}

function lowerRobot(
  robot: LinkedRobot,
  indexOf: SubjectTable['indexOf'],
  issuerIndex: (name: string) => number,
  developmentKeys: ReadonlyMap<string, RobotKey>,
): Subject {
  const { value, name } = robot.document;
  const own = (value.keys ?? []).map((key) => ({ id: key.id, sha256: key.sha256, expires: endOfDate(key.expires) }));
  const development = developmentKeys.get(name);
  return {
    kind: 'robot',
    name,
    owner: indexOf('team', robot.owner.name),
    expires: endOfDate(value.expires),
    keys: development === undefined ? own : [...own, development],
    signIn: value.signIn === undefined ? null : { issuer: issuerIndex(value.signIn.issuer), match: value.signIn.match },
  };
}

function lowerRole(role: Document<Role>, workspace: Document<Workspace>): Subject {
  return {
    kind: 'role',
    name: role.name,
    isDefault: workspace.value.defaults?.role === role.name,
    users: (role.value.members?.users ?? []).map(lowerUser),
    capabilities: [...(role.value.capabilities ?? [])].sort(),
  };
}

/** Addresses are compared without regard to case; an issuer's ids are not. */
const lowerUser = (user: string): string => (user.includes('@') ? user.toLowerCase() : user);

/** Null when enabled; otherwise what people are told, which may be nothing. */
function lowerDisabled(disabled: boolean | { readonly message?: string } | undefined): string | null {
  if (disabled === undefined || disabled === false) return null;
  return disabled === true ? '' : (disabled.message ?? '');
}

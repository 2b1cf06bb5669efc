import type { Issuer } from '../../schemas/types/documents.ts';
import type { Robot, Role, Team, Workspace } from '../../schemas/types/documents.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { LinkedRobot } from './model.ts';
import type { Names } from './names.ts';

/** The workspace's issuers of one sort, sorted by name. */
export function issuersFor(workspace: Document<Workspace>, sort: Issuer['for']): readonly string[] {
  return Object.entries(workspace.value.issuers)
    .filter(([, issuer]) => issuer.for === sort)
    .map(([name]) => name)
    .sort();
}

export interface Group {
  readonly issuer: string;
  readonly name: string;
}

/** `payments-eng`, or `corp/payments-eng` where several issuers speak for people; null when it cannot be told. */
export function readGroup(text: string, people: readonly string[]): Group | null {
  const [only, ...others] = people;
  if (only === undefined) return null;
  const slash = text.indexOf('/');
  const issuer = slash === -1 ? undefined : people.find((name) => name === text.slice(0, slash));
  if (issuer !== undefined) return { issuer, name: text.slice(slash + 1) };
  return others.length === 0 ? { issuer: only, name: text } : null;
}

export function checkTeam(team: Document<Team>, workspace: Document<Workspace>, report: Report): void {
  const people = issuersFor(workspace, 'people');
  team.value.members?.groups?.forEach((text, at) => {
    if (readGroup(text, people) !== null) return;
    report({
      code: 'identity/bad-group',
      message:
        people.length === 0
          ? 'no issuer of the workspace speaks for people'
          : `\`${text}\` does not say which issuer's group it is`,
      span: team.spanAt(['members', 'groups', at]),
      help:
        people.length === 0
          ? 'add an issuer with `for: people`, or name `users`'
          : `write it as ${people.map((name) => `${name}/${text}`).join(' or ')}`,
      related: [{ message: 'issuers are defined here', span: workspace.spanAt(['issuers'], 'key') }],
    });
  });
  checkUsers(team, team.value.members?.users, workspace, report);
}

/** Everybody holds exactly one role. */
export function checkRoles(roles: readonly Document<Role>[], workspace: Document<Workspace>, report: Report): void {
  const holders = new Map<string, Document<Role>>();
  for (const role of roles) {
    checkUsers(role, role.value.members?.users, workspace, report);
    role.value.members?.users?.forEach((user, at) => {
      const other = holders.get(user.toLowerCase());
      if (other === undefined || other === role) {
        holders.set(user.toLowerCase(), role);
        return;
      }
      report({
        code: 'link/role-twice',
        message: `\`${user}\` already holds the role ${other.name}`,
        span: role.spanAt(['members', 'users', at]),
        help: 'everybody holds exactly one role',
        related: [{ message: 'the other role', span: other.span }],
      });
    });
  }
}

/** An address that no issuer may vouch for would name nobody, ever. */
function checkUsers(
  document: Document,
  users: readonly string[] | undefined,
  workspace: Document<Workspace>,
  report: Report,
): void {
  const issuers = Object.entries(workspace.value.issuers);
  const people = issuers.flatMap(([name, issuer]) => (issuer.for === 'people' ? [{ name, email: issuer.email }] : []));
  const domains = people.flatMap(({ email }) => email?.domains ?? []).map((domain) => domain.toLowerCase());
  users?.forEach((user, at) => {
    const span = document.spanAt(['members', 'users', at]);
    const sign = user.lastIndexOf('@');
    if (sign !== -1) {
      const domain = user.slice(sign + 1).toLowerCase();
      if (domains.includes(domain)) return;
      report({
        code: 'identity/bad-user',
        message: `no issuer may vouch for addresses of \`${domain}\``,
        span,
        help:
          domains.length === 0
            ? 'add `email: { claim, domains }` to an issuer for people'
            : `issuers vouch for ${domains.join(', ')}`,
        related: [{ message: 'issuers are defined here', span: workspace.spanAt(['issuers'], 'key') }],
      });
    } else if (!people.some(({ name }) => user.startsWith(`${name}:`))) {
      report({
        code: 'identity/bad-user',
        message: `\`${user}\` is neither an address nor issuer:id`,
        span,
        help: 'write an address, or for example `corp:00u1a`',
      });
    }
  });
}

export function linkRobot(
  robot: Document<Robot>,
  workspace: Document<Workspace>,
  names: Names,
  report: Report,
): LinkedRobot | null {
  const owner = names.resolve('Team', robot.value.owner, () => robot.spanAt(['owner']));
  const issuer = robot.value.signIn?.issuer;
  const known = issuersFor(workspace, 'robots');
  if (issuer !== undefined && !known.includes(issuer)) {
    report({
      code: 'link/unknown-issuer',
      message: `no issuer \`${issuer}\` speaks for robots`,
      span: robot.spanAt(['signIn', 'issuer']),
      help:
        known.length === 0 ? 'add an issuer with `for: robots` to the Workspace' : `it is one of ${known.join(', ')}`,
      related: [{ message: 'issuers are defined here', span: workspace.spanAt(['issuers'], 'key') }],
    });
  }
  return owner === null ? null : { document: robot, owner };
}

/** A key's id leads to one robot. */
export function checkKeyIds(robots: readonly Document<Robot>[], report: Report): void {
  const owners = new Map<string, Document<Robot>>();
  for (const robot of robots) {
    robot.value.keys?.forEach(({ id }, at) => {
      const other = owners.get(id);
      if (other === undefined) {
        owners.set(id, robot);
        return;
      }
      report({
        code: 'identity/key-twice',
        message: `the key id \`${id}\` is used twice`,
        span: robot.spanAt(['keys', at, 'id']),
        help: 'keys are made by `mcpgw robot key`, which gives each its own id',
        related: [{ message: 'the other key is here', span: other.span }],
      });
    });
  }
}

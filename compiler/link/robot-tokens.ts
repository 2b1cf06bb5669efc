import type { Report } from '../diagnostics/diagnostic.ts';
import type { LinkedAssignment, LinkedGrant, LinkedRobot } from './model.ts';

/**
 * A robot that has nothing but keys brings no token that could be exchanged (RFC 8693), so whatever it is granted behind
 * such an identity would be refused on every call. A robot that also signs in is told at run time, when it comes with a key.
 */
export function checkRobotTokens(grants: readonly LinkedGrant[], report: Report): void {
  for (const grant of grants) {
    const tokenless = grant.robots.filter(({ document }) => document.value.signIn === undefined);
    if (tokenless.length === 0) continue;
    for (const assignment of exchanging(grant)) {
      for (const robot of tokenless) reportTokenless(grant, assignment, robot, report);
    }
  }
}

/** The assignments that a grant reaches and that exchange the caller's token, each once. */
function exchanging({ gateway, allowlists, entries }: LinkedGrant): ReadonlySet<LinkedAssignment> {
  const found = new Set<LinkedAssignment>();
  for (const entry of [...entries, ...allowlists.flatMap((allowlist) => allowlist.entries)]) {
    const assignment = gateway.assignments.get(entry.assignment);
    if (assignment?.server === entry.server && isExchange(assignment)) found.add(assignment);
  }
  return found;
}

function isExchange(assignment: LinkedAssignment): boolean {
  const identity = assignment.server.document.value.identities[identityOf(assignment)];
  return typeof identity === 'object' && 'exchange' in identity;
}

function identityOf({ server, identity }: LinkedAssignment): string {
  return Object.keys(server.document.value.identities).sort()[identity] ?? '';
}

function reportTokenless(grant: LinkedGrant, assignment: LinkedAssignment, robot: LinkedRobot, report: Report): void {
  const { document, gateway } = grant;
  const at = document.value.to.robots?.indexOf(robot.document.name) ?? 0;
  const server = assignment.server.document;
  report({
    code: 'identity/no-token',
    message: `${robot.document.name} has no token to exchange for \`${assignment.name}\``,
    span: document.spanAt(['to', 'robots', at]),
    help: 'give the robot `signIn`, or grant it an assignment with another identity',
    related: [
      { message: 'it has keys alone', span: robot.document.span },
      { message: `what ${gateway.document.name} calls the server as`, span: assignment.span },
      { message: 'the identity', span: server.spanAt(['identities', identityOf(assignment)], 'key') },
    ],
  });
}

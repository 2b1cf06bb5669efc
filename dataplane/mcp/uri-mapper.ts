import type { Assignment } from '../../schemas/types/policy.ts';
import { exposeUri } from '../decide/index.ts';
import type { ClientContext } from './mcp-request.ts';

/** From an assignment's URIs to those that clients see; null where they are the same, and nothing needs to be looked for. */
export function uriMapper({ choice }: ClientContext, assignment: Assignment): ((uri: string) => string) | null {
  const { view } = choice;
  if (view === null) return null;
  // With one assignment there is nothing to tell apart.
  if (assignment.ownUris && view.gateway.gateway.assignments.length === 1) return null;
  return (uri) => exposeUri(view.gateway, assignment, uri);
}

import type { Document } from '../../compiler/source/document.ts';
import type { Team } from '../../schemas/types/documents.ts';

/**
 * The folder of a team, with a slash at its end, if it has one of its own: `teams/payments/` of the Team payments. What
 * belongs to the team goes there, so that its owners review it. Null when teams share a folder.
 */
export function ownFolder(team: Document<Team> | null): string | null {
  if (team === null) return null;
  const folder = team.file.path.slice(0, team.file.path.lastIndexOf('/') + 1);
  return folder === `${team.name}/` || folder.endsWith(`/${team.name}/`) ? folder : null;
}

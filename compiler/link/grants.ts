import type { Grant } from '../../schemas/types/documents.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import { linkInlineItems } from './allow.ts';
import type { Table } from './lookups.ts';
import type { LinkedAllowlist, LinkedGateway, LinkedGrant, LinkedRobot } from './model.ts';
import type { Names } from './names.ts';
import { endOfDate } from './date.ts';

export interface GrantTargets {
  readonly gateways: Table<LinkedGateway>;
  readonly robots: Table<LinkedRobot>;
  readonly allowlists: Table<LinkedAllowlist>;
}

/** Names of the Allowlists a grant uses: its items without a slash. */
export function allowlistNames(grant: Document<Grant>): readonly { readonly name: string; readonly at: number }[] {
  return grant.value.allow.map((name, at) => ({ name, at })).filter(({ name }) => !name.includes('/'));
}

export function linkGrant(
  document: Document<Grant>,
  targets: GrantTargets,
  names: Names,
  report: Report,
): LinkedGrant | null {
  const { value } = document;
  const teams = (value.to.teams ?? []).flatMap(
    (name, at) => names.resolve('Team', name, () => document.spanAt(['to', 'teams', at])) ?? [],
  );
  const robots = (value.to.robots ?? []).flatMap((name, at) => {
    const robot = names.resolve('Robot', name, () => document.spanAt(['to', 'robots', at]));
    return robot === null ? [] : (targets.robots.get(name) ?? []);
  });
  const allowlists = allowlistNames(document).flatMap(({ name, at }) => {
    const allowlist = names.resolve('Allowlist', name, () => document.spanAt(['allow', at]));
    return allowlist === null ? [] : (targets.allowlists.get(name) ?? []);
  });
  const reference = names.resolve('Gateway', value.gateway, () => document.spanAt(['gateway']));
  const gateway = targets.gateways.get(value.gateway);
  if (reference === null || gateway === undefined) return null;
  return {
    document,
    gateway,
    teams,
    robots,
    allowlists,
    entries: linkInlineItems(document, gateway, report),
    expires: value.expires === undefined ? 0 : endOfDate(value.expires),
  };
}

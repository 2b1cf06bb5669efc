import type { Guard, Invariant, Limit } from '../../schemas/types/documents.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { ConditionLinker, Reach } from './conditions.ts';
import { linkMatch, type MatchTargets } from './match.ts';
import type { LinkedGuard, LinkedInvariant, LinkedLimit, LinkedMatch } from './model.ts';
import type { Names } from './names.ts';

export function linkGuard(
  document: Document<Guard>,
  targets: MatchTargets,
  conditions: ConditionLinker,
  names: Names,
  report: Report,
): LinkedGuard {
  const { value } = document;
  const match = linkMatch({ document, path: ['match'], match: value.match }, targets, names, report);
  const denyIf = value.when !== undefined;
  const text = value.when ?? value.unless ?? '';
  const condition = conditions.link({ document, path: [denyIf ? 'when' : 'unless'], text }, reachOf(match, targets));
  return {
    document,
    match,
    condition,
    denyIf,
    message: value.message ?? null,
    hide: value.hide ?? false,
    mode: value.mode ?? 'enforce',
  };
}

/** What a match reaches, for the types of a condition: robots too, unless it leaves them out. */
function reachOf(match: LinkedMatch, targets: MatchTargets): Reach {
  const servers = match.servers ?? targets.servers.values();
  const definitions = match.definitions ?? servers.flatMap((server) => server.definitions);
  const onlyPeople = match.teams !== null && match.robots === null;
  return {
    // What nobody has reviewed is denied whatever a condition says, and must not decide what may be written.
    // Templates go by the resources that they name.
    definitions: definitions.filter(
      ({ server, definition }) => !definition.pending && definition.kind !== 'template' && servers.includes(server),
    ),
    resources: match.resources !== 'none',
    gateways: () => match.gateways ?? targets.gateways.values(),
    robots: !onlyPeople && (match.kinds?.includes('robot') ?? true),
  };
}

const WINDOWS_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000, day: 86_400_000 };

export function linkLimit(document: Document<Limit>, targets: MatchTargets, names: Names, report: Report): LinkedLimit {
  const { match, calls, concurrent, per } = document.value;
  const [count = '0', unit = 's'] = calls?.split('/') ?? [];
  return {
    document,
    match: linkMatch({ document, path: ['match'], match }, targets, names, report),
    calls: calls === undefined ? null : { count: Number(count), windowMs: WINDOWS_MS[unit] ?? 0 },
    concurrent: concurrent ?? 0,
    per,
  };
}

export function linkInvariant(
  document: Document<Invariant>,
  targets: MatchTargets,
  names: Names,
  report: Report,
): LinkedInvariant {
  const { never, atMost, except } = document.value;
  const path = never === undefined ? ['atMost', 'match'] : ['never'];
  const named = (key: 'teams' | 'robots' | 'roles', kind: 'Team' | 'Robot' | 'Role'): readonly string[] =>
    (except?.[key] ?? []).filter(
      (name, at) => names.resolve(kind, name, () => document.spanAt(['except', key, at])) !== null,
    );
  return {
    document,
    match: linkMatch({ document, path, match: never ?? atMost?.match }, targets, names, report),
    subjectsMax: atMost?.subjects ?? 0,
    except: new Set([
      ...named('teams', 'Team').map((name) => `team/${name}`),
      ...named('robots', 'Robot').map((name) => `robot/${name}`),
      ...named('roles', 'Role').map((name) => `role/${name}`),
    ]),
  };
}

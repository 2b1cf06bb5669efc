import type { Action, ContentRule, Match } from '../../schemas/types/policy.ts';
import type { RedactionRule } from '../../schemas/types/documents.ts';
import type { LinkedContentRule, LinkedMatch } from '../link/model.ts';
import { looksIntoNumbers, lowerDetector } from './detectors.ts';
import { sorted, type Tables } from './tables.ts';

const DIRECTIONS = ['to-server', 'to-client', 'audit'] as const;

export function lowerContent(rule: LinkedContentRule, tables: Tables): ContentRule {
  const { document } = rule;
  const { value } = document;
  return {
    rule: tables.rules.add(document, document.span),
    name: document.name,
    match: lowerMatch(rule.match, tables),
    directions: DIRECTIONS.filter((direction) => value.directions?.includes(direction) ?? true),
    mode: value.mode ?? 'enforce',
    keys: value.keys ?? false,
    numbers: value.numbers ?? looksIntoNumbers(value.detect),
    detect: lowerDetector(value.detect, tables),
    action: lowerAction(actionOf(value)),
  };
}

/** What a rule does with what it finds; where it does not say, it is one for `injection`, which alerts. */
export function actionOf({ action }: RedactionRule): NonNullable<RedactionRule['action']> {
  return action ?? 'alert';
}

function lowerAction(action: NonNullable<RedactionRule['action']>): Action {
  if (action === 'replace') return { kind: 'replace', with: null };
  if (typeof action === 'string') return { kind: action };
  if ('replace' in action) return { kind: 'replace', with: action.replace };
  if ('hash' in action) return { kind: 'hash', key: action.hash.key };
  const [keep, characters] = action.mask.keep.split(' ');
  return { kind: 'mask', keep: keep === 'first' ? 'first' : 'last', characters: Number(characters) };
}

export function lowerMatch(match: LinkedMatch, tables: Tables): Match {
  const subjects = [
    ...(match.teams ?? []).map((team) => tables.subjectIndex('team', team.name)),
    ...(match.robots ?? []).map((robot) => tables.subjectIndex('robot', robot.document.name)),
  ];
  const resources = match.resources;
  return {
    gateways:
      match.gateways === null ? null : sorted(match.gateways.map((item) => tables.gatewayIndex.get(item) ?? -1)),
    servers: match.servers === null ? null : sorted(match.servers.map((item) => tables.serverIndex.get(item) ?? -1)),
    definitions:
      match.definitions === null
        ? -1
        : tables.sets.index(sorted(match.definitions.map((item) => tables.definitionIndex.get(item) ?? -1))),
    resources:
      resources === 'any' ? -1 : resources === 'none' ? -2 : tables.uriPatterns.index([...new Set(resources)].sort()),
    kinds: match.kinds === null ? null : (['person', 'robot'] as const).filter((kind) => match.kinds?.includes(kind)),
    subjects: match.teams === null && match.robots === null ? null : sorted(subjects),
    clients:
      match.clients === null ? null : sorted(match.clients.map((client) => tables.clientIndex.get(client.name) ?? -1)),
  };
}

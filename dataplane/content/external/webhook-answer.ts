import { membersOf } from '../../json/members.ts';
import { CONTENT_ENTITIES_MAX, EXTERNAL_ENTITY_COUNT_MAX, EXTERNAL_REASON_CHARS_MAX } from '../../limits.ts';
import { countEntities, type EntityCounts } from '../entity-counts.ts';
import type { WebhookVerdict } from './detector.ts';
import type { Changeable } from './question.ts';
import { isEntity, membersByName, readJson } from './read-json.ts';

const LEFT_BRACE = 0x7b;

/**
 * What a webhook says about a message; null when that has no meaning, or is that it failed. `changeable`: what it may
 * replace, which only `modify` does and has to. A member that nobody knows is a mistake: it could have been meant to block.
 */
export function readWebhookAnswer(bytes: Buffer, changeable: Changeable | null): WebhookVerdict | null {
  const members = membersByName(readJson(bytes));
  if (members === null) return null;
  const verdict = members.get('verdict');
  const known = new Set([
    'verdict',
    'entities',
    'reason',
    ...(verdict === 'modify' && changeable !== null ? [changeable] : []),
  ]);
  if ([...members.keys()].some((name) => !known.has(name)) || !isReason(members.get('reason'))) return null;
  const entities = readEntities(members.get('entities'));
  if (entities === null) return null;
  switch (verdict) {
    case 'pass':
    case 'block':
      return { kind: verdict, entities };
    case 'modify': {
      const replacement = changeable === null ? null : objectAt(bytes, changeable);
      return replacement === null ? null : { kind: 'modify', entities, replacement };
    }
    default:
      return null;
  }
}

/** Read by people who look at the webhook's side: it may say what was found, and is therefore repeated nowhere. */
function isReason(reason: unknown): boolean {
  return reason === undefined || (typeof reason === 'string' && reason.length <= EXTERNAL_REASON_CHARS_MAX);
}

function readEntities(value: unknown): EntityCounts | null {
  if (value === undefined) return {};
  const members = membersByName(value);
  if (members === null || members.size > CONTENT_ENTITIES_MAX) return null;
  const counts: [entity: string, count: number][] = [];
  for (const [entity, count] of members) {
    if (!isEntity(entity) || typeof count !== 'number' || !Number.isInteger(count)) return null;
    if (count < 1 || count > EXTERNAL_ENTITY_COUNT_MAX) return null;
    counts.push([entity, count]);
  }
  return countEntities(counts);
}

/** The bytes of a member that is an object, as they were written: numbers are not read, so none is rounded. */
function objectAt(bytes: Buffer, name: Changeable): Buffer | null {
  const start = bytes.indexOf(LEFT_BRACE);
  const end = bytes.lastIndexOf(RIGHT_BRACE) + 1;
  const member = membersOf(bytes, { start, end }).find(({ key }) => key === name);
  return member !== undefined && bytes[member.start] === LEFT_BRACE ? bytes.subarray(member.start, member.end) : null;
}

const RIGHT_BRACE = 0x7d;

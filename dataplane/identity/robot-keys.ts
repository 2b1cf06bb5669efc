import { timingSafeEqual } from 'node:crypto';
import type { Policy, RobotKey, RobotSubject } from '../../schemas/types/policy.ts';
import { hashRobotKey, parseRobotKey } from '../format/robot-key.ts';
import type { IdentityFailure } from './failure.ts';

/** Robot keys by id. An id is no secret and need not be unique; the hash decides. */
export type RobotKeys = ReadonlyMap<string, readonly RobotKeyEntry[]>;

interface RobotKeyEntry {
  readonly robot: number;
  readonly hash: Buffer;
  readonly expires: number;
}

export type RobotResult =
  | { readonly ok: true; /** Index into the policy's subjects. */ readonly robot: number; readonly endMs: number }
  | { readonly ok: false; readonly reason: IdentityFailure };

const NO_ENTRIES: readonly RobotKeyEntry[] = [];

export function buildRobotKeys(policy: Policy): RobotKeys {
  const keys = new Map<string, RobotKeyEntry[]>();
  policy.subjects.forEach((subject, robot) => {
    if (subject.kind !== 'robot') return;
    for (const key of subject.keys) {
      const entries = keys.get(key.id) ?? [];
      entries.push(entryOf(robot, key));
      keys.set(key.id, entries);
    }
  });
  return keys;
}

const entryOf = (robot: number, key: RobotKey): RobotKeyEntry => ({
  robot,
  hash: Buffer.from(key.sha256, 'hex'),
  expires: key.expires,
});

/**
 * The robot that holds a key (operation.md, Robot keys). The checksum comes first, so that typing errors cost nothing.
 * An unknown id, another environment's key and a wrong secret are one reason, found by comparing hashes in constant time;
 * what expired is told only to whoever holds the whole key.
 */
export function matchRobotKey(policy: Policy, keys: RobotKeys, text: string, nowMs: number): RobotResult {
  const parsed = parseRobotKey(text);
  if (parsed === null) return { ok: false, reason: 'malformed-key' };
  const hash = Buffer.from(hashRobotKey(policy.environment, text), 'hex');
  let found: RobotKeyEntry | null = null;
  for (const entry of keys.get(parsed.id) ?? NO_ENTRIES) if (areSame(entry.hash, hash)) found ??= entry;
  if (found === null) return { ok: false, reason: 'unknown-key' };
  if (nowMs >= found.expires) return { ok: false, reason: 'expired-key' };
  const admitted = admitRobot(policy, found.robot, nowMs);
  if (!admitted.ok) return admitted;
  return { ok: true, robot: admitted.robot, endMs: Math.min(admitted.endMs, found.expires) };
}

/** Whether a robot may act at all at `nowMs` (language.md rule 6, and `expires` of Robot), however it signed in. */
export function admitRobot(policy: Policy, robot: number, nowMs: number): RobotResult {
  const subject = robotOf(policy, robot);
  if (subject === null) return { ok: false, reason: 'unknown-robot' };
  if (nowMs >= subject.expires) return { ok: false, reason: 'expired-robot' };
  const owner = policy.subjects[subject.owner];
  if (owner?.kind !== 'team' || owner.disabled !== null) return { ok: false, reason: 'disabled-robot' };
  return { ok: true, robot, endMs: subject.expires };
}

function robotOf(policy: Policy, robot: number): RobotSubject | null {
  const subject = policy.subjects[robot];
  return subject?.kind === 'robot' ? subject : null;
}

/** `timingSafeEqual` alone decides; a hash of another length is a policy that no compiler made, and equals nothing. */
function areSame(expected: Buffer, actual: Buffer): boolean {
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

import type { Policy } from '../../schemas/types/policy.ts';
import { HASH_KEY_BYTES_MIN } from '../limits.ts';
import type { HashKeyFailure, Secrets } from './secrets.ts';

/** A content rule with the action `hash` and without its key: what it finds blocks the message. */
export interface KeylessRule {
  readonly rule: string;
  /** The name of a secret. */
  readonly key: string;
  readonly reason: HashKeyFailure;
}

/** The rules of a policy that would hash, and whose key proxy.yaml does not have: all other rules do what they should. */
export function findKeyless({ content }: Policy, secrets: Secrets): readonly KeylessRule[] {
  return content.flatMap(({ name, action, mode }) => {
    if (action.kind !== 'hash' || mode === 'alert') return [];
    const found = secrets.hashKey(action.key);
    return found.ok ? [] : [{ rule: name, key: action.key, reason: found.reason }];
  });
}

const REASONS: Readonly<Record<HashKeyFailure, string>> = {
  'unknown-secret': 'is not among the secrets of this proxy',
  'secret-missing': `has no value of at least ${HASH_KEY_BYTES_MIN} characters where the configuration says it is`,
  'secret-not-for-hashes': 'is sent to servers, and a key of hashes has `use: hash` in place of `to`',
};

/** One line for the operator. */
export function describeKeyless({ rule, key, reason }: KeylessRule): string {
  return `RedactionRule/${rule} blocks what it should hash: its key ${key} ${REASONS[reason]}`;
}

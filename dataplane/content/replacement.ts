import { createHmac } from 'node:crypto';
import type { Action } from '../../schemas/types/policy.ts';
import type { RuleDetection } from './detect/detection.ts';
import { parseTemplate } from './template.ts';

/** What an action puts in the place of what was found, `found`; null: it lacks the secret to make that with. */
export type Replacement = (found: string, detection: RuleDetection) => string | null;

/** Secrets by their names, as they are now; null = there is none of that name. */
export type HashKeys = (name: string) => Buffer | null;

/** A hash is of 80 bits: few enough to read, too many to meet by chance. */
const HASH_BYTES = 10;
const HASH_DOMAIN = 'mcpgw content hash v1\0';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Null: the action leaves the text. */
export function buildReplacement(action: Action, keys: HashKeys): Replacement | null {
  switch (action.kind) {
    case 'alert':
    case 'block':
      return null;
    case 'redact':
      return () => '';
    case 'replace':
      return action.with === null ? (_found, { entity }) => `<${entity}>` : fromTemplate(action.with);
    case 'mask':
      return (found) => mask(found, action.keep, action.characters);
    case 'hash':
      return (found) => {
        const key = keys(action.key);
        return key === null ? null : hash(found, key);
      };
  }
}

function fromTemplate(template: string): Replacement {
  const parts = parseTemplate(template);
  return (_found, { captured }) =>
    parts.map((part) => (typeof part === 'string' ? part : (captured?.get(part.group) ?? ''))).join('');
}

/** Keeps nothing of a text that is shorter than twice what is to be kept: a mask that shows most of it is none. */
function mask(found: string, keep: 'first' | 'last', characters: number): string {
  const all = Array.from(found);
  const kept = characters * 2 > all.length ? 0 : characters;
  const hidden = '*'.repeat(all.length - kept);
  if (kept === 0) return hidden;
  return keep === 'first' ? all.slice(0, kept).join('') + hidden : hidden + all.slice(-kept).join('');
}

/**
 * Equal for equal texts under one key, so that what was hidden can still be joined; without the key nobody can try texts.
 * HMAC-SHA-256 over a domain and the text, its first 80 bits in base32 (RFC 4648, small letters).
 */
function hash(found: string, key: Buffer): string {
  const digest = createHmac('sha256', key).update(HASH_DOMAIN).update(found, 'utf8').digest();
  let bits = '';
  for (const byte of digest.subarray(0, HASH_BYTES)) bits += byte.toString(2).padStart(8, '0');
  let text = '';
  for (let at = 0; at < bits.length; at += 5) text += BASE32.charAt(Number.parseInt(bits.slice(at, at + 5), 2));
  return text;
}

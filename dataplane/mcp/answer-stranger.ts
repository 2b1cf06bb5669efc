import type { Snapshot } from '../bundle/load.ts';
import { IDENTITY_FAILURES, type IdentityFailure } from '../identity/failure.ts';
import { protectedResource, renderChallenge } from '../identity/protected-resource.ts';
import { INVALID_REQUEST } from './refusals.ts';
import type { Turn } from './turn.ts';

/** Says where to sign in (RFC 9728), to anybody. */
export function answerMetadata(turn: Turn, snapshot: Snapshot): void {
  const metadata = protectedResource(snapshot.bundle.policy);
  if (metadata === null) return turn.refuse('no-such-path');
  if (turn.exchange.method !== 'GET') return turn.refuse('http-method', { headers: [['allow', 'GET']] });
  turn.record.outcome = 'ok';
  return turn.answer(200, [['content-type', 'application/json']], Buffer.from(JSON.stringify(metadata)));
}

/** Ends the request of somebody who is not known, with the challenge that says how to become it. */
export function refuseStranger(turn: Turn, snapshot: Snapshot, reason: IdentityFailure): void {
  const { status, text } = IDENTITY_FAILURES[reason];
  const challenge = renderChallenge(snapshot.bundle.policy, reason);
  turn.record.deny(reason);
  turn.record.error = reason;
  turn.fail(status, INVALID_REQUEST, text, null, challenge === null ? [] : [['www-authenticate', challenge]]);
}

import type { Pointer } from '../../schemas/types/pointer.ts';
import { POINTER_TYPE, verifyEnvelope } from '../format/dsse.ts';
import { readPointer } from '../format/pointer.ts';
import type { TrustedKeys } from '../format/trust.ts';
import { refuse, type Refusal } from './refusal.ts';

/** What a channel is called, by the proxy's own configuration. */
export interface ChannelName {
  readonly workspace: string;
  readonly environment: string;
  readonly channel: string;
}

/** A pointer whose signatures are good and which is meant for this channel, with the bytes it came in. */
export interface VerifiedPointer {
  readonly ok: true;
  readonly pointer: Pointer;
  /** The envelope. */
  readonly bytes: Buffer;
  /** What was signed. Envelopes of one pointer differ in who signed. */
  readonly payload: Buffer;
}

/** Verifies a pointer's envelope and what it is bound to (bundle.md, State machine, 2 and 3). */
export function verifyPointer(bytes: Buffer, trust: TrustedKeys, name: ChannelName): VerifiedPointer | Refusal {
  const envelope = verifyEnvelope(bytes, POINTER_TYPE, trust.pointer);
  if (!envelope.ok) return refuse('pointer', envelope.reason, envelope.message);
  const read = readPointer(envelope.payload);
  if (!read.ok) return refuse('pointer', read.reason, read.message);
  const pointer = read.value;
  if (pointer.workspace !== name.workspace) {
    return refuse('pointer', 'wrong-workspace', `the pointer is for workspace ${pointer.workspace}`);
  }
  if (pointer.environment !== name.environment) {
    return refuse('pointer', 'wrong-environment', `the pointer is for environment ${pointer.environment}`);
  }
  if (pointer.channel !== name.channel) {
    return refuse('pointer', 'wrong-channel', `the pointer is for channel ${pointer.channel}`);
  }
  return { ok: true, pointer, bytes, payload: envelope.payload };
}

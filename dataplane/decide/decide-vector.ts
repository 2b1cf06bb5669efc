import type { SelfTest } from '../../schemas/types/selftest.ts';
import { argumentsReader } from './arguments-reader.ts';
import { Call } from './call.ts';
import type { Caller } from './caller.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Engine } from './engine.ts';
import { viewOf } from './view.ts';

/** What a vector of a bundle's self-test asks. */
export type Question = Pick<SelfTest['decisions'][number], 'kind' | 'subjects' | 'client' | 'gateway' | 'tool' | 'now'>;

/** Vectors are of calls without arguments. */
const NO_ARGUMENTS = argumentsReader(Buffer.alloc(0), null);

/**
 * Decides a vector: of a caller of whom conditions learn nothing but the app. The compiler writes with it what the loader
 * compares with it. Null when there is no such gateway.
 */
export function decideVector(
  engine: Engine,
  { kind, subjects, client, gateway: name, tool, now }: Question,
): Decision | null {
  const gateway = engine.gateway(name);
  if (gateway === null) return null;
  const caller: Caller = { kind, subjects, clientId: client, clientName: '', id: '', email: '', claims: new Map() };
  return decide(viewOf(gateway, caller), tool, new Call(caller, now, NO_ARGUMENTS));
}

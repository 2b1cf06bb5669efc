import type { SelfTest } from '../../schemas/types/selftest.ts';
import { argumentsReader } from './arguments-reader.ts';
import { Call } from './call.ts';
import type { Caller } from './caller.ts';
import { decide, decidePrompt } from './decide.ts';
import { decideResource } from './decide-resource.ts';
import type { Decision } from './decision.ts';
import type { Engine } from './engine.ts';
import { viewOf } from './view.ts';

/** What a vector of a bundle's self-test asks. */
export type Question = Pick<
  SelfTest['decisions'][number],
  'kind' | 'subjects' | 'client' | 'gateway' | 'what' | 'name' | 'now'
>;

/** Vectors are of calls without arguments. */
const NO_ARGUMENTS = argumentsReader(Buffer.alloc(0), null);

/**
 * Decides a vector: of a caller of whom conditions learn nothing but the app. The compiler writes with it what the loader
 * compares with it. Null when there is no such gateway.
 */
export function decideVector(
  engine: Engine,
  { kind, subjects, client, gateway: gatewayName, what, name, now }: Question,
): Decision | null {
  const gateway = engine.gateway(gatewayName);
  if (gateway === null) return null;
  const caller: Caller = { kind, subjects, clientId: client, clientName: '', id: '', email: '', claims: new Map() };
  const view = viewOf(gateway, caller);
  const call = new Call(caller, now, NO_ARGUMENTS);
  switch (what) {
    case 'tool':
      return decide(view, name, call);
    case 'prompt':
      return decidePrompt(view, name, call);
    case 'resource':
      return decideResource(view, name, call).decision;
  }
}

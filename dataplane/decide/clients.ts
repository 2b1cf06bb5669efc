import type { Policy } from '../../schemas/types/policy.ts';
import type { Caller } from './caller.ts';
import type { GatewayEngine } from './gateway.ts';

/** Filters of apps apply to people (language.md, rule 9); `only` counts verified ids alone. */
export function clientIsAdmitted(gateway: GatewayEngine, caller: Caller): boolean {
  const filter = gateway.gateway.clients;
  if (filter === null || caller.kind === 'robot') return true;
  const named = filter.clients.some((at) => {
    const client = gateway.policy.clients[at];
    if (client === undefined) return false;
    if (caller.clientId !== '' && client.ids.includes(caller.clientId)) return true;
    return filter.mode === 'except' && caller.clientName !== '' && client.names.includes(caller.clientName);
  });
  return filter.mode === 'only' ? named : !named;
}

/**
 * Which of the policy's clients a person's app is, as sorted indices: several may list one id, and an app with a verified
 * id may call itself anything. A rule that names any of them applies. Robots have none (language.md, rule 9).
 */
export function clientsOf(policy: Policy, caller: Pick<Caller, 'kind' | 'clientId' | 'clientName'>): readonly number[] {
  if (caller.kind === 'robot') return NO_CLIENTS;
  const found: number[] = [];
  policy.clients.forEach(({ ids, names }, at) => {
    const isVerified = caller.clientId !== '' && ids.includes(caller.clientId);
    if (isVerified || (caller.clientName !== '' && names.includes(caller.clientName))) found.push(at);
  });
  return found;
}

const NO_CLIENTS: readonly number[] = [];

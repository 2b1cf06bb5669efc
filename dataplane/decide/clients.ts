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

/** Index of the app in the policy's clients: by its verified id, else by the name it gives itself; -1 = none of them. */
export function clientIndexOf(policy: Policy, caller: Caller): number {
  const verified = policy.clients.findIndex((client) => caller.clientId !== '' && client.ids.includes(caller.clientId));
  if (verified >= 0) return verified;
  return policy.clients.findIndex((client) => caller.clientName !== '' && client.names.includes(caller.clientName));
}

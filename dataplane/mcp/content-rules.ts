import type { Snapshot } from '../bundle/load.ts';
import type { RuleSet } from '../content/index.ts';
import type { Caller, Slot } from '../decide/index.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { Choice } from './gateway-choice.ts';

/** The content rules in force for what a caller exchanges with a tool; `slot` null: with no tool of any server. */
export function contentRules(
  { bundle, content }: Snapshot,
  caller: Caller,
  choice: Choice,
  slot: Slot | null,
  direction: 'to-server' | 'to-client' | 'audit',
): RuleSet {
  return content.rulesFor({
    gateway: choice.view?.gateway.index ?? -1,
    server: slot?.server ?? -1,
    definition: slot?.definition ?? -1,
    kind: caller.kind,
    subjects: caller.subjects,
    client: clientOf(bundle.policy, caller),
    direction,
  });
}

/** Index of the app in the policy's clients: by its verified id, else by the name it gives itself; -1 = none of them. */
function clientOf(policy: Policy, caller: Caller): number {
  const verified = policy.clients.findIndex((client) => caller.clientId !== '' && client.ids.includes(caller.clientId));
  if (verified >= 0) return verified;
  return policy.clients.findIndex((client) => caller.clientName !== '' && client.names.includes(caller.clientName));
}

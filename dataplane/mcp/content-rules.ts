import type { Snapshot } from '../bundle/load.ts';
import type { RuleSet } from '../content/index.ts';
import { clientsOf, type Caller, type Slot } from '../decide/index.ts';
import type { Choice } from './gateway-choice.ts';

/** The content rules in force for what a caller exchanges with a tool; `slot` null: with no tool of any server. */
export function contentRules(
  { bundle, content }: Snapshot,
  caller: Caller,
  { view }: Choice,
  slot: Slot | null,
  direction: 'to-server' | 'to-client' | 'audit',
): RuleSet {
  return content.rulesFor({
    gateway: view?.gateway.index ?? -1,
    server: slot?.server ?? -1,
    definition: slot?.definition ?? -1,
    kind: caller.kind,
    subjects: view?.subjects ?? caller.subjects,
    clients: view?.clients ?? clientsOf(bundle.policy, caller),
    direction,
  });
}

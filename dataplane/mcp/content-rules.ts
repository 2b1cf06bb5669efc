import type { Snapshot } from '../bundle/load.ts';
import type { RuleSet } from '../content/index.ts';
import { clientsOf, type Caller } from '../decide/index.ts';
import type { Choice } from './gateway-choice.ts';

/** What of a server an exchange is about. */
export interface ContentSubject {
  /** Index into the policy's servers. */
  readonly server: number;
  /** Index into the catalog's definitions; -1 = a resource. */
  readonly definition: number;
}

/** The content rules in force for what a caller exchanges with a server; `about` null: with none. */
export function contentRules(
  { bundle, content }: Snapshot,
  caller: Caller,
  { view }: Choice,
  about: ContentSubject | null,
  direction: 'to-server' | 'to-client' | 'audit',
): RuleSet {
  return content.rulesFor({
    gateway: view?.gateway.index ?? -1,
    server: about?.server ?? -1,
    definition: about?.definition ?? -1,
    kind: caller.kind,
    subjects: view?.subjects ?? caller.subjects,
    clients: view?.clients ?? clientsOf(bundle.policy, caller),
    direction,
  });
}

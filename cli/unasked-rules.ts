import type { RuleSet } from '../dataplane/content/index.ts';
import type { Policy } from '../schemas/types/policy.ts';

/** A rule set without the detectors that would be asked over the network, and the names of the rules that have those. */
export function withoutAsked(rules: RuleSet): { readonly rules: RuleSet; readonly unasked: readonly string[] } {
  const unasked = rules.external.flatMap(({ rule }) => rules.rules[rule]?.name ?? []);
  return { rules: { ...rules, external: [] }, unasked };
}

/** Names of a policy's rules that cannot be tried where nobody is asked. */
export function askingRules({ content }: Policy): readonly string[] {
  return content.filter(({ detect }) => 'onFailure' in detect).map(({ name }) => name);
}

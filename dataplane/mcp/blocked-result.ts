import type { Bundle } from '../bundle/decode.ts';
import type { Finding } from '../content/index.ts';

/** What the model reads instead of a call or result that content rules hold back. */
export function blockedText(bundle: Bundle, rule: number | null, what: 'request' | 'result'): string {
  const name = rule === null ? null : (bundle.ruleAt(rule)?.name ?? null);
  const cause = name === null ? 'its content could not be checked' : `it was blocked by ${name}`;
  return what === 'request' ? `The call was not made: ${cause}.` : `The result is held back: ${cause}.`;
}

/** The rule that blocks; null when it was no rule, but that the content could not be looked through. */
export function blockingRule(findings: readonly Finding[]): number | null {
  return (
    findings.find(({ action, mode, count }) => action === 'block' && mode === 'enforce' && count > 0)?.rule ?? null
  );
}

import type { Bundle } from '../bundle/decode.ts';
import type { Finding } from '../content/index.ts';
import { SERVER_INFO, SERVER_INFO_KEY } from './server-profile.ts';
import type { Era } from './versions.ts';

/**
 * What the model reads instead of a call or result that content rules hold back: an error of the tool, not of the
 * protocol, so that it can do something else.
 */
export function blockedResult(bundle: Bundle, rule: number | null, what: 'request' | 'result', era: Era): string {
  const name = rule === null ? null : (bundle.ruleAt(rule)?.name ?? null);
  const cause = name === null ? 'its content could not be checked' : `it was blocked by ${name}`;
  const text = what === 'request' ? `The call was not made: ${cause}.` : `The result is held back: ${cause}.`;
  const result = { content: [{ type: 'text', text }], isError: true };
  return JSON.stringify(
    era === 'legacy' ? result : { ...result, resultType: 'complete', _meta: { [SERVER_INFO_KEY]: SERVER_INFO } },
  );
}

/** The rule that blocks; null when it was no rule, but that the content could not be looked through. */
export function blockingRule(findings: readonly Finding[]): number | null {
  return findings.find((finding) => finding.action === 'block' && finding.mode === 'enforce')?.rule ?? null;
}

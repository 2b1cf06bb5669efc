import type { Action } from '../../../schemas/types/policy.ts';
import type { Finding } from '../resolve.ts';
import type { Rule, RuleSet } from '../rule-set.ts';
import type { Blocked } from '../settle.ts';
import type { ExternalRule, Webhook, WebhookVerdict } from './detector.ts';
import { blocksWhenSilent } from './look-through.ts';
import { failuresOf } from './merge-findings.ts';
import { renderQuestion, type Subject } from './question.ts';

/** `replacement`: JSON text of an object; null = nothing is replaced. */
export type Judged =
  { readonly kind: 'passed'; readonly replacement: Buffer | null; readonly findings: readonly Finding[] } | Blocked;

interface Verdict {
  readonly external: ExternalRule;
  readonly verdict: WebhookVerdict;
}

/** Whether a set of rules has somebody to ask about whole messages. */
export function hasWebhooks({ external }: RuleSet): boolean {
  return external.some(({ detector }) => detector.kind === 'webhook');
}

/**
 * Asks every webhook the same, at once, so that the order of rules is nothing: one that blocks wins, and where two put
 * different things in the same place, neither is believed. What a rule that only alerts is told changes nothing.
 */
export async function askWebhooks(rules: RuleSet, subject: Subject, signal: AbortSignal): Promise<Judged> {
  const question = renderQuestion(rules.about, subject);
  const what = subject.changeable?.what ?? null;
  const verdicts = await Promise.all(
    rules.external.flatMap((external) => {
      const { detector } = external;
      return detector.kind === 'webhook' ? [verdictOf(external, detector, question, what, signal)] : [];
    }),
  );
  const silent = verdicts.filter(({ verdict }) => verdict.kind === 'failed').map(({ external }) => external);
  const failures = failuresOf(
    rules,
    silent.map(({ rule }) => rule),
  );
  const blocking = verdicts.filter(({ external, verdict }) => verdict.kind === 'block' && enforces(rules, external));
  if (blocking.length > 0) {
    return { kind: 'blocked', failure: null, findings: [...found(rules, blocking), ...failures] };
  }
  const modifying = verdicts.filter(({ external, verdict }) => verdict.kind === 'modify' && enforces(rules, external));
  const [first = null, ...others] = modifying.flatMap(({ verdict }) =>
    verdict.kind === 'modify' ? [verdict.replacement] : [],
  );
  const isDisputed = others.some((other) => first?.equals(other) !== true);
  const findings = [...found(rules, verdicts), ...failures];
  if (signal.aborted || isDisputed || silent.some((external) => blocksWhenSilent(rules, external))) {
    return { kind: 'blocked', failure: 'external', findings };
  }
  return { kind: 'passed', replacement: first, findings };
}

async function verdictOf(
  external: ExternalRule,
  webhook: Webhook,
  question: Buffer,
  what: 'arguments' | 'result' | null,
  signal: AbortSignal,
): Promise<Verdict> {
  return { external, verdict: await webhook.ask(question, what, signal) };
}

function enforces({ rules }: RuleSet, { rule }: ExternalRule): boolean {
  return rules[rule]?.mode === 'enforce' && rules[rule].action === 'block';
}

/** What is recorded of verdicts that are more than `pass`: what was done, or would have been. */
function found(rules: RuleSet, verdicts: readonly Verdict[]): readonly Finding[] {
  return verdicts.flatMap(({ external, verdict }): readonly Finding[] => {
    const rule = rules.rules[external.rule];
    if (rule === undefined || verdict.kind === 'failed') return [];
    const counts = Object.values(verdict.entities);
    if (verdict.kind === 'pass' && counts.length === 0) return [];
    const { id, mode, entity } = rule;
    const entities = counts.length === 0 ? { [entity]: 1 } : verdict.entities;
    const count = counts.reduce((sum, each) => sum + each, 0);
    return [{ rule: id, action: actionOf(rule, verdict.kind), mode, count: Math.max(1, count), entities, failed: 0 }];
  });
}

function actionOf({ action }: Rule, verdict: 'pass' | 'block' | 'modify'): Action['kind'] {
  if (action !== 'block' || verdict === 'pass') return 'alert';
  return verdict === 'block' ? 'block' : 'replace';
}

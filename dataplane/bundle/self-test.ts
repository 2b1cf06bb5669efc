import type { ContentRule, Policy } from '../../schemas/types/policy.ts';
import type { ContentVector, DecisionVector, SelfTest } from '../../schemas/types/selftest.ts';
import { buildContent, redactText, type ContentEngine } from '../content/index.ts';
import { decideVector, type Engine } from '../decide/index.ts';
import { refuse, type Refusal } from './refusal.ts';

/**
 * Tries the bundle's own vectors on the engine that would enforce it (bundle.md, Objects): what this engine, regex
 * engine or platform decides otherwise than the compiler did must not be found out in production. Null when all agree.
 */
export function runSelfTest(
  selftest: SelfTest,
  policy: Policy,
  engine: Engine,
  content: ContentEngine,
): Refusal | null {
  for (const [at, vector] of selftest.decisions.entries()) {
    const message = tryDecision(engine, vector);
    if (message !== null) return refuse('self-test', 'decision-differs', `decision ${at}: ${message}`);
  }
  if (selftest.content.length === 0) return null;
  const enforcing = inEnforceMode(policy, content);
  const ruleById = new Map(policy.content.map((rule) => [rule.rule, rule]));
  for (const [at, vector] of selftest.content.entries()) {
    const message = tryRedaction(enforcing, ruleById.get(vector.rule), vector);
    if (message !== null) return refuse('self-test', 'redaction-differs', `text ${at}: ${message}`);
  }
  return null;
}

function tryDecision(engine: Engine, vector: DecisionVector): string | null {
  const decision = decideVector(engine, vector);
  if (decision === null) return `there is no gateway ${vector.gateway}`;
  const { allow, reason, rule } = decision;
  if (allow === vector.allow && reason === vector.reason && rule === vector.rule) return null;
  return `${vector.gateway}/${vector.name} is ${reason} by rule ${rule}, not ${vector.reason} by rule ${vector.rule}`;
}

/** Vectors say what a rule does when it is enforced; one that only alerts changes nothing and could not be tried. */
function inEnforceMode(policy: Policy, content: ContentEngine): ContentEngine {
  if (policy.content.every(({ mode }) => mode === 'enforce')) return content;
  const built = buildContent({ ...policy, content: policy.content.map((rule) => ({ ...rule, mode: 'enforce' })) });
  return built.ok ? built.content : content;
}

/** Messages leave the texts out: examples look like secrets. */
function tryRedaction(content: ContentEngine, rule: ContentRule | undefined, vector: ContentVector): string | null {
  const rules = rule === undefined ? null : content.ruleNamed(rule.name);
  if (rule === undefined || rules === null) return `there is no content rule ${vector.rule}`;
  const result = redactText(rules, vector.in);
  const out = result.kind === 'blocked' ? null : result.text;
  return out === vector.out ? null : `${rule.name} does not do with it what the compiler said`;
}

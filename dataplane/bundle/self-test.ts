import type { Match, Policy } from '../../schemas/types/policy.ts';
import type { ContentVector, DecisionVector, SelfTest } from '../../schemas/types/selftest.ts';
import { buildContent, redactText } from '../content/index.ts';
import { decide, viewOf, type Engine } from '../decide/index.ts';
import { refuse, type Refusal } from './refusal.ts';

/**
 * Tries the bundle's own vectors on the engine that would enforce it (bundle.md, Objects): what this engine, regex
 * engine or platform decides otherwise than the compiler did must not be found out in production. Null when all agree.
 */
export function runSelfTest(selftest: SelfTest, engine: Engine, policy: Policy): Refusal | null {
  for (const [at, vector] of selftest.decisions.entries()) {
    const message = tryDecision(engine, vector);
    if (message !== null) return refuse('self-test', 'decision-differs', `decision ${at}: ${message}`);
  }
  for (const [rule, vectors] of Map.groupBy(selftest.content, (vector) => vector.rule)) {
    const message = tryRule(policy, rule, vectors);
    if (message !== null) return refuse('self-test', 'redaction-differs', message);
  }
  return null;
}

function tryDecision(engine: Engine, vector: DecisionVector): string | null {
  const gateway = engine.gateway(vector.gateway);
  if (gateway === null) return `there is no gateway ${vector.gateway}`;
  const { kind, subjects, client } = vector;
  const view = viewOf(gateway, { kind, subjects, clientId: client, clientName: '' });
  const { allow, reason, rule } = decide(view, vector.tool, vector.now);
  if (allow === vector.allow && reason === vector.reason && rule === vector.rule) return null;
  return `${vector.gateway}/${vector.tool} is ${reason} by rule ${rule}, not ${vector.reason} by rule ${vector.rule}`;
}

const EVERYTHING: Match = {
  gateways: null,
  servers: null,
  definitions: -1,
  resources: -1,
  kinds: null,
  subjects: null,
  clients: null,
};

/** Tries one rule by itself, in force everywhere. Messages leave the texts out: examples look like secrets. */
function tryRule(policy: Policy, rule: number, vectors: readonly ContentVector[]): string | null {
  const found = policy.content.find((candidate) => candidate.rule === rule);
  if (found === undefined) return `there is no content rule ${rule}`;
  const alone = buildContent({ ...policy, content: [{ ...found, match: EVERYTHING, mode: 'enforce' }] });
  if (!alone.ok) return `${found.name} cannot be built by itself: ${alone.message}`;
  const direction = found.directions[0] ?? 'to-client';
  const place = { gateway: 0, server: 0, definition: -1, kind: 'person', subjects: [], client: -1, direction } as const;
  const rules = alone.content.rulesFor(place);
  for (const [at, vector] of vectors.entries()) {
    const result = redactText(rules, vector.in);
    if ((result.kind === 'blocked' ? null : result.text) !== vector.out) {
      return `${found.name} does not do with its text ${at} what the compiler said`;
    }
  }
  return null;
}

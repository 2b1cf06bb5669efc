import assert from 'node:assert/strict';
import { decideVector, type Engine, type GatewayEngine, type Question } from '../../dataplane/decide/index.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { SelfTest } from '../../schemas/types/selftest.ts';
import { SELF_TEST_VECTORS_MAX } from '../../dataplane/limits.ts';
import type { LinkedContentRule } from '../link/model.ts';

/** A time at which nothing has expired. */
const BEGINNING_MS = 0;

type Vector = SelfTest['decisions'][number];

/**
 * Vectors that every proxy tries before it runs the bundle (bundle.md): of each grant one call that it allows and the
 * same call after it expired, of each gateway one call of nobody. They show that another engine or platform decides
 * alike; that the policy means what its authors want is for test suites.
 */
export function makeSelfTest(engine: Engine, content: readonly LinkedContentRule[], policy: Policy): SelfTest {
  const found = contentVectors(content, policy).slice(0, SELF_TEST_VECTORS_MAX);
  const decisions: Vector[] = [];
  const grantsByGateway = Map.groupBy(policy.grants, (grant) => grant.gateway);
  for (const [index, { name }] of policy.gateways.entries()) {
    if (found.length + decisions.length >= SELF_TEST_VECTORS_MAX) break;
    const gateway = engine.gateway(name);
    if (gateway === null) continue;
    const [first] = gateway.slots;
    const ask = (subjects: readonly number[], tool: string, now: number): void => {
      decisions.push(vector(engine, { ...askerOf(gateway, subjects), gateway: name, tool, now }));
    };
    if (first !== undefined) ask([], first.exposed, BEGINNING_MS);
    const openedBy = new Map(gateway.holdings.map(({ rule, parts }) => [rule, parts[0]?.slots[0]]));
    for (const grant of grantsByGateway.get(index) ?? []) {
      const opened = openedBy.get(grant.rule);
      const slot = opened === undefined ? undefined : gateway.slots[opened];
      const to = grant.to[0];
      if (slot === undefined || to === undefined) continue;
      ask([to], slot.exposed, BEGINNING_MS);
      if (grant.expires !== 0) ask([to], slot.exposed, grant.expires);
    }
  }
  return { format: 1, decisions: decisions.slice(0, SELF_TEST_VECTORS_MAX - found.length), content: found };
}

function vector(engine: Engine, question: Question): Vector {
  const decision = decideVector(engine, question);
  assert(decision !== null, 'a vector is of a gateway that exists');
  const { allow, reason, rule } = decision;
  return { ...question, allow, reason, rule };
}

/** With an app that the gateway admits, if there is one. */
function askerOf(
  { gateway, policy }: GatewayEngine,
  subjects: readonly number[],
): Pick<Question, 'kind' | 'subjects' | 'client'> {
  const kind = policy.subjects[subjects[0] ?? -1]?.kind === 'robot' ? 'robot' : 'person';
  const filter = gateway.clients;
  const client = filter?.mode === 'only' ? policy.clients[filter.clients[0] ?? -1]?.ids[0] : undefined;
  return { kind, subjects, client: client ?? '' };
}

/** The rules' own examples: each detector is tried at least once, as if the rule were enforced. */
function contentVectors(content: readonly LinkedContentRule[], policy: Policy): SelfTest['content'] {
  const ruleByName = new Map(policy.content.map((rule) => [rule.name, rule]));
  return content.flatMap(({ document }) => {
    const rule = ruleByName.get(document.name);
    assert(rule !== undefined, `${document.name} was lowered`);
    return document.value.examples.map((example) => {
      if ('unchanged' in example) return { rule: rule.rule, in: example.unchanged, out: example.unchanged };
      return {
        rule: rule.rule,
        in: example.in,
        out: rule.action.kind === 'block' ? null : (example.out ?? example.in),
      };
    });
  });
}

import assert from 'node:assert/strict';
import {
  decideVector,
  exposeUri,
  type Engine,
  type GatewayEngine,
  type Question,
} from '../../dataplane/decide/index.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { SelfTest } from '../../schemas/types/selftest.ts';
import { SELF_TEST_VECTORS_MAX } from '../../dataplane/limits.ts';
import { sampleUris } from '../link/sample-uris.ts';
import type { LinkedContentRule } from '../link/model.ts';

/** A time at which nothing has expired. */
const BEGINNING_MS = 0;

type Vector = SelfTest['decisions'][number];
type Target = Pick<Question, 'what' | 'name'>;

/**
 * Vectors that every proxy tries before it runs the bundle (bundle.md): of each grant one tool, prompt and resource that
 * it opens and the same after it expired, of each gateway one of each for nobody. They show that another engine or
 * platform decides alike; that the policy means what its authors want is for test suites.
 */
export function makeSelfTest(engine: Engine, content: readonly LinkedContentRule[], policy: Policy): SelfTest {
  const found = contentVectors(content, policy).slice(0, SELF_TEST_VECTORS_MAX);
  const decisions: Vector[] = [];
  const grantsByGateway = Map.groupBy(policy.grants, (grant) => grant.gateway);
  for (const [index, { name }] of policy.gateways.entries()) {
    if (found.length + decisions.length >= SELF_TEST_VECTORS_MAX) break;
    const gateway = engine.gateway(name);
    if (gateway === null) continue;
    const ask = (subjects: readonly number[], target: Target, now: number): void => {
      decisions.push(vector(engine, { ...askerOf(gateway, subjects), gateway: name, ...target, now }));
    };
    const opened = new Map(gateway.holdings.map((holding) => [holding.rule, openedBy(gateway, holding)]));
    for (const target of shownIn(gateway, [...opened.values()].flat())) ask([], target, BEGINNING_MS);
    for (const grant of grantsByGateway.get(index) ?? []) {
      const to = grant.to[0];
      if (to === undefined) continue;
      for (const target of opened.get(grant.rule) ?? []) {
        ask([to], target, BEGINNING_MS);
        if (grant.expires !== 0) ask([to], target, grant.expires);
      }
    }
  }
  return { format: 1, decisions: decisions.slice(0, SELF_TEST_VECTORS_MAX - found.length), content: found };
}

/** The first tool, prompt and resource that a grant opens. */
function openedBy(gateway: GatewayEngine, { parts }: GatewayEngine['holdings'][number]): readonly Target[] {
  const opened = parts.flatMap(({ slots }) => slots.map((at) => gateway.slots[at]));
  const targets: Target[] = [];
  for (const what of ['tool', 'prompt'] as const) {
    const slot = opened.find((candidate) => candidate?.kind === what);
    if (slot !== undefined) targets.push({ what, name: slot.exposed });
  }
  const { policy } = gateway;
  for (const { resources } of parts) {
    if (resources === null) continue;
    const { assignment, server } = resources.slot;
    const isOpaque = policy.servers[server]?.opaqueUris ?? false;
    const patterns = policy.uriPatterns[resources.patterns] ?? [];
    const [uri] = patterns.flatMap((pattern) => sampleUris([pattern], [], isOpaque));
    if (uri === undefined) continue;
    targets.push({ what: 'resource', name: exposeUri(gateway, assignment, uri) });
    break;
  }
  return targets;
}

/** One of each sort that a gateway has: its first tool and prompt, and the first resource that anybody may read. */
function shownIn({ slots }: GatewayEngine, opened: readonly Target[]): readonly Target[] {
  const named = (['tool', 'prompt'] as const).flatMap((what): readonly Target[] => {
    const slot = slots.find((candidate) => candidate.kind === what);
    return slot === undefined ? [] : [{ what, name: slot.exposed }];
  });
  const resource = opened.find(({ what }) => what === 'resource');
  return resource === undefined ? named : [...named, resource];
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
    return (document.value.examples ?? []).map((example) => {
      if ('unchanged' in example) return { rule: rule.rule, in: example.unchanged, out: example.unchanged };
      return {
        rule: rule.rule,
        in: example.in,
        out: rule.action.kind === 'block' ? null : (example.out ?? example.in),
      };
    });
  });
}

import type { Bundle } from '../dataplane/bundle/decode.ts';
import type { Engine, GatewayEngine, ListedKind } from '../dataplane/decide/index.ts';
import type { ContentRule, Gateway, Guard, Limit } from '../schemas/types/policy.ts';

/** Who may use what, for a person who looks at a bundle. */
export interface BundleSummary {
  readonly gateways: readonly GatewaySummary[];
  readonly guards: readonly RuleSummary[];
  readonly limits: readonly RuleSummary[];
  readonly contentRules: readonly RuleSummary[];
}

interface RuleSummary {
  readonly name: string;
  /** What it does where it matches. */
  readonly action: string;
  readonly at: string | null;
}

interface GatewaySummary {
  readonly name: string;
  /** What it leaves open once the pointer has expired. */
  readonly staleMode: Gateway['staleMode'];
  readonly tools: number;
  readonly prompts: number;
  readonly templates: number;
  readonly assignments: readonly AssignmentSummary[];
  readonly access: readonly SubjectAccess[];
}

export interface AssignmentSummary {
  readonly name: string;
  readonly server: string;
  readonly identity: string;
  /** Whether nothing of it is open before the proxy has seen that it is as reviewed. */
  readonly strictDrift: boolean;
  /** Before the names of its resources: empty when they keep their own; null when nobody may read any. */
  readonly uriPrefix: string | null;
}

export interface SubjectAccess {
  /** `team payments` or `robot release-bot`. */
  readonly subject: string;
  /** The message of a disabled team; null when it is enabled. */
  readonly disabled: string | null;
  /** Tools and prompts that its grants open, expired ones included: a bundle knows no clock. */
  readonly tools: number;
  readonly prompts: number;
  /** Patterns of the resources that they open, as assignment/pattern. Sorted. */
  readonly resources: readonly string[];
  readonly grants: readonly { readonly name: string; readonly at: string; readonly expires: string | null }[];
}

export function summarizeBundle(bundle: Bundle, engine: Engine): BundleSummary {
  return {
    gateways: bundle.policy.gateways.flatMap(({ name }) => {
      const gateway = engine.gateway(name);
      return gateway === null ? [] : [summarizeGateway(bundle, gateway)];
    }),
    guards: bundle.policy.guards.map((guard) => summarizeRule(bundle, guard, guardAction(guard))),
    limits: bundle.policy.limits.map((limit) => summarizeRule(bundle, limit, limitAction(limit))),
    contentRules: bundle.policy.content.map((rule) => summarizeRule(bundle, rule, actionOf(rule))),
  };
}

function summarizeGateway(bundle: Bundle, gateway: GatewayEngine): GatewaySummary {
  const { servers, subjects } = bundle.policy;
  const holders = [...new Set(gateway.holdings.flatMap((holding) => holding.to))].sort((a, b) => a - b);
  return {
    name: gateway.name,
    staleMode: gateway.gateway.staleMode,
    tools: countOf(gateway, gateway.slots.keys(), 'tool'),
    prompts: countOf(gateway, gateway.slots.keys(), 'prompt'),
    templates: countOf(gateway, gateway.slots.keys(), 'template'),
    assignments: gateway.gateway.assignments.map((assignment) => {
      const server = servers[assignment.server];
      return {
        name: assignment.name,
        server: server?.name ?? '',
        identity: server?.identities[assignment.identity]?.name ?? '',
        strictDrift: server?.strictDrift ?? false,
        uriPrefix: assignment.uris === -1 ? null : assignment.ownUris ? '' : `${assignment.prefix}+`,
      };
    }),
    access: holders.flatMap((at) => {
      const subject = subjects[at];
      if (subject === undefined) return [];
      const holdings = gateway.holdings.filter((holding) => holding.to.includes(at));
      return {
        subject: `${subject.kind} ${subject.name}`,
        disabled: subject.kind === 'team' ? subject.disabled : null,
        ...openedBy(gateway, holdings),
        grants: holdings.map((holding) => {
          const place = bundle.ruleAt(holding.rule);
          const expires = holding.expires === 0 ? null : new Date(holding.expires).toISOString();
          return { name: place?.name ?? `rule ${holding.rule}`, at: place?.at ?? '', expires };
        }),
      };
    }),
  };
}

function openedBy(
  gateway: GatewayEngine,
  holdings: GatewayEngine['holdings'],
): Pick<SubjectAccess, 'tools' | 'prompts' | 'resources'> {
  const parts = holdings.flatMap((holding) => holding.parts);
  const slots = new Set(parts.flatMap((part) => part.slots));
  const resources = parts.flatMap(({ resources: opened }) => {
    if (opened === null) return [];
    const patterns = gateway.policy.uriPatterns[opened.patterns] ?? [];
    return patterns.map((pattern) => `${opened.slot.assignment.name}/${pattern}`);
  });
  return {
    tools: countOf(gateway, slots, 'tool'),
    prompts: countOf(gateway, slots, 'prompt'),
    resources: [...new Set(resources)].sort(),
  };
}

/** How many of the slots are of a kind, and reviewed. */
function countOf({ slots }: GatewayEngine, of: Iterable<number>, kind: ListedKind): number {
  let count = 0;
  for (const at of of) if (slots[at]?.kind === kind && !slots[at].pending) count++;
  return count;
}

function summarizeRule(
  bundle: Bundle,
  { rule, name }: { readonly rule: number; readonly name: string },
  action: string,
): RuleSummary {
  return { name, action, at: bundle.ruleAt(rule)?.at ?? null };
}

function guardAction({ mode, hide, message }: Guard): string {
  if (mode === 'alert') return 'alert';
  if (hide) return 'deny and hide';
  return message === null ? 'deny' : `deny: ${JSON.stringify(message)}`;
}

function limitAction({ calls, concurrent, per }: Limit): string {
  const bounds = [
    ...(calls === null ? [] : [`${calls.count} calls in ${calls.windowMs / 1_000} s`]),
    ...(concurrent === 0 ? [] : [`${concurrent} at once`]),
  ];
  return `${bounds.join(', ')} per ${per} (not enforced by this version)`;
}

function actionOf({ action, mode }: ContentRule): string {
  const what = describeAction(action);
  return mode === 'alert' ? `alert (would ${what})` : what;
}

function describeAction(action: ContentRule['action']): string {
  switch (action.kind) {
    case 'replace':
      return action.with === null ? 'replace by its sort' : `replace by ${JSON.stringify(action.with)}`;
    case 'mask':
      return `mask all but the ${action.keep} ${action.characters}`;
    case 'hash':
      return `hash with ${action.key}`;
    case 'alert':
    case 'block':
    case 'redact':
      return action.kind;
  }
}

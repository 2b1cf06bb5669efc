import { BoundedCache } from '../bounded-cache.ts';
import {
  viewOf,
  visible,
  type Call,
  type Caller,
  type Engine,
  type ListedKind,
  type View,
  type Visible,
} from '../decide/index.ts';
import { REACHABLE_AGE_MS_MAX, REACHABLE_CACHED_MAX } from '../limits.ts';
import { gatewayUrl } from './endpoint.ts';

/** The gateway that a request is for, as its caller sees it. */
export interface Choice {
  /** Name of the gateway asked for or chosen; null when there is none. */
  readonly gateway: string | null;
  /** Null: there is nothing to see, and `notice` says why. */
  readonly view: View | null;
  /** For a person to read: why no tool is there. Null when some may be. */
  readonly notice: string | null;
}

const reachables = new WeakMap<
  Engine,
  BoundedCache<string, { readonly names: readonly string[]; readonly untilMs: number }>
>();

/**
 * Chooses the gateway (language.md, Workspace.url; mission B5): the one asked for, else the only one that the caller may
 * reach. One that the caller may not reach is told apart in nothing from one that does not exist.
 */
export function chooseGateway(engine: Engine, caller: Caller, asked: string | null, nowMs: number): Choice {
  if (asked !== null) return chooseNamed(engine, caller, asked);
  const names = reachable(engine, caller, nowMs);
  const [only] = names;
  if (names.length === 1 && only !== undefined) return chooseNamed(engine, caller, only);
  return { gateway: null, view: null, notice: names.length === 0 ? nothing(engine, caller) : several(engine, names) };
}

/** The tools, prompts or resource templates that the caller sees. */
export function visibleTo(choice: Choice, call: Call, kind: ListedKind): Visible {
  return choice.view === null ? NOTHING : visible(choice.view, call, kind);
}

const NOTHING: Visible = { key: '', slots: [] };

function chooseNamed(engine: Engine, caller: Caller, name: string): Choice {
  const gateway = engine.gateway(name);
  if (gateway === null) return { gateway: name, view: null, notice: `nothing is granted to you in gateway ${name}` };
  const view = viewOf(gateway, caller);
  return view.notice === null
    ? { gateway: name, view, notice: null }
    : { gateway: name, view: null, notice: view.notice };
}

/** As `engine.reachable`, remembered for a moment, since it looks at every gateway. */
function reachable(engine: Engine, caller: Caller, nowMs: number): readonly string[] {
  let cache = reachables.get(engine);
  if (cache === undefined) {
    cache = new BoundedCache(REACHABLE_CACHED_MAX);
    reachables.set(engine, cache);
  }
  const isStale = engine.withheld.isStale(nowMs);
  const key = `${caller.kind}${isStale ? ' stale' : ''} ${caller.subjects.join()}`;
  const known = cache.get(key);
  if (known !== undefined && nowMs < known.untilMs) return known.names;
  const names = engine.reachable(caller, nowMs);
  cache.set(key, { names, untilMs: nowMs + REACHABLE_AGE_MS_MAX });
  return names;
}

function several(engine: Engine, names: readonly string[]): string {
  const lines = names.map((name) => `- ${name}: ${gatewayUrl(engine.policy, name)}`);
  return `several gateways are open to you; connect to one of them:\n${lines.join('\n')}`;
}

/** Why no gateway is open: the caller's disabled teams, without looking which gateway each would open. */
function nothing(engine: Engine, caller: Caller): string {
  const reasons: string[] = [];
  for (const at of caller.subjects) {
    const subject = engine.policy.subjects[at];
    if (subject?.kind !== 'team' || subject.disabled === null) continue;
    reasons.push(`team ${subject.name} is disabled${subject.disabled === '' ? '' : `: ${subject.disabled}`}`);
  }
  return reasons.length > 0
    ? reasons.join('; ')
    : 'no gateway is open to you: ask whoever writes the policy for a grant';
}

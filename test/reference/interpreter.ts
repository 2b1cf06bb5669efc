import { INVALID, parseSent, readArguments, resemblesKey, type Schema, type Sent } from './arguments.ts';
import type {
  AllowlistDoc,
  AssignmentDoc,
  ClientDoc,
  Doc,
  Effect,
  EntryDoc,
  GatewayDoc,
  GrantDoc,
  GuardDoc,
  LockDoc,
  RobotDoc,
  RoleDoc,
  ServerDoc,
  TeamDoc,
  WorkspaceDoc,
} from './documents.ts';
import { evaluate, simplify, UNKNOWN, type Outcome, type Scene, type Value } from './evaluate.ts';
import type { Condition } from './expression.ts';
import { fits } from './selectors.ts';

/** What was written, as it was written. */
export interface Written {
  readonly documents: readonly Doc[];
  /** By path. */
  readonly locks: ReadonlyMap<string, LockDoc>;
  /** Conditions by their text. */
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly environment: string;
}

/** A token that is good, or a robot that showed its key. */
type Credential =
  { readonly token: Readonly<Record<string, unknown>> & { readonly issuer: string } } | { readonly robot: string };

/** Who connects, and with what. */
export interface Connection {
  readonly credential: Credential;
  /** What the app calls itself; empty when it says nothing. */
  readonly clientName: string;
}

/** Why, in the words of the audit log. */
export type Reason =
  | 'granted'
  | 'unknown'
  | 'pending'
  | 'no-grant'
  | 'disabled'
  | 'client'
  | 'expired'
  | 'arguments'
  | 'condition'
  | 'guard';

export interface Answer {
  readonly reason: Reason;
  /** `Kind/name` of what may be reported: the one grant, or any of the guards that deny. */
  readonly rules: readonly string[];
  /** Guards in alert mode that would deny. */
  readonly alerts: readonly string[];
}

interface Person {
  readonly kind: 'person';
  readonly id: string;
  readonly email: string;
  readonly claims: ReadonlyMap<string, Value>;
  readonly clientId: string;
  readonly clientName: string;
  readonly teams: readonly TeamDoc[];
  readonly role: RoleDoc | null;
}
interface Robot {
  readonly kind: 'robot';
  readonly robot: RobotDoc;
}
export type Caller = Person | Robot;

interface Tool {
  readonly server: ServerDoc;
  readonly name: string;
  readonly pending: boolean;
  readonly effect: Effect | null;
  readonly tags: readonly string[];
  readonly schema: Schema;
}
/** A tool behind an assignment of a gateway. */
interface Exposed {
  readonly gateway: GatewayDoc;
  readonly assignment: string;
  readonly tool: Tool;
  readonly name: string;
}
/** An entry of a grant that reaches a tool for a caller. */
interface Opening {
  readonly grant: GrantDoc;
  /** Null: unconditional. */
  readonly when: Condition | null;
}
type Asked = Outcome | typeof INVALID;
/** What a call brings, or that a list is made. */
interface Call {
  readonly caller: Caller;
  /** Unix milliseconds. */
  readonly now: number;
  /** Null: a list is made. */
  readonly args: string | null;
}

const DAY_MS = 86_400_000;

/**
 * A slow reading of language.md: documents in, answers out, nothing prepared. It knows of no table, no index and no order;
 * where the engine is clever, this is what it must agree with.
 */
export class Interpreter {
  readonly #written: Written;
  readonly #workspace: WorkspaceDoc;

  constructor(written: Written) {
    this.#written = written;
    const [workspace] = written.documents.filter((doc) => doc.kind === 'Workspace');
    if (workspace === undefined) throw new Error('no workspace');
    this.#workspace = workspace;
  }

  /** Rule 13: what applies in this environment. */
  #all<K extends Doc['kind']>(kind: K): readonly Extract<Doc, { kind: K }>[] {
    return this.#written.documents.filter(
      (doc): doc is Extract<Doc, { kind: K }> =>
        doc.kind === kind && (doc.environments?.includes(this.#written.environment) ?? true),
    );
  }

  gateways(): readonly GatewayDoc[] {
    return this.#all('Gateway');
  }

  // ——— who

  /** Null: the token is refused. */
  caller({ credential, clientName }: Connection): Caller | null {
    if ('robot' in credential) {
      const robot = this.#all('Robot').find(({ name }) => name === credential.robot);
      return robot === undefined ? null : { kind: 'robot', robot };
    }
    const { token } = credential;
    const issuer = this.#workspace.issuers[token.issuer];
    const sub = token[issuer?.id ?? 'sub'];
    if (issuer === undefined || issuer.for !== 'people' || typeof sub !== 'string') return null;
    // `groups?` = may be absent; otherwise a missing claim refuses the token.
    const groupsClaim = issuer.groups?.replace(/\?$/, '');
    const groups = groupsClaim === undefined ? [] : token[groupsClaim];
    if (groups === undefined && issuer.groups?.endsWith('?') !== true) return null;
    const id = `${token.issuer}:${sub}`;
    const address = issuer.email === undefined ? undefined : token[issuer.email.claim];
    const vouched =
      issuer.email?.domains.some((domain) => String(address).toLowerCase().endsWith(`@${domain}`)) ?? false;
    const email = typeof address === 'string' && vouched ? address.toLowerCase() : '';
    const isUser = (user: string): boolean => user === id || (email !== '' && user.toLowerCase() === email);
    // With several issuers for people, a group says whose it is.
    const isOnly = Object.values(this.#workspace.issuers).filter((each) => each.for === 'people').length === 1;
    const inGroup = (group: string): boolean =>
      ((groups ?? []) as readonly string[]).some(
        (mine) => group === `${token.issuer}/${mine}` || (isOnly && group === mine),
      );
    const named = this.#all('Role').find((role) => role.members?.users.some(isUser) ?? false);
    const byDefault = this.#all('Role').find(({ name }) => name === this.#workspace.defaults?.role);
    return {
      kind: 'person',
      id,
      email,
      clientId: typeof token['azp'] === 'string' ? token['azp'] : '',
      clientName,
      claims: this.#claims(token),
      teams: this.#all('Team').filter(
        ({ members }) => (members.users?.some(isUser) ?? false) || (members.groups?.some(inGroup) ?? false),
      ),
      // Everybody holds exactly one role.
      role: named ?? byDefault ?? null,
    };
  }

  #claims(token: Readonly<Record<string, unknown>> & { readonly issuer: string }): ReadonlyMap<string, Value> {
    const claims = new Map<string, Value>();
    for (const [name, source] of Object.entries(this.#workspace.issuers[token.issuer]?.claims ?? {})) {
      const from = typeof source === 'string' ? source : source.from;
      const contains = typeof source === 'string' ? undefined : source.contains;
      const raw = token[from];
      const value = contains === undefined ? raw : Array.isArray(raw) && raw.includes(contains);
      const type = this.#workspace.claims?.[name]?.replace(/\?$/, '');
      if (type === 'bool' && typeof value === 'boolean') claims.set(name, value);
      if (type === 'string' && typeof value === 'string') claims.set(name, value);
      if (type === 'int' && Number.isSafeInteger(value)) claims.set(name, BigInt(value as number));
      if (type === 'double' && typeof value === 'number') claims.set(name, value);
      if (type === 'list' && Array.isArray(value)) claims.set(name, value as readonly string[]);
    }
    return claims;
  }

  /**
   * The teams a caller counts as a member of in a gateway. Rule 7: `use-all-gateways` adds every team granted there. Rule 8: a
   * robot has none. Disabled ones are told apart by whoever asks: they give nothing, and guards still see their members.
   */
  teamsOf(caller: Caller, gateway: GatewayDoc): readonly TeamDoc[] {
    if (caller.kind === 'robot') return [];
    if (!usesAllGateways(caller)) return caller.teams;
    const granted = this.#all('Grant').filter((grant) => grant.gateway === gateway.name);
    const added = this.#all('Team').filter((team) =>
      granted.some((grant) => grant.to.teams?.includes(team.name) ?? false),
    );
    return [...new Set([...caller.teams, ...added])];
  }

  // ——— what

  /** The tools of a server: what its lock says, with the effects and tags that the Server gives. */
  toolsOf(server: ServerDoc): readonly Tool[] {
    const tools = this.#written.locks.get(server.catalog)?.tools ?? [];
    const listed = (
      lists: Readonly<Record<string, readonly string[] | undefined>> | undefined,
      name: string,
    ): readonly string[] =>
      Object.entries(lists ?? {}).flatMap(([key, names]) => (names?.includes(name) === true ? [key] : []));
    return tools.map(({ name, pending, definition }) => ({
      server,
      name,
      pending: pending === true,
      effect: (listed(server.effects, name)[0] as Effect | undefined) ?? null,
      tags: listed(server.tags, name),
      schema: definition.inputSchema,
    }));
  }

  serverOf(gateway: GatewayDoc, assignment: string): ServerDoc | null {
    const written = gateway.servers[assignment];
    if (written === undefined) return null;
    return this.#all('Server').find(({ name }) => name === (written.server ?? assignment)) ?? null;
  }

  /** Rule 3: everything that a gateway could show, under the name that it has there. */
  exposed(gateway: GatewayDoc): readonly Exposed[] {
    return Object.entries(gateway.servers).flatMap(([assignment, written]) => {
      const server = this.serverOf(gateway, assignment);
      if (server === null) return [];
      return this.toolsOf(server).map((tool) => ({
        gateway,
        assignment,
        tool,
        name: exposedName(assignment, written, tool.name),
      }));
    });
  }

  /** Rule 1: an entry reaches the assignment of its name only. Rule 12: nothing reaches a pending tool. */
  #entryReaches(entry: EntryDoc, { assignment, tool }: Exposed): boolean {
    if (entry.server !== assignment || tool.pending) return false;
    return (
      (entry.tools?.some((pattern) => fits(pattern, tool.name)) ?? false) ||
      (entry.effects?.some((effect) => effect === tool.effect) ?? false) ||
      (entry.tags?.some((tag) => tool.tags.includes(tag)) ?? false)
    );
  }

  /** What a grant has to say about a tool: an opening for each entry that reaches it. */
  #openings(grant: GrantDoc, exposed: Exposed): readonly Opening[] {
    if (grant.gateway !== exposed.gateway.name) return [];
    return grant.allow.flatMap((item): readonly Opening[] => {
      const slash = item.indexOf('/');
      if (slash >= 0) {
        const reaches = this.#entryReaches({ server: item.slice(0, slash), tools: [item.slice(slash + 1)] }, exposed);
        return reaches ? [{ grant, when: null }] : [];
      }
      const allowlist = this.#all('Allowlist').find(({ name }: AllowlistDoc) => name === item);
      return (allowlist?.allow ?? [])
        .filter((entry) => this.#entryReaches(entry, exposed))
        .map(({ when }) => ({ grant, when: when === undefined ? null : this.#condition(when) }));
    });
  }

  /** Rule 2: keys are ANDed, values of a key ORed. */
  #guardReaches({ match }: GuardDoc, exposed: Exposed, caller: Caller): boolean {
    if (match === 'everything') return true;
    const { tool, gateway } = exposed;
    const teams = this.teamsOf(caller, gateway).map(({ name }) => name);
    const one = <T>(values: readonly T[] | undefined, holds: (value: T) => boolean): boolean =>
      values === undefined || values.some(holds);
    return (
      one(match.gateways, (name) => name === gateway.name) &&
      // Rule 1: every assignment of that Server in every gateway.
      one(match.servers, (name) => name === tool.server.name) &&
      one(match.tools, (pattern) => !tool.pending && fits(pattern, tool.name)) &&
      one(match.effects, (effect) => !tool.pending && effect === tool.effect) &&
      one(match.tags, (tag) => !tool.pending && tool.tags.includes(tag)) &&
      one(match.kinds, (kind) => kind === caller.kind) &&
      // Rule 6: guards that name a disabled team still see its members.
      one(match.teams, (name) => teams.includes(name)) &&
      one(match.robots, (name) => caller.kind === 'robot' && name === caller.robot.name) &&
      one(match.clients, (name) => this.#isClient(caller, name, true))
    );
  }

  #condition(text: string): Condition {
    const condition = this.#written.conditions.get(text);
    if (condition === undefined) throw new Error(`who wrote ${text}?`);
    return condition;
  }

  /** Rule 9: clients apply to people; a name that the app gives itself counts only against it. */
  #isClient(caller: Caller, name: string, namesCount: boolean): boolean {
    if (caller.kind === 'robot') return false;
    const client = this.#all('Client').find((candidate: ClientDoc) => candidate.name === name);
    const verified = caller.clientId !== '' && (client?.ids?.includes(caller.clientId) ?? false);
    return (
      verified || (namesCount && caller.clientName !== '' && (client?.names?.includes(caller.clientName) ?? false))
    );
  }

  #isAdmitted(caller: Caller, { clients }: GatewayDoc): boolean {
    if (clients === undefined || caller.kind === 'robot') return true;
    if ('only' in clients) return clients.only.some((name) => this.#isClient(caller, name, false));
    return !clients.except.some((name) => this.#isClient(caller, name, true));
  }

  // ——— whether

  /** The names that a list shows. */
  sees(caller: Caller, gateway: GatewayDoc, now: number): readonly string[] {
    const call: Call = { caller, now, args: null };
    return this.exposed(gateway)
      .filter((exposed) => this.#isVisible(exposed, call))
      .map(({ name }) => name)
      .sort();
  }

  /** Rule 5: three-valued, and unknown is visible. */
  #isVisible(exposed: Exposed, call: Call): boolean {
    const held = this.#held(exposed, call);
    if (typeof held === 'string') return false;
    const mayHold = held.some(({ when }) => {
      const outcome = when === null ? true : this.#ask(when, exposed, call);
      return outcome === true || outcome === UNKNOWN;
    });
    return (
      mayHold &&
      this.#guards(exposed, call).every((guard) => {
        // The tool stays listed and answers with the message; `hide` hides it; `mode: alert` only records.
        if (guard.hide !== true || guard.mode === 'alert') return true;
        const outcome = this.#ask(this.#condition(guard.when ?? guard.unless ?? ''), exposed, call);
        return outcome === UNKNOWN || passes(guard, outcome);
      })
    );
  }

  /** A call, by the name that the caller uses. `args`: JSON text. */
  decide(caller: Caller, gateway: GatewayDoc, name: string, args: string, now: number): Answer {
    const answer = (reason: Reason, rules: readonly string[] = [], alerts: readonly string[] = []): Answer => ({
      reason,
      rules,
      alerts,
    });
    const exposed = this.exposed(gateway).find((candidate) => candidate.name === name);
    if (exposed === undefined) return answer('unknown');
    const call: Call = { caller, now, args };
    // Rule 4: grants first, any that holds suffices; no grant -> unknown tool, whatever guards say.
    const held = this.#held(exposed, call);
    if (typeof held === 'string') return answer(held);
    const asked = held.map((opening) => ({
      opening,
      outcome: opening.when === null ? true : this.#ask(opening.when, exposed, call),
    }));
    const holding = asked.filter(({ outcome }) => outcome === true).map(({ opening }) => opening);
    if (holding.length === 0) {
      // Rule 11: a mismatch is invalid arguments, not false.
      return answer(asked.some(({ outcome }) => outcome === INVALID) ? 'arguments' : 'condition');
    }
    // Then guards: none may deny, and anything but a clear pass denies.
    const outcomes = this.#guards(exposed, call).map((guard): { guard: GuardDoc; outcome: Asked } => ({
      guard,
      outcome: this.#ask(this.#condition(guard.when ?? guard.unless ?? ''), exposed, call),
    }));
    const denying = outcomes.filter(({ guard, outcome }) => !passes(guard, outcome));
    const alerts = denying.filter(({ guard }) => guard.mode === 'alert').map(({ guard }) => `Guard/${guard.name}`);
    const enforced = denying.filter(({ guard }) => guard.mode !== 'alert');
    // What denies whatever the arguments are comes before that they do not fit.
    const clearly = enforced.filter(({ outcome }) => outcome !== INVALID);
    if (clearly.length > 0)
      return answer(
        'guard',
        clearly.map(({ guard }) => `Guard/${guard.name}`),
        alerts,
      );
    if (enforced.length > 0) return answer('arguments', [], alerts);
    if (resemblesKey(sentOf(args), exposed.tool.schema)) return answer('arguments');
    return answer('granted', [`Grant/${firstOf(holding).grant.name}`], alerts);
  }

  /** What the caller holds of a tool now, whatever the conditions say; or why it holds nothing. */
  #held(exposed: Exposed, { caller, now }: Call): readonly Opening[] | Reason {
    // Rule 12: pending is known, denied, hidden.
    if (exposed.tool.pending) return 'pending';
    const isEnabled = (team: TeamDoc): boolean => team.disabled === undefined;
    // Rule 7: a member of every *enabled* team granted there.
    const teams = this.teamsOf(caller, exposed.gateway).filter(
      (team) => isEnabled(team) || (caller.kind === 'person' && caller.teams.includes(team)),
    );
    const reaching = (of: readonly TeamDoc[], robotCounts: boolean): readonly Opening[] =>
      this.#all('Grant')
        .filter(
          ({ to }) =>
            (to.teams?.some((name) => of.some((team) => team.name === name)) ?? false) ||
            (robotCounts && caller.kind === 'robot' && (to.robots?.includes(caller.robot.name) ?? false)),
        )
        .flatMap((grant) => this.#openings(grant, exposed));
    const granted = reaching(teams, true);
    if (granted.length === 0) return 'no-grant';
    if (!this.#isAdmitted(caller, exposed.gateway)) return 'client';
    // Rule 6: the grants of a disabled team stop, and its robots stop.
    const owner =
      caller.kind === 'robot' ? this.#all('Team').find(({ name }) => name === caller.robot.owner) : undefined;
    const enabled = reaching(teams.filter(isEnabled), owner !== undefined && isEnabled(owner));
    if (enabled.length === 0) return 'disabled';
    // A date is its end, UTC.
    if (caller.kind === 'robot' && isOver(caller.robot.expires, now)) return 'expired';
    const current = enabled.filter(({ grant }) => !isOver(grant.expires, now));
    return current.length === 0 ? 'expired' : current;
  }

  #guards(exposed: Exposed, { caller }: Call): readonly GuardDoc[] {
    return this.#all('Guard').filter((guard) => this.#guardReaches(guard, exposed, caller));
  }

  /**
   * What a condition says: language.md, "Conditions". Where the arguments are not what it may be asked of (rule 11), they are
   * unknown to it: what it says whatever they are still counts, and otherwise they are invalid.
   */
  #ask(condition: Condition, { tool, gateway }: Exposed, { caller, now, args }: Call): Asked {
    const isPerson = caller.kind === 'person';
    const known = {
      tool: new Map<string, Value>([
        ['server', tool.server.name],
        ['name', tool.name],
        ['effect', tool.effect],
        ['tags', tool.tags],
      ]),
      gateway: new Map([['name', gateway.name]]),
      declared: new Set(Object.keys(tool.schema.properties ?? {})),
    };
    const asked = simplify(condition, known);
    const isOpen = tool.server.arguments === 'open';
    const read = args === null ? UNKNOWN : readArguments(sentOf(args), tool.schema, asked, isOpen);
    const scene: Scene = {
      ...known,
      args: read === INVALID ? UNKNOWN : read,
      now: args === null ? UNKNOWN : new Date(now),
      // Rule 8: robots have no claims.
      claims: isPerson ? caller.claims : new Map(),
      principal: new Map([
        ['id', isPerson ? caller.id : caller.robot.name],
        ['kind', caller.kind],
        ['email', isPerson ? caller.email : ''],
      ]),
      client: new Map([['id', isPerson ? caller.clientId : '']]),
    };
    const outcome = evaluate(asked, scene);
    return read === INVALID && outcome === UNKNOWN ? INVALID : outcome;
  }
}

function usesAllGateways(caller: Caller): boolean {
  return caller.kind === 'person' && (caller.role?.capabilities.includes('use-all-gateways') ?? false);
}

export function exposedName(assignment: string, { prefix, rename }: AssignmentDoc, tool: string): string {
  if (rename !== undefined && Object.hasOwn(rename, tool)) return rename[tool] ?? '';
  const before = prefix ?? assignment;
  return before === '' ? tool : `${before}_${tool}`;
}

/** A call without arguments is like one with none in an object. */
const sentOf = (args: string): Sent => parseSent(args === '' ? '{}' : args);

/** `when` denies if true, `unless` denies unless true; an error is no clear pass of either. */
function passes(guard: GuardDoc, outcome: Asked): boolean {
  return guard.when === undefined ? outcome === true : outcome === false;
}

function isOver(date: string | undefined, now: number): boolean {
  return date !== undefined && now >= Date.parse(`${date}T00:00:00Z`) + DAY_MS;
}

/** Rule 4: unconditional before conditional, then by name. */
function firstOf(openings: readonly Opening[]): Opening {
  const order = ({ when, grant }: Opening): string => `${when === null ? 0 : 1} ${grant.name}`;
  const [first] = [...openings].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  if (first === undefined) throw new Error('nothing holds');
  return first;
}

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
  MatchDoc,
  RobotDoc,
  RoleDoc,
  ServerDoc,
  TeamDoc,
  WorkspaceDoc,
} from './documents.ts';
import { evaluate, simplify, UNKNOWN, type Outcome, type Scene, type Value } from './evaluate.ts';
import type { Condition } from './expression.ts';
import { fits, fitsTemplate, fitsUri, isNormal } from './selectors.ts';
import { ODD_URIS, URIS } from './vocabulary.ts';

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

/** What a list shows. */
export type Kind = 'tool' | 'prompt' | 'template';
interface Item {
  readonly kind: Kind | 'resource';
  readonly server: ServerDoc;
  /** Of a template, the template; of a resource, the server's own URI. */
  readonly name: string;
  readonly pending: boolean;
  readonly effect: Effect | null;
  readonly tags: readonly string[];
  readonly schema: Schema;
}
/** Something behind an assignment of a gateway. */
interface Exposed {
  readonly gateway: GatewayDoc;
  readonly assignment: string;
  readonly item: Item;
  readonly name: string;
}
/** An entry of a grant that reaches it for a caller. */
interface Opening {
  readonly grant: GrantDoc;
  /** Null: unconditional. */
  readonly when: Condition | null;
}
type Said = Outcome | typeof INVALID;
/** A call as the caller makes it. */
export interface Asked {
  readonly kind: 'tool' | 'prompt';
  /** As the gateway exposes it. */
  readonly name: string;
  /** JSON text. */
  readonly args: string;
}
/** Where a resource is read, and what comes of it; null: nowhere. */
export interface Target {
  readonly assignment: string | null;
  /** The server's own. */
  readonly uri: string | null;
  readonly answer: Answer;
}
/** What a call brings, or that a list is made. */
interface Call {
  readonly caller: Caller;
  /** Unix milliseconds. */
  readonly now: number;
  /** JSON text; null: not known, since a list is made. */
  readonly args: string | null;
  /** Whether a list is made. */
  readonly isList: boolean;
}

const DAY_MS = 86_400_000;
const NOTHING: Pick<LockDoc, 'tools' | 'prompts' | 'templates'> = { tools: [], prompts: [], templates: [] };
/** The arguments of reading a resource. */
const RESOURCE: Schema = { type: 'object', properties: { uri: { type: 'string' } }, required: ['uri'] };
const ALL_URIS: readonly string[] = [...URIS, ...ODD_URIS];

/**
 * A slow reading of language.md: documents in, answers out, nothing prepared. It knows of no table, no index and no order;
 * where the engine is clever, this is what it must agree with.
 */
export class Interpreter {
  readonly #written: Written;
  readonly #workspace: WorkspaceDoc;
  /** Found once, as it is asked again and again. */
  readonly #served = new Map<string, boolean>();
  readonly #keeping = new Map<string, boolean>();
  readonly #documents = new Map<string, readonly Doc[]>();

  constructor(written: Written) {
    this.#written = written;
    const [workspace] = written.documents.filter((doc) => doc.kind === 'Workspace');
    if (workspace === undefined) throw new Error('no workspace');
    this.#workspace = workspace;
  }

  /** Rule 13: what applies in this environment. */
  #all<K extends Doc['kind']>(kind: K): readonly Extract<Doc, { kind: K }>[] {
    const isOne = (doc: Doc): doc is Extract<Doc, { kind: K }> =>
      doc.kind === kind && (doc.environments?.includes(this.#written.environment) ?? true);
    const known = this.#documents.get(kind) ?? this.#written.documents.filter(isOne);
    this.#documents.set(kind, known);
    return known as readonly Extract<Doc, { kind: K }>[];
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

  /** What a server has: what its lock says, with the effects and tags that the Server gives. Prompts and resources read. */
  itemsOf(server: ServerDoc): readonly Item[] {
    const { tools, prompts, templates } = this.#written.locks.get(server.catalog) ?? NOTHING;
    const listed = (
      lists: Readonly<Record<string, readonly string[] | undefined>> | undefined,
      name: string,
    ): readonly string[] =>
      Object.entries(lists ?? {}).flatMap(([key, names]) => (names?.includes(name) === true ? [key] : []));
    const reading = { server, effect: 'read', tags: [] } as const;
    return [
      ...tools.map(({ name, pending, definition }): Item => ({
        kind: 'tool',
        server,
        name,
        pending: pending === true,
        effect: (listed(server.effects, name)[0] as Effect | undefined) ?? null,
        tags: listed(server.tags, name),
        schema: definition.inputSchema,
      })),
      ...prompts.map(({ name, pending, definition }): Item => ({
        ...reading,
        kind: 'prompt',
        name,
        pending: pending === true,
        schema: promptSchema(definition.arguments),
      })),
      ...templates.map(({ name, pending }): Item => ({
        ...reading,
        kind: 'template',
        name,
        pending: pending === true,
        schema: RESOURCE,
      })),
    ];
  }

  serverOf(gateway: GatewayDoc, assignment: string): ServerDoc | null {
    const written = gateway.servers[assignment];
    if (written === undefined) return null;
    return this.#all('Server').find(({ name }) => name === (written.server ?? assignment)) ?? null;
  }

  /** Rule 3: everything of a kind that a gateway could show, under the name that it has there. */
  exposed(gateway: GatewayDoc, kind: Kind): readonly Exposed[] {
    return Object.entries(gateway.servers).flatMap(([assignment, written]) => {
      const server = this.serverOf(gateway, assignment);
      const items = server === null ? [] : this.itemsOf(server).filter((item) => item.kind === kind);
      return items.map((item) => ({
        gateway,
        assignment,
        item,
        name:
          kind === 'template'
            ? this.#templateName(gateway, assignment, item.name)
            : exposedName(assignment, written, item.name),
      }));
    });
  }

  /** Rule 1: an entry reaches the assignment of its name only. Rule 12: nothing reaches what is pending. */
  #entryReaches(entry: EntryDoc, { assignment, item }: Exposed): boolean {
    if (entry.server !== assignment || item.pending) return false;
    const isOpaque = item.server.uris === 'opaque';
    switch (item.kind) {
      case 'tool':
        return (
          (entry.tools?.some((pattern) => fits(pattern, item.name)) ?? false) ||
          (entry.effects?.some((effect) => effect === item.effect) ?? false) ||
          (entry.tags?.some((tag) => item.tags.includes(tag)) ?? false)
        );
      case 'prompt':
        return entry.prompts?.some((pattern) => fits(pattern, item.name)) ?? false;
      case 'resource':
        return entry.resources?.some((pattern) => fitsUri(pattern, item.name, isOpaque)) ?? false;
      case 'template':
        // A template is listed when some granted pattern can match a URI of it.
        return ALL_URIS.some(
          (uri) =>
            (isOpaque || isNormal(uri)) &&
            fitsTemplate(item.name, uri, isOpaque) &&
            (entry.resources?.some((pattern) => fitsUri(pattern, uri, isOpaque)) ?? false),
        );
    }
  }

  // ——— where resources are, rule 10

  /** Whether an assignment can serve a URI: some grant in the gateway, to whomever, gives it, or a template has it. */
  #canServe(gateway: GatewayDoc, assignment: string, uri: string): boolean {
    const key = `${gateway.name} ${assignment} ${uri}`;
    const known = this.#served.get(key) ?? this.#findServed(gateway, assignment, uri);
    this.#served.set(key, known);
    return known;
  }

  #findServed(gateway: GatewayDoc, assignment: string, uri: string): boolean {
    const server = this.serverOf(gateway, assignment);
    if (server === null) return false;
    const isOpaque = server.uris === 'opaque';
    const entries = this.#all('Grant')
      .filter((grant) => grant.gateway === gateway.name)
      .flatMap(({ allow }) => allow.flatMap((name) => this.#all('Allowlist').filter((list) => list.name === name)))
      .flatMap(({ allow }) => allow.filter((entry) => entry.server === assignment));
    return (
      entries.some(({ resources }) => resources?.some((pattern) => fitsUri(pattern, uri, isOpaque)) ?? false) ||
      this.itemsOf(server).some(
        ({ kind, pending, name }) =>
          kind === 'template' &&
          !pending &&
          // Of opaque URIs nobody can say which ones an expression leaves out.
          (isOpaque ? name.includes('{') || name === uri : fitsTemplate(name, uri, false)),
      )
    );
  }

  /** Whether the resources of an assignment keep their URIs: no other one can serve any that it can. */
  #keepsUris(gateway: GatewayDoc, assignment: string): boolean {
    const key = `${gateway.name} ${assignment}`;
    const known = this.#keeping.get(key) ?? this.#findKeeping(gateway, assignment);
    this.#keeping.set(key, known);
    return known;
  }

  #findKeeping(gateway: GatewayDoc, assignment: string): boolean {
    if (prefixOf(gateway, assignment) === '') return true;
    const others = Object.keys(gateway.servers).filter((other) => other !== assignment);
    return !ALL_URIS.some(
      (uri) => this.#canServe(gateway, assignment, uri) && others.some((other) => this.#canServe(gateway, other, uri)),
    );
  }

  /** The assignment whose prefix stands before a URI, or behind a scheme that keeps its place. */
  #prefixed(gateway: GatewayDoc, uri: string): string | null {
    const rest = uri.replace(KEPT_SCHEME, '');
    const found = Object.keys(gateway.servers).find((name) => {
      const prefix = prefixOf(gateway, name);
      return prefix !== '' && rest.startsWith(`${prefix}+`);
    });
    return found ?? null;
  }

  #templateName(gateway: GatewayDoc, assignment: string, template: string): string {
    const isOwn = this.#keepsUris(gateway, assignment) && this.#prefixed(gateway, template) === null;
    const prefix = prefixOf(gateway, assignment);
    return isOwn || prefix === '' ? template : withPrefix(prefix, template);
  }

  /** The URI under which a gateway shows a resource. */
  nameOf(gateway: GatewayDoc, assignment: string, uri: string): string {
    const prefix = prefixOf(gateway, assignment);
    const isOfAnother = Object.keys(gateway.servers).some(
      (other) => other !== assignment && this.#keepsUris(gateway, other) && this.#canServe(gateway, other, uri),
    );
    const isOwn = this.#keepsUris(gateway, assignment) && this.#prefixed(gateway, uri) === null && !isOfAnother;
    return isOwn || prefix === '' ? uri : withPrefix(prefix, uri);
  }

  /** Whose resource a URI is, as a client writes it; null: nobody's. */
  #target(gateway: GatewayDoc, uri: string): { readonly assignment: string; readonly uri: string } | null {
    const prefixed = this.#prefixed(gateway, uri);
    if (prefixed !== null) {
      const [scheme = ''] = KEPT_SCHEME.exec(uri) ?? [];
      const rest = uri.slice(scheme.length + prefixOf(gateway, prefixed).length + 1);
      return { assignment: prefixed, uri: scheme + rest };
    }
    const [only, ...others] = Object.keys(gateway.servers).filter(
      (name) => this.#keepsUris(gateway, name) && this.#canServe(gateway, name, uri),
    );
    return only === undefined || others.length > 0 ? null : { assignment: only, uri };
  }

  #resource(gateway: GatewayDoc, assignment: string, uri: string): Exposed | null {
    const server = this.serverOf(gateway, assignment);
    if (server === null || (server.uris !== 'opaque' && !isNormal(uri))) return null;
    const item = {
      kind: 'resource',
      server,
      name: uri,
      pending: false,
      effect: 'read',
      tags: [],
      schema: RESOURCE,
    } as const;
    return { gateway, assignment, item, name: uri };
  }

  /** Whether a list may show a resource of a server: its URI is known, the time of a call is not. */
  seesResource(caller: Caller, gateway: GatewayDoc, assignment: string, uri: string, now: number): boolean {
    const exposed = this.#resource(gateway, assignment, uri);
    if (exposed === null || this.#target(gateway, this.nameOf(gateway, assignment, uri))?.assignment !== assignment)
      return false;
    return this.#isVisible(exposed, { caller, now, args: JSON.stringify({ uri }), isList: true });
  }

  /** Reading a resource, by the URI that the caller uses. */
  read(caller: Caller, gateway: GatewayDoc, uri: string, now: number): Target {
    const target = this.#target(gateway, uri);
    const exposed = target === null ? null : this.#resource(gateway, target.assignment, target.uri);
    if (target === null || exposed === null) return { assignment: null, uri: null, answer: answerOf('unknown') };
    const call: Call = { caller, now, args: JSON.stringify({ uri: target.uri }), isList: false };
    return { ...target, answer: this.#judge(exposed, call) };
  }

  /** What a grant has to say about something: an opening for each entry that reaches it. */
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
    const { gateway } = exposed;
    const { server } = exposed.item;
    const teams = this.teamsOf(caller, gateway).map(({ name }) => name);
    const one = <T>(values: readonly T[] | undefined, holds: (value: T) => boolean): boolean =>
      values === undefined || values.some(holds);
    return (
      one(match.gateways, (name) => name === gateway.name) &&
      // Rule 1: every assignment of that Server in every gateway.
      one(match.servers, (name) => name === server.name) &&
      isAbout(match, exposed.item) &&
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
  sees(caller: Caller, gateway: GatewayDoc, now: number, kind: Kind): readonly string[] {
    const call: Call = { caller, now, args: null, isList: true };
    return this.exposed(gateway, kind)
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
        // What it stands before stays listed and answers with the message; `hide` hides it; `mode: alert` only records.
        if (guard.hide !== true || guard.mode === 'alert') return true;
        const outcome = this.#ask(this.#condition(guard.when ?? guard.unless ?? ''), exposed, call);
        return outcome === UNKNOWN || passes(guard, outcome);
      })
    );
  }

  /** A call of a tool or prompt, by the name that the caller uses. */
  decide(caller: Caller, gateway: GatewayDoc, { kind, name, args }: Asked, now: number): Answer {
    const exposed = this.exposed(gateway, kind).find((candidate) => candidate.name === name);
    return exposed === undefined ? answerOf('unknown') : this.#judge(exposed, { caller, now, args, isList: false });
  }

  #judge(exposed: Exposed, call: Call): Answer {
    // Rule 4: grants first, any that holds suffices; no grant -> unknown tool, whatever guards say.
    const held = this.#held(exposed, call);
    if (typeof held === 'string') return answerOf(held);
    const asked = held.map((opening) => ({
      opening,
      outcome: opening.when === null ? true : this.#ask(opening.when, exposed, call),
    }));
    const holding = asked.filter(({ outcome }) => outcome === true).map(({ opening }) => opening);
    if (holding.length === 0) {
      // Rule 11: a mismatch is invalid arguments, not false.
      return answerOf(asked.some(({ outcome }) => outcome === INVALID) ? 'arguments' : 'condition');
    }
    // Then guards: none may deny, and anything but a clear pass denies.
    const outcomes = this.#guards(exposed, call).map((guard): { guard: GuardDoc; outcome: Said } => ({
      guard,
      outcome: this.#ask(this.#condition(guard.when ?? guard.unless ?? ''), exposed, call),
    }));
    const denying = outcomes.filter(({ guard, outcome }) => !passes(guard, outcome));
    const alerts = denying.filter(({ guard }) => guard.mode === 'alert').map(({ guard }) => `Guard/${guard.name}`);
    const enforced = denying.filter(({ guard }) => guard.mode !== 'alert');
    // What denies whatever the arguments are comes before that they do not fit.
    const clearly = enforced.filter(({ outcome }) => outcome !== INVALID);
    if (clearly.length > 0)
      return answerOf(
        'guard',
        clearly.map(({ guard }) => `Guard/${guard.name}`),
        alerts,
      );
    if (enforced.length > 0) return answerOf('arguments', [], alerts);
    if (resemblesKey(sentOf(call.args ?? ''), exposed.item.schema)) return answerOf('arguments');
    return answerOf('granted', [`Grant/${firstOf(holding).grant.name}`], alerts);
  }

  /** What the caller holds of it now, whatever the conditions say; or why it holds nothing. */
  #held(exposed: Exposed, { caller, now }: Call): readonly Opening[] | Reason {
    // Rule 12: pending is known, denied, hidden.
    if (exposed.item.pending) return 'pending';
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
  #ask(condition: Condition, { item, gateway }: Exposed, { caller, now, args, isList }: Call): Said {
    const isPerson = caller.kind === 'person';
    const known = {
      tool: new Map<string, Value>([
        ['server', item.server.name],
        ['name', item.name],
        ['effect', item.effect],
        ['tags', item.tags],
      ]),
      gateway: new Map([['name', gateway.name]]),
      declared: new Set(Object.keys(item.schema.properties ?? {})),
    };
    const asked = simplify(condition, known);
    const isOpen = item.kind === 'tool' && item.server.arguments === 'open';
    const read = args === null ? UNKNOWN : readArguments(sentOf(args), item.schema, asked, isOpen);
    const scene: Scene = {
      ...known,
      args: read === INVALID ? UNKNOWN : read,
      now: isList ? UNKNOWN : new Date(now),
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

function answerOf(reason: Reason, rules: readonly string[] = [], alerts: readonly string[] = []): Answer {
  return { reason, rules, alerts };
}

/** The arguments of a prompt are texts. */
export function promptSchema(declared: readonly { readonly name: string; readonly required?: boolean }[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(declared.map(({ name }) => [name, { type: 'string' }])),
    required: declared.filter(({ required }) => required === true).map(({ name }) => name),
  };
}

/** Clients know pages and skills by their scheme (protocol.md 1.3), which therefore stays in front. */
const KEPT_SCHEME = /^(?:ui|skill):\/\//;
const withPrefix = (prefix: string, uri: string): string =>
  KEPT_SCHEME.test(uri) ? uri.replace(KEPT_SCHEME, (scheme) => `${scheme}${prefix}+`) : `${prefix}+${uri}`;

const prefixOf = (gateway: GatewayDoc, assignment: string): string => gateway.servers[assignment]?.prefix ?? assignment;

/**
 * Rule 2: a match that names tools or tags leaves prompts and resources out, one that names prompts or resources alone
 * leaves out the others; any other is about all of them. They have the effect `read`.
 */
function isAbout({ tools, tags, effects, prompts, resources }: MatchDoc, item: Item): boolean {
  const namesTools = tools !== undefined || tags !== undefined;
  const namesOthers = prompts !== undefined || resources !== undefined;
  const reads = effects?.includes('read') ?? true;
  switch (item.kind) {
    case 'tool':
      if (!namesTools && effects === undefined) return !namesOthers;
      return (
        !item.pending &&
        (tools?.some((pattern) => fits(pattern, item.name)) ?? true) &&
        (effects?.some((effect) => effect === item.effect) ?? true) &&
        (tags?.some((tag) => item.tags.includes(tag)) ?? true)
      );
    case 'prompt':
      if (prompts?.some((pattern) => !item.pending && fits(pattern, item.name)) === true) return true;
      return !namesTools && reads && (effects !== undefined || !namesOthers);
    case 'resource':
      return (
        resources?.some((pattern) => fitsUri(pattern, item.name, item.server.uris === 'opaque')) ??
        (!namesTools && prompts === undefined && reads)
      );
    case 'template':
      // What is about some of its resources says nothing of the others.
      return resources === undefined && !namesTools && prompts === undefined && reads;
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
function passes(guard: GuardDoc, outcome: Said): boolean {
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

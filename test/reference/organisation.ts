import fc from 'fast-check';
import type { Schema } from './arguments.ts';
import { conditionFor, sketches, type Reach, type Sketch } from './conditions.ts';
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
  ServerDoc,
  TeamDoc,
  WorkspaceDoc,
} from './documents.ts';
import { writeExpression, type Condition } from './expression.ts';
import { exposedName, promptSchema } from './interpreter.ts';
import { fits, isNormal } from './selectors.ts';
import { APPS, ARGUMENT_NAMES, ARGUMENTS, CLAIMS, PROMPT_ARGUMENTS, TEMPLATES, URI_PATTERNS } from './vocabulary.ts';

/** A small organisation, as documents. */
export interface Organisation {
  readonly documents: readonly Doc[];
  /** By path. */
  readonly locks: ReadonlyMap<string, LockDoc>;
  /** Conditions by their text. */
  readonly conditions: ReadonlyMap<string, Condition>;
}

const ENVIRONMENTS = ['production', 'staging'] as const;
const TEAMS = ['alpha', 'beta', 'gamma', 'delta'] as const;
const ROBOTS = ['bot-one', 'bot-two'] as const;
const SERVERS = ['github', 'docs', 'wiki'] as const;
const GATEWAYS = ['engineering', 'desk'] as const;
const TOOLS = ['get_issue', 'get_page', 'list_issues', 'create_issue', 'delete_repo', 'merge'] as const;
const PATTERNS = ['*', 'get_*', '*_issue', '*e*e*', 'get_issue', 'create_issue', 'delete_*', 'merge'] as const;
/** One has the name of a tool: prompts have names of their own. */
const PROMPTS = ['get_issue', 'review', 'triage'] as const;
const PROMPT_PATTERNS = ['*', '*i*', 'review', 'triage'] as const;
const EFFECTS = ['read', 'write', 'destructive'] as const;
const TAGS = ['egress', 'slow'] as const;
export const DATES = ['2026-11-19', '2026-11-20', '2026-11-21', '2027-03-31'] as const;
export const GROUPS = ['g1', 'g2', 'g3'] as const;
const USERS = ['ana@acme.dev', 'bo@acme.dev', 'corp:u3'] as const;

const undefinedOr = <T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => undefinedOr(1, arbitrary);
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => undefinedOr(4, arbitrary);
const environments = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  ['production'],
  ['staging'],
  ['staging', 'production'],
);
const members = fc.record({
  groups: fc.subarray([...GROUPS], { minLength: 1 }),
  users: fc.subarray([...USERS], { maxLength: 1 }),
});

const isPending = fc.constantFrom(false, false, false, false, false, false, false, true);
const toolSketch = fc.record({
  name: fc.constantFrom(...TOOLS),
  effect: fc.constantFrom(...EFFECTS),
  tags: fc.subarray([...TAGS]),
  pending: isPending,
  declared: fc.array(fc.record({ name: fc.constantFrom(...ARGUMENT_NAMES), required: fc.boolean() }), { maxLength: 5 }),
});

const promptSketch = fc.record({
  name: fc.constantFrom(...PROMPTS),
  pending: isPending,
  declared: fc.uniqueArray(fc.record({ name: fc.constantFrom(...PROMPT_ARGUMENTS), required: fc.boolean() }), {
    selector: ({ name }) => name,
    maxLength: 2,
  }),
});
const templateSketch = fc.record({ name: fc.constantFrom(...TEMPLATES), pending: isPending });
const uriPatterns = fc.subarray([...URI_PATTERNS], { minLength: 1, maxLength: 3 });
const promptPatterns = fc.subarray([...PROMPT_PATTERNS], { minLength: 1, maxLength: 2 });

const organisationSketch = fc.record({
  twoIssuers: fc.constantFrom(false, false, true),
  teams: fc.array(
    fc.record({
      members,
      disabled: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, undefined, true as const, {
        message: 'frozen',
      }),
      inStaging: rarely(members),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  admin: maybe(
    fc.record({
      users: fc.subarray(['root@acme.dev', 'ana@acme.dev']),
      isDefault: fc.constantFrom(false, false, true),
      usesAll: fc.boolean(),
    }),
  ),
  robots: fc.array(fc.record({ owner: fc.nat(3), expires: fc.constantFrom(...DATES) }), { minLength: 1, maxLength: 2 }),
  twinClient: fc.boolean(),
  servers: fc.array(
    fc.record({
      isOpen: fc.constantFrom(false, false, true),
      isOpaque: fc.constantFrom(false, false, false, false, false, true),
      prompts: fc.uniqueArray(promptSketch, { selector: ({ name }) => name, maxLength: 2 }),
      templates: fc.uniqueArray(templateSketch, { selector: ({ name }) => name, maxLength: 2 }),
      tools: fc.uniqueArray(toolSketch, { selector: ({ name }) => name, minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  gateways: fc.array(
    fc.record({
      assignments: fc.array(
        fc.record({
          server: fc.nat(2),
          isShared: fc.constantFrom(false, false, true),
          prefix: fc.constantFrom(undefined, undefined, '', 'p'),
          renames: fc.constantFrom(false, false, true),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      clients: maybe(
        fc.record({ isOnly: fc.boolean(), clients: fc.subarray(['code', 'other', 'twin', 'shady'], { minLength: 1 }) }),
      ),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  allowlists: fc.array(
    fc.array(
      fc.record({
        assignment: fc.nat(5),
        by: fc.constantFrom('tools' as const, 'effects' as const, 'tags' as const),
        tools: fc.subarray([...PATTERNS], { minLength: 1, maxLength: 3 }),
        effects: fc.subarray([...EFFECTS], { minLength: 1 }),
        tags: fc.subarray([...TAGS], { minLength: 1 }),
        prompts: maybe(promptPatterns),
        resources: maybe(uriPatterns),
        when: maybe(sketches),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  grants: fc.array(
    fc.record({
      gateway: fc.nat(1),
      teams: fc.subarray([...TEAMS], { minLength: 1 }),
      robots: fc.subarray([...ROBOTS]),
      allowlists: fc.subarray([0, 1, 2], { minLength: 1 }),
      inline: fc.array(fc.record({ assignment: fc.nat(3), pattern: fc.constantFrom(...PATTERNS) }), { maxLength: 2 }),
      expires: rarely(fc.constantFrom(...DATES)),
      environments,
    }),
    { minLength: 1, maxLength: 5 },
  ),
  guards: fc.array(
    fc.record({
      gateways: rarely(fc.subarray([0, 1], { minLength: 1 })),
      servers: rarely(fc.subarray([0, 1, 2], { minLength: 1 })),
      tools: rarely(fc.subarray([...PATTERNS], { minLength: 1, maxLength: 2 })),
      effects: rarely(fc.subarray([...EFFECTS], { minLength: 1 })),
      tags: rarely(fc.subarray([...TAGS], { minLength: 1 })),
      prompts: rarely(promptPatterns),
      resources: rarely(uriPatterns),
      kinds: rarely(fc.subarray(['person', 'robot'] as ('person' | 'robot')[], { minLength: 1 })),
      who: rarely(
        fc.constantFrom<Pick<MatchDoc, 'teams' | 'robots'>>(
          { teams: ['alpha'] },
          { teams: ['alpha', 'beta'] },
          { robots: ['bot-one'] },
        ),
      ),
      clients: rarely(fc.subarray(['code', 'other', 'twin', 'shady'], { minLength: 1 })),
      isUnless: fc.boolean(),
      condition: sketches,
      hide: fc.constantFrom(undefined, undefined, true as const),
      mode: fc.constantFrom(undefined, undefined, undefined, 'alert' as const, 'enforce' as const),
      message: rarely(fc.constant('no')),
      environments,
    }),
    { maxLength: 3 },
  ),
});
type OrganisationSketch = typeof organisationSketch extends fc.Arbitrary<infer T> ? T : never;

/** Organisations that compile: what would refer to nothing is left out. */
export const organisations: fc.Arbitrary<Organisation> = organisationSketch.map((sketch) =>
  new Draft(sketch).organisation(),
);

interface Item {
  readonly kind: 'tool' | 'prompt';
  readonly name: string;
  readonly pending: boolean;
  readonly effect: Effect | null;
  readonly tags: readonly string[];
  readonly schema: Schema;
  readonly isOpen: boolean;
}

/** What conditions see of reading a resource. */
const RESOURCES = {
  schema: { type: 'object', properties: { uri: { type: 'string' } }, required: ['uri'] } satisfies Schema,
  isOpen: false,
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** A document without the fields that are not there. */
function doc<D extends Doc>(fields: { readonly [K in keyof D]: D[K] | undefined }): D {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as D;
}

class Draft {
  readonly #sketch: OrganisationSketch;
  readonly #conditions = new Map<string, Condition>();
  readonly #locks = new Map<string, LockDoc>();
  readonly #servers: readonly ServerDoc[];
  readonly #gateways: readonly GatewayDoc[];

  constructor(sketch: OrganisationSketch) {
    this.#sketch = sketch;
    this.#servers = sketch.servers.map((server, at) => this.#server(server, SERVERS[at] ?? 'github'));
    this.#gateways = sketch.gateways.map((gateway, at) => this.#gateway(gateway, GATEWAYS[at] ?? 'desk'));
  }

  organisation(): Organisation {
    const allowlistOf = this.#sketch.allowlists.map((entries, at) => this.#allowlist(entries, at));
    const allowlists = allowlistOf.filter((allowlist) => allowlist !== null);
    const grants = this.#sketch.grants.flatMap(
      (grant, at) => this.#grant(grant, at, new Set(allowlists.map(({ name }) => name))) ?? [],
    );
    const documents: readonly Doc[] = [
      this.#workspace(),
      ...this.#sketch.teams.flatMap((team, at) => this.#team(team, TEAMS[at] ?? 'alpha')),
      ...(this.#sketch.admin === undefined
        ? []
        : [
            doc<Extract<Doc, { kind: 'Role' }>>({
              kind: 'Role',
              name: 'admin',
              environments: undefined,
              capabilities: this.#sketch.admin.usesAll ? ['use-all-gateways'] : ['view-status'],
              members: this.#sketch.admin.users.length === 0 ? undefined : { users: this.#sketch.admin.users },
            }),
          ]),
      ...this.#sketch.robots.map((robot, at) => this.#robot(robot, ROBOTS[at] ?? 'bot-one')),
      ...this.#clients(),
      ...this.#servers,
      ...this.#gateways,
      ...allowlists,
      ...grants,
      ...this.#sketch.guards.map((guard, at) => this.#guard(guard, at)),
    ];
    return { documents, locks: this.#locks, conditions: this.#conditions };
  }

  #workspace(): WorkspaceDoc {
    const { twoIssuers, admin } = this.#sketch;
    return doc<WorkspaceDoc>({
      kind: 'Workspace',
      name: 'acme',
      language: 1,
      url: 'https://mcp.acme.dev',
      environments: ENVIRONMENTS,
      issuers: {
        corp: {
          url: 'https://idp.acme.dev',
          for: 'people',
          audience: 'mcp',
          id: 'sub',
          email: { claim: 'email', domains: ['acme.dev'] },
          groups: 'groups',
          claims: {
            mfa: { from: 'amr', contains: 'mfa' },
            tier: 'tier',
            level: 'lvl',
            ratio: 'ratio',
            regions: 'regions',
          },
        },
        ...(twoIssuers
          ? {
              partner: {
                url: 'https://idp.partner.dev',
                for: 'people' as const,
                audience: 'mcp',
                id: 'oid' as const,
                groups: 'roles?',
              },
            }
          : {}),
        ci: { url: 'https://ci.acme.dev', for: 'robots', audience: 'mcp' },
      },
      claims: CLAIMS,
      defaults: admin?.isDefault === true ? { role: 'admin' } : undefined,
    });
  }

  #team({ members: own, disabled, inStaging }: OrganisationSketch['teams'][number], name: string): readonly TeamDoc[] {
    const issuer = this.#sketch.twoIssuers ? 'corp/' : '';
    const membersOf = ({ groups, users }: typeof own): TeamDoc['members'] =>
      groups.length === 0 && users.length === 0
        ? { groups: [`${issuer}nobody`] }
        : {
            ...(groups.length > 0
              ? { groups: groups.map((group) => (group === 'g3' && issuer !== '' ? 'partner/g3' : issuer + group)) }
              : {}),
            ...(users.length > 0 ? { users } : {}),
          };
    const team = (of: typeof own, where: readonly string[] | undefined): TeamDoc =>
      doc<TeamDoc>({ kind: 'Team', name, environments: where, members: membersOf(of), disabled });
    // Rule 13: one name, two documents.
    return inStaging === undefined ? [team(own, undefined)] : [team(own, ['production']), team(inStaging, ['staging'])];
  }

  #robot({ owner, expires }: OrganisationSketch['robots'][number], name: string): RobotDoc {
    return {
      kind: 'Robot',
      name,
      owner: TEAMS[owner % this.#sketch.teams.length] ?? 'alpha',
      signIn: { issuer: 'ci', match: { sub: `repo:acme/${name}` } },
      expires,
    };
  }

  #clients(): readonly ClientDoc[] {
    const twin: ClientDoc = {
      kind: 'Client',
      name: 'twin',
      ids: this.#sketch.twinClient ? [APPS[0]] : ['https://apps.dev/twin'],
    };
    return [
      { kind: 'Client', name: 'code', ids: [APPS[0]] },
      { kind: 'Client', name: 'other', ids: [APPS[1], 'https://apps.dev/third'] },
      { kind: 'Client', name: 'shady', names: ['shady'], selfReported: true },
      twin,
    ];
  }

  #server(server: OrganisationSketch['servers'][number], name: string): ServerDoc {
    const { tools, prompts, templates, isOpen, isOpaque } = server;
    const path = `${name}.lock.json`;
    const accepted = tools.filter(({ pending }) => !pending);
    this.#locks.set(path, {
      server: name,
      tools: tools
        .map((tool) => ({
          name: tool.name,
          ...(tool.pending ? { pending: true as const } : {}),
          definition: { inputSchema: schemaOf(tool.declared) },
        }))
        .sort(byName),
      prompts: prompts
        .map((prompt) => ({
          name: prompt.name,
          ...(prompt.pending ? { pending: true as const } : {}),
          definition: {
            arguments: prompt.declared.map(({ name: of, required }) => ({
              name: of,
              ...(required ? { required: true as const } : {}),
            })),
          },
        }))
        .sort(byName),
      templates: templates
        .map((template) => ({ name: template.name, ...(template.pending ? { pending: true as const } : {}) }))
        .sort(byName),
    });
    const listed = <K extends string>(
      keys: readonly K[],
      has: (tool: (typeof tools)[number], key: K) => boolean,
    ): Partial<Record<K, readonly string[]>> | undefined => {
      const lists = keys.flatMap((key) => {
        const names = accepted.filter((tool) => has(tool, key)).map((tool) => tool.name);
        return names.length === 0 ? [] : [[key, names]];
      });
      return lists.length === 0 ? undefined : (Object.fromEntries(lists) as Partial<Record<K, readonly string[]>>);
    };
    return doc<ServerDoc>({
      kind: 'Server',
      name,
      environments: undefined,
      url: `https://${name}.acme.dev/mcp`,
      catalog: path,
      identities: { reader: { bearer: `${name}-reader` } },
      effects: listed(EFFECTS, (tool, effect) => tool.effect === effect),
      tags: listed(TAGS, (tool, tag) => tool.tags.includes(tag)),
      arguments: isOpen ? 'open' : undefined,
      uris: isOpaque ? 'opaque' : undefined,
    });
  }

  #gateway({ assignments, clients }: OrganisationSketch['gateways'][number], name: string): GatewayDoc {
    const servers: Record<string, AssignmentDoc> = {};
    const plain: Record<string, AssignmentDoc> = {};
    for (const { server, isShared, prefix, renames } of assignments) {
      const { name: of } = this.#servers[server % this.#servers.length] ?? { name: 'github' };
      const wanted =
        isShared && servers['shared'] === undefined ? 'shared' : servers[of] === undefined ? of : `${of}-2`;
      if (servers[wanted] !== undefined) continue;
      const [first] = this.#tools(of);
      const which = wanted === of ? {} : { server: of };
      plain[wanted] = which;
      servers[wanted] = {
        ...which,
        ...(prefix === undefined ? {} : { prefix }),
        ...(renames && first !== undefined ? { rename: { [first.name]: `renamed-${wanted}` } } : {}),
      };
    }
    const names = (of: Record<string, AssignmentDoc>): readonly string[] =>
      Object.entries(of).flatMap(([assignment, written]) => [
        // Resources of two assignments with one prefix could not be told apart.
        `${written.prefix ?? assignment}+`,
        ...this.#items(written.server ?? assignment).map(
          (item) => `${item.kind} ${exposedName(assignment, written, item.name)}`,
        ),
      ]);
    const filter =
      clients?.isOnly === true ? clients.clients.filter((client) => client !== 'shady') : (clients?.clients ?? []);
    const isUnique = new Set(names(servers)).size === names(servers).length;
    return doc<GatewayDoc>({
      kind: 'Gateway',
      name,
      environments: undefined,
      servers: isUnique ? servers : plain,
      clients: filter.length === 0 ? undefined : clients?.isOnly === true ? { only: filter } : { except: filter },
    });
  }

  /** The tools and prompts of a server. */
  #items(server: string): readonly Item[] {
    const found = this.#servers.find(({ name }) => name === server);
    const { tools, prompts } = this.#locks.get(`${server}.lock.json`) ?? { tools: [], prompts: [] };
    return [
      ...tools.map(({ name, pending, definition }): Item => ({
        kind: 'tool',
        name,
        pending: pending === true,
        effect: EFFECTS.find((effect) => found?.effects?.[effect]?.includes(name)) ?? null,
        tags: TAGS.filter((tag) => found?.tags?.[tag]?.includes(name)),
        schema: definition.inputSchema,
        isOpen: found?.arguments === 'open',
      })),
      ...prompts.map(({ name, pending, definition }): Item => ({
        kind: 'prompt',
        name,
        pending: pending === true,
        effect: 'read',
        tags: [],
        schema: promptSchema(definition.arguments),
        isOpen: false,
      })),
    ];
  }

  #tools(server: string): readonly Item[] {
    return this.#items(server).filter(({ kind }) => kind === 'tool');
  }

  /** The patterns that may be written about resources of these servers. */
  #writable(patterns: readonly string[], servers: readonly string[]): readonly string[] {
    const isOpaque = (name: string): boolean => this.#servers.find((one) => one.name === name)?.uris === 'opaque';
    const some = servers.some(isOpaque);
    const all = servers.every(isOpaque);
    return patterns.filter((pattern) => {
      if (some && pattern.includes('*') && pattern !== '**') return false;
      return all || pattern.startsWith('*') || isNormal(pattern);
    });
  }

  /** The servers that an assignment name may mean. */
  #meant(assignment: string): readonly string[] {
    const own = this.#servers.filter(({ name }) => name === assignment).map(({ name }) => name);
    const assigned = this.#gateways.flatMap(({ servers }) => {
      const written = servers[assignment];
      return written === undefined ? [] : [written.server ?? assignment];
    });
    return [...new Set([...own, ...assigned])];
  }

  #allowlist(entries: OrganisationSketch['allowlists'][number], at: number): AllowlistDoc | null {
    const names = [...new Set(this.#gateways.flatMap(({ servers }) => Object.keys(servers)))];
    const name = `list-${at}`;
    const robots = this.#sketch.grants.some((grant) => grant.robots.length > 0 && grant.allowlists.includes(at));
    const allow = entries.flatMap((entry): readonly EntryDoc[] => {
      const server = names[entry.assignment % names.length] ?? '';
      const servers = this.#meant(server);
      const accepted = servers.map((of) => this.#items(of).filter(({ pending }) => !pending));
      const meant = accepted.map((items) => items.filter(({ kind }) => kind === 'tool'));
      const prompts = (entry.prompts ?? []).filter((pattern) =>
        accepted.every((items) => items.some(({ kind, name: of }) => kind === 'prompt' && fits(pattern, of))),
      );
      const resources = this.#writable(entry.resources ?? [], servers);
      const keep = <T>(
        items: readonly T[],
        has: (tool: (typeof meant)[number][number], item: T) => boolean,
      ): readonly T[] => items.filter((item) => meant.every((tools) => tools.some((tool) => has(tool, item))));
      const selected = {
        tools: keep(entry.tools, (tool, pattern) => fits(pattern, tool.name)),
        effects: keep(entry.effects, (tool, effect) => tool.effect === effect),
        tags: keep(entry.tags, (tool, tag) => tool.tags.includes(tag)),
      }[entry.by];
      if (selected.length + prompts.length + resources.length === 0) return [];
      const groups = accepted.map((items) => [
        ...items.filter((item) =>
          item.kind === 'prompt'
            ? prompts.some((pattern) => fits(pattern, item.name))
            : selected.some((wanted) =>
                entry.by === 'tools'
                  ? fits(wanted, item.name)
                  : entry.by === 'effects'
                    ? item.effect === wanted
                    : item.tags.includes(wanted),
              ),
        ),
        ...(resources.length > 0 ? [RESOURCES] : []),
      ]);
      const reach = { groups, resources: resources.length > 0, robots };
      return [
        {
          server,
          ...(selected.length > 0 ? { [entry.by]: selected } : {}),
          ...(prompts.length > 0 ? { prompts } : {}),
          ...(resources.length > 0 ? { resources } : {}),
          ...(entry.when === undefined ? {} : { when: this.#written(entry.when, reach) }),
        },
      ];
    });
    return allow.length === 0 ? null : { kind: 'Allowlist', name, allow };
  }

  #grant(grant: OrganisationSketch['grants'][number], at: number, allowlists: ReadonlySet<string>): GrantDoc | null {
    const gateway = this.#gateways[grant.gateway % this.#gateways.length];
    if (gateway === undefined) return null;
    const teams = grant.teams.filter((team) => TEAMS.indexOf(team) < this.#sketch.teams.length);
    const robots = grant.robots.filter((robot) => ROBOTS.indexOf(robot) < this.#sketch.robots.length);
    const names = Object.keys(gateway.servers);
    const inline = grant.inline.flatMap(({ assignment, pattern }) => {
      const name = names[assignment % names.length] ?? '';
      const tools = this.#tools(gateway.servers[name]?.server ?? name);
      return tools.some((tool) => !tool.pending && fits(pattern, tool.name)) ? [`${name}/${pattern}`] : [];
    });
    const allow = [
      ...new Set([
        ...grant.allowlists.map((index) => `list-${index}`).filter((name) => allowlists.has(name)),
        ...inline,
      ]),
    ];
    if (allow.length === 0 || teams.length + robots.length === 0) return null;
    return doc<GrantDoc>({
      kind: 'Grant',
      // Names in another order than the documents.
      name: `grant-${(at * 3) % 7}`,
      environments: grant.environments,
      gateway: gateway.name,
      to: { ...(teams.length > 0 ? { teams } : {}), ...(robots.length > 0 ? { robots } : {}) },
      allow,
      expires: grant.expires,
    });
  }

  #guard(guard: OrganisationSketch['guards'][number], at: number): GuardDoc {
    const named = <T>(indices: readonly number[] | undefined, list: readonly T[]): readonly T[] | undefined =>
      indices === undefined ? undefined : [...new Set(indices.flatMap((index) => list[index % list.length] ?? []))];
    const servers = named(guard.servers, this.#servers)?.map(({ name }) => name);
    const scopeNames = servers ?? this.#servers.map(({ name }) => name);
    const items = scopeNames.flatMap((name) => this.#items(name)).filter(({ pending }) => !pending);
    const scope = items.filter(({ kind }) => kind === 'tool');
    const prompts = items.filter(({ kind }) => kind === 'prompt');
    const resources = this.#writable(guard.resources ?? [], scopeNames);
    const namedPrompts = (guard.prompts ?? []).filter((pattern) => prompts.some(({ name }) => fits(pattern, name)));
    const keep = <T>(
      items: readonly T[] | undefined,
      has: (tool: (typeof scope)[number], item: T) => boolean,
    ): readonly T[] | undefined => {
      const kept = items?.filter((item) => scope.some((tool) => has(tool, item)));
      return kept === undefined || kept.length === 0 ? undefined : kept;
    };
    const teams = guard.who?.teams;
    const match = Object.fromEntries(
      Object.entries({
        gateways: named(guard.gateways, this.#gateways)?.map(({ name }) => name),
        servers,
        tools: keep(guard.tools, (tool, pattern) => fits(pattern, tool.name)),
        effects: keep(guard.effects, (tool, effect) => tool.effect === effect),
        tags: keep(guard.tags, (tool, tag) => tool.tags.includes(tag)),
        prompts: namedPrompts.length > 0 ? namedPrompts : undefined,
        resources: resources.length > 0 ? resources : undefined,
        kinds: guard.kinds,
        teams,
        robots: guard.who?.robots,
        clients: guard.clients,
      }).filter(([, value]) => value !== undefined),
    ) as MatchDoc;
    const namesTools = match.tools !== undefined || match.tags !== undefined;
    const namesOthers = match.prompts !== undefined || match.resources !== undefined;
    const reads = match.effects?.includes('read') ?? true;
    const tools = scope.filter(
      (tool) =>
        (namesTools || match.effects !== undefined || !namesOthers) &&
        (match.tools?.some((pattern) => fits(pattern, tool.name)) ?? true) &&
        (match.effects?.some((effect) => tool.effect === effect) ?? true) &&
        (match.tags?.some((tag) => tool.tags.includes(tag)) ?? true),
    );
    const reachedPrompts = prompts.filter(
      ({ name }) =>
        match.prompts?.some((pattern) => fits(pattern, name)) === true ||
        (!namesTools && reads && (match.effects !== undefined || !namesOthers)),
    );
    const reachesResources = match.resources !== undefined || (!namesTools && match.prompts === undefined && reads);
    const reach: Reach = {
      groups: [[...tools, ...reachedPrompts, ...(reachesResources ? [RESOURCES] : [])]],
      resources: reachesResources,
      robots: (match.kinds?.includes('robot') ?? true) && teams === undefined,
    };
    const condition = this.#written(guard.condition, reach);
    return doc<GuardDoc>({
      kind: 'Guard',
      name: `guard-${(at * 2) % 3}`,
      environments: guard.environments,
      match: Object.keys(match).length === 0 ? 'everything' : match,
      when: guard.isUnless ? undefined : condition,
      unless: guard.isUnless ? condition : undefined,
      message: guard.message,
      hide: guard.hide,
      mode: guard.mode,
    });
  }

  #written(sketch: Sketch, reach: Reach): string {
    const condition = conditionFor(sketch, reach);
    const text = writeExpression(condition);
    this.#conditions.set(text, condition);
    return text;
  }
}

function schemaOf(declared: OrganisationSketch['servers'][number]['tools'][number]['declared']): Schema {
  const names = [...new Set(declared.map(({ name }) => name))];
  const required = names.filter((name) => declared.find((each) => each.name === name)?.required === true);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, ARGUMENTS[name]])),
    ...(required.length > 0 ? { required } : {}),
  };
}

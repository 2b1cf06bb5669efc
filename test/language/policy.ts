import { parseAllDocuments } from 'yaml';
import { compile } from '../../compiler/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { Decision, ResourceDecision } from '../../dataplane/decide/index.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { Catalog } from '../../schemas/types/catalog.ts';
import { acceptedLock, definition } from '../compiler/catalog/locks.ts';
import { writeLock } from '../../compiler/catalog/write-lock.ts';
import { Shipped } from '../reference/engine.ts';
import type { Connection } from '../reference/interpreter.ts';

/** The organisation that the rules are tried on. Documents of a test replace those of the same kind and name, or add to them. */
const BASE = `
kind: Workspace
name: acme
language: 1
url: https://mcp.acme.dev
environments: [staging, production]
issuers:
  corp:
    url: https://idp.acme.dev
    for: people
    audience: https://mcp.acme.dev
    id: sub
    email: { claim: email, domains: [acme.dev] }
    groups: groups
    claims: { mfa: { from: amr, contains: mfa }, tier: tier, level: level }
  ci: { url: https://ci.acme.dev, for: robots, audience: https://mcp.acme.dev }
claims: { mfa: bool, tier: "string?", level: int }
---
{ kind: Role, name: admin, capabilities: [use-all-gateways], members: { users: [root@acme.dev] } }
---
{ kind: Team, name: payments, members: { groups: [pay] } }
---
{ kind: Team, name: platform, members: { groups: [plat] } }
---
{ kind: Robot, name: bot, owner: payments, signIn: { issuer: ci, match: { sub: bot } }, expires: 2027-03-31 }
---
{ kind: Client, name: code, ids: ["https://apps.dev/code"] }
---
{ kind: Client, name: shady, names: [shady], selfReported: true }
---
kind: Server
name: github
url: https://github.acme.dev/mcp
catalog: github.lock.json
identities: { reader: { bearer: github-reader } }
effects: { read: [get_issue, list_issues], write: [create_issue], destructive: [delete_repo] }
tags: { egress: [create_issue] }
---
kind: Server
name: docs
url: https://docs.acme.dev/mcp
catalog: docs.lock.json
identities: { reader: { bearer: docs-reader } }
effects: { read: [search] }
---
kind: Gateway
name: desk
servers: { github: {}, github-bot: { server: github, prefix: ghbot }, docs: {} }
---
kind: Gateway
name: lab
servers: { docs: {} }
`;

const tool = (name: string, properties: object, required: readonly string[] = []): string =>
  JSON.stringify({ name, inputSchema: { type: 'object', properties, required } });

const LOCKS = {
  github: [
    definition(
      'tool',
      tool(
        'create_issue',
        { title: { type: 'string' }, labels: { type: 'array', items: { type: 'string' } }, n: { type: 'integer' } },
        ['title'],
      ),
    ),
    definition(
      'tool',
      tool('delete_repo', { 'repo-name': { type: 'string' }, force: { type: 'boolean' } }, ['repo-name']),
    ),
    definition(
      'tool',
      tool('get_issue', { n: { type: 'integer' }, state: { type: 'string', enum: ['open', 'closed'] } }, ['n']),
    ),
    definition(
      'tool',
      tool('list_issues', { who: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] } }),
    ),
    definition('tool', tool('merge', { n: { type: 'integer' }, strategy: { type: 'string' } }, ['n'])),
    definition('prompt', '{"name":"triage","arguments":[{"name":"topic","required":true}]}'),
    definition('template', '{"name":"readme","uriTemplate":"repo://acme/{name}/readme"}'),
  ],
  docs: [definition('tool', tool('search', { query: { type: 'string' } }, ['query']))],
} as const;

/** Nobody has reviewed these. */
const PENDING: ReadonlySet<string> = new Set(['merge']);

export const NOON = Date.parse('2026-11-20T12:00:00Z');

/** Ana of payments with a second factor, Pat of platform without, Root by role alone, nobody in particular, a robot. */
export const WHO = {
  ana: person({ sub: 'ana', groups: ['pay'], amr: ['mfa'], level: 3 }),
  pat: person({ sub: 'pat', groups: ['plat'], amr: ['pwd'] }),
  root: person({ sub: 'root', email: 'root@acme.dev', groups: [], amr: ['mfa'] }),
  eve: person({ sub: 'eve', groups: [] }),
  bot: { credential: { robot: 'bot' }, clientName: '' },
} as const satisfies Record<string, Connection>;

function person(claims: Readonly<Record<string, unknown>>): Connection {
  return { credential: { token: { issuer: 'corp', ...claims } }, clientName: '' };
}

/** The same person with an app. */
export function using(who: Connection, app: { readonly id?: string; readonly name?: string }): Connection {
  const { credential } = who;
  if ('robot' in credential) return { ...who, clientName: app.name ?? '' };
  const azp = app.id === undefined ? {} : { azp: app.id };
  return { credential: { token: { ...credential.token, ...azp } }, clientName: app.name ?? '' };
}

/** What came of compiling: a policy to ask, or diagnostics. */
export class Tried {
  readonly diagnostics: readonly Diagnostic[];
  readonly tables: { readonly policy: Policy; readonly catalog: Catalog } | null;
  readonly #shipped: Shipped | null;

  constructor(yaml: string, environment: string) {
    const { compiled, diagnostics } = compile({
      files: filesOf(yaml),
      locks: Object.entries(LOCKS).map(([server, definitions]) => {
        const lock = acceptedLock(...definitions);
        const reviewed = lock.definitions.map((each) => ({ ...each, pending: PENDING.has(each.name) }));
        return { path: `${server}.lock.json`, text: writeLock({ ...lock, server, definitions: reviewed }) };
      }),
      environment,
      source: { commit: null, dirty: false },
      compilerVersion: '0.0.0',
    });
    this.diagnostics = diagnostics;
    this.tables = compiled;
    this.#shipped = compiled === null ? null : new Shipped(compiled.bundle());
  }

  /** Codes of all errors, in order. */
  errors(): readonly string[] {
    return this.diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  }

  digest(): string {
    return this.#engine().policyDigest;
  }

  sees(who: Connection, gateway = 'desk', now = NOON): readonly string[] {
    const caller = this.#engine().caller(who);
    return caller === null ? ['the token is refused'] : this.#engine().sees(caller, gateway, now);
  }

  decide(who: Connection, name: string, args: unknown = {}, now = NOON, gateway = 'desk'): Decision {
    const caller = this.#engine().caller(who);
    if (caller === null) throw new Error('the token is refused');
    const text = typeof args === 'string' ? args : JSON.stringify(args);
    return this.#engine().decide(caller, gateway, { kind: 'tool', name, args: text }, now);
  }

  /** The reason of a decision; `args` may be JSON text. */
  why(who: Connection, name: string, args: unknown = {}, now = NOON, gateway = 'desk'): string {
    return this.decide(who, name, args, now, gateway).reason;
  }

  /** The names of prompts, or of resource templates, that a list shows. */
  seesOther(who: Connection, kind: 'prompt' | 'template', gateway = 'desk', now = NOON): readonly string[] {
    const caller = this.#engine().caller(who);
    return caller === null ? ['the token is refused'] : this.#engine().sees(caller, gateway, now, kind);
  }

  prompt(who: Connection, name: string, args: unknown = {}, now = NOON, gateway = 'desk'): Decision {
    const caller = this.#engine().caller(who);
    if (caller === null) throw new Error('the token is refused');
    return this.#engine().decide(caller, gateway, { kind: 'prompt', name, args: JSON.stringify(args) }, now);
  }

  /** Reading a resource, by the URI that the gateway shows. */
  read(who: Connection, uri: string, gateway = 'desk', now = NOON): ResourceDecision {
    const caller = this.#engine().caller(who);
    if (caller === null) throw new Error('the token is refused');
    return this.#engine().read(caller, gateway, uri, now);
  }

  /** What becomes of it: a reason, or that the URI is `not-normal`; and where it is read: "granted: github repo://x". */
  reading(who: Connection, uri: string, gateway = 'desk', now = NOON): string {
    const { decision, target, problem } = this.read(who, uri, gateway, now);
    const where = target === null ? '' : `: ${target.assignment.name} ${target.uri}`;
    return (problem === 'not-normal' ? problem : decision.reason) + where;
  }

  /** Whether a list of resources shows it, by the server's own URI. */
  seesResource(who: Connection, assignment: string, uri: string, gateway = 'desk', now = NOON): boolean {
    const caller = this.#engine().caller(who);
    return caller !== null && this.#engine().seesResource(caller, gateway, assignment, uri, now);
  }

  /** The URI under which a gateway shows a resource of an assignment. */
  uriOf(assignment: string, uri: string, gateway = 'desk'): string {
    return this.#engine().nameOfResource(gateway, assignment, uri);
  }

  nameOf(rule: number): string | null {
    return this.#engine().nameOf(rule);
  }

  /** The rule that is reported, as `Kind/name`. */
  ruleFor(who: Connection, name: string, args: unknown = {}): string | null {
    return this.#engine().nameOf(this.decide(who, name, args).rule);
  }

  #engine(): Shipped {
    if (this.#shipped !== null) return this.#shipped;
    throw new Error(
      `it does not compile: ${this.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('; ')}`,
    );
  }
}

/** The base with these documents. */
export function policy(yaml: string, environment = 'production'): Tried {
  return new Tried(yaml, environment);
}

function filesOf(yaml: string): readonly { readonly path: string; readonly text: string }[] {
  const own = split(yaml);
  const names = new Set(own.map(nameOf));
  const base = split(BASE).filter((text) => !names.has(nameOf(text)));
  return [...base, ...own].map((text, at) => ({ path: `document-${at}.yaml`, text }));
}

const split = (yaml: string): readonly string[] => yaml.split(/^---$/m).filter((text) => text.trim() !== '');

function nameOf(text: string): string {
  const value: unknown = parseAllDocuments(text)[0]?.toJS();
  const { kind, name } = value as { kind: string; name: string };
  return `${kind}/${name}`;
}

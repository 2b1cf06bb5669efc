import { compile } from '../../compiler/index.ts';
import type { Diagnostic, SourceFile } from '../../compiler/diagnostics/diagnostic.ts';
import { decodeBundle } from '../../dataplane/bundle/decode.ts';
import { buildSnapshot, type Snapshot } from '../../dataplane/bundle/load.ts';
import type { VerifiedBundle } from '../../dataplane/bundle/verify.ts';
import {
  argumentsReader,
  Call,
  decide,
  decidePrompt,
  decideResource,
  exposeUri,
  resolvePerson,
  resourceVisible,
  viewOf,
  visible,
  type Caller,
  type Decision,
  type GatewayEngine,
  type ListedKind,
  type ResourceDecision,
} from '../../dataplane/decide/index.ts';
import { readManifest } from '../../dataplane/format/manifest.ts';
import { readTar } from '../../dataplane/format/ustar.ts';
import { readPrincipal } from '../../dataplane/identity/claims.ts';
import { checkArguments } from '../../dataplane/mcp/arguments.ts';
import type { Asked, Connection } from './interpreter.ts';

export interface Policies {
  readonly files: readonly SourceFile[];
  readonly locks: readonly SourceFile[];
  readonly environment: string;
}

/** A bundle as it is shipped, and the engine that a proxy makes of it. */
export class Shipped {
  readonly tar: Buffer;
  readonly policyDigest: string;
  readonly #snapshot: Snapshot;

  constructor({ tar, policyDigest }: { readonly tar: Buffer; readonly policyDigest: string }) {
    this.tar = tar;
    this.policyDigest = policyDigest;
    this.#snapshot = load(tar);
  }

  /** The caller that the proxy makes of a token that it has verified, or of a robot; null when it refuses the token. */
  caller({ credential, clientName }: Connection): Caller | null {
    const { policy } = this.#snapshot.bundle;
    const common = { clientName, clientId: '', email: '', claims: new Map() };
    if ('robot' in credential) {
      const at = policy.subjects.findIndex(({ kind, name }) => kind === 'robot' && name === credential.robot);
      return at === -1 ? null : { ...common, kind: 'robot', subjects: [at], id: credential.robot };
    }
    const { issuer: name, ...claims } = credential.token;
    const issuer = policy.issuers.findIndex((candidate) => candidate.name === name);
    const read = readPrincipal(policy, issuer, claims);
    if (!read.ok || read.principal.kind === 'robot') return null;
    const person = read.principal;
    return {
      kind: 'person',
      subjects: resolvePerson(policy, person),
      clientId: person.clientId,
      clientName,
      id: `${name}:${person.id}`,
      email: person.email ?? '',
      claims: person.claims,
    };
  }

  gateways(): readonly string[] {
    return this.#snapshot.bundle.policy.gateways.map(({ name }) => name);
  }

  assignments(gateway: string): readonly string[] {
    return this.#gateway(gateway).gateway.assignments.map(({ name }) => name);
  }

  sees(caller: Caller, gateway: string, now: number, kind: ListedKind = 'tool'): readonly string[] {
    const engine = this.#gateway(gateway);
    return visible(viewOf(engine, caller), new Call(caller, now, null), kind).slots.map(({ exposed }) => exposed);
  }

  /** The templates that a list shows, each with its assignment and as its server has it. */
  seesTemplates(caller: Caller, gateway: string, now: number): readonly string[] {
    const { definitions } = this.#snapshot.bundle.catalog;
    const { slots } = visible(viewOf(this.#gateway(gateway), caller), new Call(caller, now, null), 'template');
    return slots.map(({ assignment, definition }) => `${assignment.name} ${definitions[definition]?.name}`);
  }

  /** The decision, after the checks of arguments that the proxy makes of every call that is allowed. */
  decide(caller: Caller, gateway: string, { kind, name, args }: Asked, now: number): Decision {
    const engine = this.#gateway(gateway);
    const body = Buffer.from(args);
    const span = args === '' ? null : { start: 0, end: body.length };
    const call = new Call(caller, now, argumentsReader(body, span));
    const decision = (kind === 'tool' ? decide : decidePrompt)(viewOf(engine, caller), name, call);
    const definition = this.#snapshot.bundle.catalog.definitions[decision.slot?.definition ?? -1];
    if (!decision.allow || span === null || checkArguments(body, span, definition?.keys ?? null) === null)
      return decision;
    return { ...decision, allow: false, reason: 'arguments' };
  }

  /** Reading a resource, by the URI that the caller uses. */
  read(caller: Caller, gateway: string, uri: string, now: number): ResourceDecision {
    const engine = this.#gateway(gateway);
    return decideResource(viewOf(engine, caller), uri, new Call(caller, now, argumentsReader(Buffer.alloc(0), null)));
  }

  /** Whether a list shows a resource of an assignment. */
  seesResource(caller: Caller, gateway: string, assignment: string, uri: string, now: number): boolean {
    const engine = this.#gateway(gateway);
    const found = engine.gateway.assignments.find(({ name }) => name === assignment);
    return found !== undefined && resourceVisible(viewOf(engine, caller), found, uri, new Call(caller, now, null));
  }

  /** The URI under which a gateway shows a resource of an assignment. */
  nameOfResource(gateway: string, assignment: string, uri: string): string {
    const engine = this.#gateway(gateway);
    const found = engine.gateway.assignments.find(({ name }) => name === assignment);
    if (found === undefined) throw new Error(`no assignment ${assignment}`);
    return exposeUri(engine, found, uri);
  }

  #gateway(name: string): GatewayEngine {
    const engine = this.#snapshot.engine.gateway(name);
    if (engine === null) throw new Error(`no gateway ${name}`);
    return engine;
  }

  /** `Kind/name`; null for an absence. */
  nameOf(rule: number): string | null {
    return this.#snapshot.bundle.ruleAt(rule)?.name ?? null;
  }
}

export type ShipResult =
  | { readonly shipped: Shipped; readonly diagnostics: readonly Diagnostic[] }
  | { readonly shipped: null; readonly diagnostics: readonly Diagnostic[] };

/** Compiles, and loads what was compiled from its bytes. */
export function ship({ files, locks, environment }: Policies): ShipResult {
  const { compiled, diagnostics } = compile({
    files,
    locks,
    environment,
    source: { commit: null, dirty: false },
    compilerVersion: '0.0.0',
  });
  return { shipped: compiled === null ? null : new Shipped(compiled.bundle()), diagnostics };
}

/** All of loading but the signature, which these tests have none of. */
function load(tar: Buffer): Snapshot {
  const read = readTar(tar);
  if (!read.ok) throw new Error(read.reason);
  const blobs = Object.fromEntries(read.entries.map(({ path, bytes }) => [path, bytes]));
  const manifest = readManifest(blobs['manifest.json'] ?? Buffer.alloc(0));
  if (!manifest.ok) throw new Error(manifest.message);
  const verified = { id: '', manifest: manifest.value, signedBy: [], blobs } as unknown as VerifiedBundle;
  const decoded = decodeBundle(verified);
  if (!decoded.ok) throw new Error(`${decoded.code}: ${decoded.message}`);
  const built = buildSnapshot(decoded.bundle);
  if (!built.ok) throw new Error(`${built.code}: ${built.message}`);
  return built.snapshot;
}

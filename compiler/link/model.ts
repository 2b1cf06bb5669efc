import type { Definition } from '../../schemas/types/catalog.ts';
import type {
  Allowlist,
  Client,
  Gateway,
  Grant,
  Guard,
  Invariant,
  Limit,
  RedactionRule,
  Robot,
  Role,
  Server,
  Team,
  TestSuite,
  Workspace,
} from '../../schemas/types/documents.ts';
import type { SourceFile, Span } from '../diagnostics/diagnostic.ts';
import type { CompiledCondition } from '../cel/index.ts';
import type { Document, Path } from '../source/document.ts';
import type { CatalogLock } from '../catalog/lock.ts';
import type { AssignmentUris } from './uri-owners.ts';

/** What `link` makes of the documents: names are references, selectors are exact definitions. `lower` turns it into tables. */
export interface LinkedPolicy {
  readonly workspace: Document<Workspace>;
  readonly environment: string;
  /** Those with a document that applies. */
  readonly files: readonly SourceFile[];
  readonly teams: readonly Document<Team>[];
  readonly robots: readonly LinkedRobot[];
  readonly roles: readonly Document<Role>[];
  readonly clients: readonly Document<Client>[];
  readonly servers: readonly LinkedServer[];
  readonly gateways: readonly LinkedGateway[];
  readonly uris: ReadonlyMap<LinkedAssignment, AssignmentUris>;
  readonly allowlists: readonly LinkedAllowlist[];
  /** By gateway, then by name. */
  readonly grants: readonly LinkedGrant[];
  /** The same by gateway. A list is the very same for as long as what is in it is. */
  readonly ownGrants: ReadonlyMap<LinkedGateway, readonly LinkedGrant[]>;
  readonly content: readonly LinkedContentRule[];
  readonly guards: readonly LinkedGuard[];
  readonly limits: readonly LinkedLimit[];
  /** Not part of a bundle: proved when it is made. */
  readonly invariants: readonly LinkedInvariant[];
  /** Not part of a bundle: `mcpgw test` runs them. */
  readonly suites: readonly Document<TestSuite>[];
}

export interface LinkedRobot {
  readonly document: Document<Robot>;
  readonly owner: Document<Team>;
}

export interface LinkedServer {
  readonly document: Document<Server>;
  readonly lock: CatalogLock;
  /** Sorted by kind, then name. */
  readonly definitions: readonly LinkedDefinition[];
}

/** A tool, prompt or resource template of one server; its identity is the object. */
export interface LinkedDefinition {
  readonly server: LinkedServer;
  readonly definition: Omit<Definition, 'server'>;
}

export interface LinkedAssignment {
  readonly name: string;
  readonly server: LinkedServer;
  /** Index into the server's identities. */
  readonly identity: number;
  readonly prefix: string;
  readonly rename: Readonly<Record<string, string>>;
  /** What the server may ask of the client. Sorted. */
  readonly asks: readonly ('form' | 'roots' | 'sampling' | 'url')[];
  /** Hosts that questions of the sort `url` may send a person to. Sorted. */
  readonly urlHosts: readonly string[];
  readonly span: Span;
}

export interface LinkedGateway {
  readonly document: Document<Gateway>;
  readonly assignments: ReadonlyMap<string, LinkedAssignment>;
  readonly clients: { readonly mode: 'only' | 'except'; readonly clients: readonly Document<Client>[] } | null;
}

/** What of one assignment; holds in gateways whose assignment of that name is of that server. */
export interface LinkedEntry {
  readonly assignment: string;
  readonly server: LinkedServer;
  readonly tools: readonly LinkedDefinition[];
  readonly prompts: readonly LinkedDefinition[];
  readonly resources: readonly string[];
  /** Templates of which some URI is among the resources: they are listed for whoever has the entry. */
  readonly templates: readonly LinkedDefinition[];
  /** Null = unconditional. */
  readonly when: LinkedCondition | null;
  readonly span: Span;
}

export interface LinkedAllowlist {
  readonly document: Document<Allowlist>;
  readonly entries: readonly LinkedEntry[];
}

export interface LinkedGrant {
  readonly document: Document<Grant>;
  readonly gateway: LinkedGateway;
  readonly teams: readonly Document<Team>[];
  readonly robots: readonly LinkedRobot[];
  readonly allowlists: readonly LinkedAllowlist[];
  readonly entries: readonly LinkedEntry[];
  /** Unix milliseconds; 0 = never. */
  readonly expires: number;
}

/** Keys are ANDed, values of a key ORed; null = any. */
export interface LinkedMatch {
  readonly gateways: readonly LinkedGateway[] | null;
  readonly servers: readonly LinkedServer[] | null;
  readonly definitions: readonly LinkedDefinition[] | null;
  readonly resources: 'any' | 'none' | readonly string[];
  readonly kinds: readonly ('person' | 'robot')[] | null;
  readonly teams: readonly Document<Team>[] | null;
  readonly robots: readonly LinkedRobot[] | null;
  readonly clients: readonly Document<Client>[] | null;
}

export interface LinkedContentRule {
  readonly document: Document<RedactionRule>;
  readonly match: LinkedMatch;
}

/** A condition as written once, and as it is typed for everything it reaches. */
export interface LinkedCondition {
  readonly document: Document;
  readonly path: Path;
  /** Null = it is the same in every gateway; otherwise `rows` is parallel. */
  readonly gateways: readonly LinkedGateway[] | null;
  readonly rows: readonly LinkedConditionRow[];
}

export interface LinkedConditionRow {
  readonly byDefinition: ReadonlyMap<LinkedDefinition, CompiledCondition>;
  /** What it is for resources; null when it reaches none. */
  readonly resources: CompiledCondition | null;
}

/** Anything but a clear pass denies. */
export interface LinkedGuard {
  readonly document: Document<Guard>;
  readonly match: LinkedMatch;
  /** Null when it has errors, which have been reported. */
  readonly condition: LinkedCondition | null;
  /** `when` denies if true, `unless` denies if not. */
  readonly denyIf: boolean;
  readonly message: string | null;
  readonly hide: boolean;
  readonly mode: 'enforce' | 'alert';
}

export interface LinkedLimit {
  readonly document: Document<Limit>;
  readonly match: LinkedMatch;
  readonly calls: { readonly count: number; readonly windowMs: number } | null;
  /** 0 = any number. */
  readonly concurrent: number;
  readonly per: Limit['per'];
}

/** `never` is at most 0. */
export interface LinkedInvariant {
  readonly document: Document<Invariant>;
  readonly match: LinkedMatch;
  readonly subjectsMax: number;
  /** `team/…`, `robot/…`, `role/…`. */
  readonly except: ReadonlySet<string>;
}

import type { Definition } from '../../schemas/types/catalog.ts';
import type {
  Allowlist,
  Client,
  Gateway,
  Grant,
  RedactionRule,
  Robot,
  Role,
  Server,
  Team,
  TestSuite,
  Workspace,
} from '../../schemas/types/documents.ts';
import type { Span } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { CatalogLock } from '../catalog/lock.ts';

/** What `link` makes of the documents: names are references, selectors are exact definitions. `lower` turns it into tables. */
export interface LinkedPolicy {
  readonly workspace: Document<Workspace>;
  readonly environment: string;
  readonly teams: readonly Document<Team>[];
  readonly robots: readonly LinkedRobot[];
  readonly roles: readonly Document<Role>[];
  readonly clients: readonly Document<Client>[];
  readonly servers: readonly LinkedServer[];
  readonly gateways: readonly LinkedGateway[];
  readonly allowlists: readonly LinkedAllowlist[];
  readonly grants: readonly LinkedGrant[];
  readonly content: readonly LinkedContentRule[];
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

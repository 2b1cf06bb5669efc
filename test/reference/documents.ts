import type { Schema } from './arguments.ts';

/** Policy documents as YAML gives them: what the reference reads, and what the generator writes. */
export type Doc =
  WorkspaceDoc | TeamDoc | RoleDoc | RobotDoc | ClientDoc | ServerDoc | AllowlistDoc | GatewayDoc | GrantDoc | GuardDoc;

interface Named {
  readonly name: string;
  readonly environments?: readonly string[];
}
export type Effect = 'read' | 'write' | 'destructive';

export interface WorkspaceDoc extends Named {
  readonly kind: 'Workspace';
  readonly language: 1;
  readonly url: string;
  readonly environments: readonly string[];
  readonly issuers: Readonly<Record<string, IssuerDoc>>;
  readonly claims?: Readonly<Record<string, string>>;
  readonly defaults?: { readonly role?: string };
}
interface IssuerDoc {
  readonly url: string;
  readonly for: 'people' | 'robots';
  readonly audience: string;
  readonly id?: 'sub' | 'oid';
  readonly email?: { readonly claim: string; readonly domains: readonly string[] };
  readonly groups?: string;
  readonly claims?: Readonly<Record<string, string | { readonly from: string; readonly contains?: string }>>;
}
export interface TeamDoc extends Named {
  readonly kind: 'Team';
  readonly members: { readonly groups?: readonly string[]; readonly users?: readonly string[] };
  readonly disabled?: true | { readonly message: string };
}
export interface RoleDoc extends Named {
  readonly kind: 'Role';
  readonly capabilities: readonly string[];
  readonly members?: { readonly users: readonly string[] };
}
export interface RobotDoc extends Named {
  readonly kind: 'Robot';
  readonly owner: string;
  readonly signIn: { readonly issuer: string; readonly match: Readonly<Record<string, string>> };
  readonly expires: string;
}
export interface ClientDoc extends Named {
  readonly kind: 'Client';
  readonly ids?: readonly string[];
  readonly names?: readonly string[];
  readonly selfReported?: true;
}
export interface ServerDoc extends Named {
  readonly kind: 'Server';
  readonly url: string;
  readonly catalog: string;
  readonly identities: Readonly<Record<string, { readonly bearer: string }>>;
  readonly effects?: { readonly [E in Effect]?: readonly string[] };
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly arguments?: 'open';
  readonly uris?: 'opaque';
}
export interface EntryDoc {
  readonly server: string;
  readonly tools?: readonly string[];
  readonly effects?: readonly Effect[];
  readonly tags?: readonly string[];
  readonly prompts?: readonly string[];
  readonly resources?: readonly string[];
  readonly when?: string;
}
export interface AllowlistDoc extends Named {
  readonly kind: 'Allowlist';
  readonly allow: readonly EntryDoc[];
}
export interface AssignmentDoc {
  readonly server?: string;
  readonly prefix?: string;
  readonly rename?: Readonly<Record<string, string>>;
}
export interface GatewayDoc extends Named {
  readonly kind: 'Gateway';
  readonly servers: Readonly<Record<string, AssignmentDoc>>;
  readonly clients?: { readonly only: readonly string[] } | { readonly except: readonly string[] };
}
export interface GrantDoc extends Named {
  readonly kind: 'Grant';
  readonly gateway: string;
  readonly to: { readonly teams?: readonly string[]; readonly robots?: readonly string[] };
  readonly allow: readonly string[];
  readonly expires?: string;
}
export interface MatchDoc {
  readonly gateways?: readonly string[];
  readonly servers?: readonly string[];
  readonly tools?: readonly string[];
  readonly effects?: readonly Effect[];
  readonly tags?: readonly string[];
  readonly prompts?: readonly string[];
  readonly resources?: readonly string[];
  readonly kinds?: readonly ('person' | 'robot')[];
  readonly teams?: readonly string[];
  readonly robots?: readonly string[];
  readonly clients?: readonly string[];
}
export interface GuardDoc extends Named {
  readonly kind: 'Guard';
  readonly match: MatchDoc | 'everything';
  readonly when?: string;
  readonly unless?: string;
  readonly message?: string;
  readonly hide?: true;
  readonly mode?: 'enforce' | 'alert';
}

/** A lock file, as far as decisions need it. */
export interface LockDoc {
  readonly server: string;
  readonly tools: readonly LockedTool[];
  readonly prompts: readonly LockedPrompt[];
  readonly templates: readonly LockedTemplate[];
}
interface LockedTool {
  readonly name: string;
  readonly pending?: true;
  readonly definition: { readonly inputSchema: Schema };
}
interface LockedPrompt {
  readonly name: string;
  readonly pending?: true;
  readonly definition: { readonly arguments: readonly { readonly name: string; readonly required?: true }[] };
}
interface LockedTemplate {
  /** The URI template. */
  readonly name: string;
  readonly pending?: true;
}

import type {
  Allowlist,
  Assignment,
  BearerAuth,
  CallRate,
  ClaimSource,
  ClaimType,
  Client,
  ClientAuth,
  ClientFilter,
  DefinitionProjection,
  EmailClaim,
  Entry,
  ExchangeAuth,
  Form,
  FormRow,
  Gateway,
  Grant,
  GroupName,
  GroupsClaim,
  Guard,
  HeadersAuth,
  Issuer,
  Limit,
  NoAuth,
  Policy,
  RobotKey,
  RobotSubject,
  RoleSubject,
  Server,
  SignIn,
  StdioTarget,
  Subject,
  Target,
  TeamSubject,
  UpstreamAuth,
  UpstreamIdentity,
  UrlTarget,
} from '../../../schemas/types/policy.ts';
import { PROJECTION } from '../../cel/decode-projection.ts';
import { DIGEST } from '../../format/pointer.ts';
import { SERVER_TIMEOUT_SECONDS_MAX } from '../../limits.ts';
import {
  boolean,
  integer,
  keyed,
  list,
  literal,
  nullable,
  object,
  record,
  tagged,
  text,
  type Shape,
} from '../../format/shape.ts';
import { condition } from './condition-shape.ts';
import { contentRule } from './content-shape.ts';
import { index, match, rule } from './match-shape.ts';

const unixMs = integer(0);

const issuer: Shape<Issuer> = object<Issuer>({
  name: text(),
  url: text(),
  for: literal('people', 'robots'),
  audience: list(text()),
  id: text(),
  email: nullable(object<EmailClaim>({ claim: text(), domains: list(text()) })),
  groups: nullable(object<GroupsClaim>({ claim: text(), optional: boolean() })),
  claims: list(object<ClaimSource>({ name: text(), from: text(), contains: nullable(text()) })),
});

const subject: Shape<Subject> = tagged<Subject>('kind', {
  team: object<TeamSubject>({
    kind: literal('team'),
    name: text(),
    groups: list(object<GroupName>({ issuer: index, name: text() })),
    users: list(text()),
    disabled: nullable(text()),
  }),
  robot: object<RobotSubject>({
    kind: literal('robot'),
    name: text(),
    owner: index,
    expires: unixMs,
    keys: list(object<RobotKey>({ id: text(), sha256: text(DIGEST), expires: unixMs })),
    signIn: nullable(object<SignIn>({ issuer: index, match: record(text()) })),
  }),
  role: object<RoleSubject>({
    kind: literal('role'),
    name: text(),
    isDefault: boolean(),
    users: list(text()),
    capabilities: list(literal('use-all-gateways', 'view-status')),
  }),
});

const target: Shape<Target> = keyed<Target>({
  url: object<UrlTarget>({ url: text() }),
  stdio: object<StdioTarget>({ stdio: text() }),
});

const tokenRequest = {
  tokenUrl: text(),
  id: text(),
  secret: text(),
  auth: literal('basic', 'post'),
  audience: nullable(text()),
  resource: nullable(text()),
  scopes: list(text()),
};

const upstreamAuth: Shape<UpstreamAuth> = tagged<UpstreamAuth>('kind', {
  none: object<NoAuth>({ kind: literal('none') }),
  bearer: object<BearerAuth>({ kind: literal('bearer'), secret: text() }),
  headers: object<HeadersAuth>({ kind: literal('headers'), headers: record(text()) }),
  client: object<ClientAuth>({ kind: literal('client'), ...tokenRequest }),
  exchange: object<ExchangeAuth>({ kind: literal('exchange'), ...tokenRequest }),
});

const server: Shape<Server> = object<Server>({
  name: text(),
  target,
  identities: list(object<UpstreamIdentity>({ name: text(), auth: upstreamAuth })),
  openArguments: boolean(),
  opaqueUris: boolean(),
  strictDrift: boolean(),
  timeoutSeconds: nullable(integer(1, SERVER_TIMEOUT_SECONDS_MAX)),
});

const entry: Shape<Entry> = object<Entry>({
  rule,
  assignment: text(),
  server: index,
  tools: index,
  prompts: index,
  resources: index,
  templates: index,
  when: index,
});

const gateway: Shape<Gateway> = object<Gateway>({
  rule,
  name: text(),
  assignments: list(
    object<Assignment>({
      rule,
      name: text(),
      server: index,
      identity: integer(0),
      prefix: text(),
      rename: record(text()),
      asks: list(literal('form', 'roots', 'sampling', 'url')),
      urlHosts: list(text()),
      ownUris: boolean(),
      uris: index,
    }),
  ),
  clients: nullable(object<ClientFilter>({ mode: literal('only', 'except'), clients: list(index) })),
  staleMode: literal('serve', 'read-only', 'closed'),
});

const form: Shape<Form> = object<Form>({
  gateways: nullable(list(index)),
  rows: list(object<FormRow>({ definitions: index, conditions: list(index), resources: index })),
});

const guard: Shape<Guard> = object<Guard>({
  rule,
  name: text(),
  match,
  form: integer(0),
  denyIf: boolean(),
  message: nullable(text()),
  hide: boolean(),
  mode: literal('enforce', 'alert'),
});

const limit: Shape<Limit> = object<Limit>({
  rule,
  name: text(),
  match,
  calls: nullable(object<CallRate>({ count: integer(1), windowMs: integer(1) })),
  concurrent: integer(0),
  per: literal('principal', 'team', 'robot', 'tool'),
});

/** The shape of `policy.json`, member for member that of `schemas/policy.schema.json` (a test compares the two). */
export const POLICY: Shape<Policy> = object<Policy>({
  format: literal(1),
  workspace: text(),
  environment: text(),
  url: text(),
  issuers: list(issuer),
  claims: list(
    object<ClaimType>({
      name: text(),
      type: literal('bool', 'int', 'double', 'string', 'list'),
      optional: boolean(),
    }),
  ),
  subjects: list(subject),
  clients: list(object<Client>({ name: text(), ids: list(text()), names: list(text()) })),
  servers: list(server),
  sets: list(list(index)),
  uriPatterns: list(list(text())),
  allowlists: list(object<Allowlist>({ name: text(), entries: list(entry) })),
  gateways: list(gateway),
  grants: list(
    object<Grant>({
      rule,
      gateway: index,
      to: list(index),
      allowlists: list(index),
      entries: list(entry),
      expires: unixMs,
    }),
  ),
  patterns: list(text()),
  content: list(contentRule),
  conditions: list(condition),
  forms: list(form),
  guards: list(guard),
  limits: list(limit),
  projections: list(object<DefinitionProjection>({ definition: index, projection: PROJECTION })),
});

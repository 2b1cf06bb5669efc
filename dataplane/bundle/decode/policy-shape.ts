import type {
  Action,
  Allowlist,
  Assignment,
  BearerAuth,
  CallRate,
  ClaimSource,
  ClaimType,
  Client,
  ClientAuth,
  ClientFilter,
  ContentRule,
  DefinitionProjection,
  Detector,
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
  HashAction,
  HeadersAuth,
  InjectionDetector,
  Issuer,
  Limit,
  MaskAction,
  Match,
  NoAuth,
  PiiDetector,
  PlainAction,
  Policy,
  PresidioDetector,
  RegexDetector,
  ReplaceAction,
  RobotKey,
  RobotSubject,
  RoleSubject,
  SecretsDetector,
  Server,
  SignIn,
  StdioTarget,
  Subject,
  Target,
  TeamSubject,
  UpstreamAuth,
  UpstreamIdentity,
  UrlTarget,
  WebhookDetector,
} from '../../../schemas/types/policy.ts';
import { PROJECTION } from '../../cel/decode-projection.ts';
import { DIGEST } from '../../format/pointer.ts';
import { EXTERNAL_MS_MAX, SERVER_TIMEOUT_SECONDS_MAX } from '../../limits.ts';
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

/** The shape of `policy.json`, member for member that of `schemas/policy.schema.json` (a test compares the two). */
const rule = integer(0);
const index = integer(-1);
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

const match: Shape<Match> = object<Match>({
  gateways: nullable(list(index)),
  servers: nullable(list(index)),
  definitions: index,
  resources: integer(-2),
  kinds: nullable(list(literal('person', 'robot'))),
  subjects: nullable(list(index)),
  clients: nullable(list(index)),
});

const plainAction = object<PlainAction>({ kind: literal('alert', 'block', 'redact') });
const action: Shape<Action> = tagged<Action>('kind', {
  alert: plainAction,
  block: plainAction,
  redact: plainAction,
  replace: object<ReplaceAction>({ kind: literal('replace'), with: nullable(text()) }),
  mask: object<MaskAction>({ kind: literal('mask'), keep: literal('first', 'last'), characters: integer(0) }),
  hash: object<HashAction>({ kind: literal('hash'), key: text() }),
});

const threshold = integer(1);
const timeoutMs = integer(1, EXTERNAL_MS_MAX);
const onFailure = literal('block', 'pass');
const detector: Shape<Detector> = tagged<Detector>('kind', {
  regex: object<RegexDetector>({
    kind: literal('regex'),
    patterns: list(index),
    check: literal('luhn', null),
    group: nullable(text()),
  }),
  pii: object<PiiDetector>({
    kind: literal('pii'),
    entities: list(text()),
    threshold,
    regions: list(text()),
    allow: list(text()),
  }),
  secrets: object<SecretsDetector>({
    kind: literal('secrets'),
    entities: list(text()),
    threshold,
    allow: list(text()),
  }),
  injection: object<InjectionDetector>({ kind: literal('injection'), entities: list(text()), threshold }),
  presidio: object<PresidioDetector>({
    kind: literal('presidio'),
    url: text(),
    entities: list(text()),
    threshold,
    language: text(),
    allow: list(text()),
    timeoutMs,
    onFailure,
  }),
  webhook: object<WebhookDetector>({ kind: literal('webhook'), url: text(), secret: text(), timeoutMs, onFailure }),
});

const contentRule: Shape<ContentRule> = object<ContentRule>({
  rule,
  name: text(),
  match,
  directions: list(literal('to-server', 'to-client', 'audit')),
  mode: literal('enforce', 'alert'),
  keys: boolean(),
  numbers: boolean(),
  detect: detector,
  action,
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

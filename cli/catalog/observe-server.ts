import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { SERVER_TEXT_UNITS_MAX } from '../../compiler/limits.ts';
import { EVERYTHING, renderCapabilities } from '../../dataplane/mcp/client-capabilities.ts';
import { CLIENT_INFO } from '../../dataplane/mcp/client-profile.ts';
import { METHOD_HEADER, VERSION_HEADER } from '../../dataplane/mcp/era.ts';
import { LEGACY_VERSIONS, MODERN_VERSIONS } from '../../dataplane/mcp/versions.ts';
import { readCapabilities } from '../../compiler/catalog/capabilities.ts';
import type { ObservedCatalog } from '../../compiler/catalog/update-lock.ts';
import { Failure, failure } from '../failure.ts';
import { drainLists } from './drain-lists.ts';
import type { SyncLimits } from './sync-limits.ts';
import { SHARED_VERSIONS } from '../../dataplane/upstream/handshake.ts';
import type { Answer, Connection } from './connection.ts';
import { openConnection, openSse, placeOf, type SyncTarget } from './open-connection.ts';

/** An upstream whose era is known: how it is asked, and what it said about itself. */
export interface Introduction {
  readonly kind: 'introduction';
  /** With which every message says so over HTTP. */
  readonly headers: Readonly<Record<string, string>>;
  readonly era: 'legacy' | 'modern';
  readonly protocolVersion: string;
  readonly serverInfo: { readonly name: string; readonly version: string };
  readonly instructions: string | null;
  readonly capabilities: JsonTree | null;
  /** Asks for a page of a list, in the manner of the era. */
  list(method: string, cursor: string | null): Promise<Answer>;
}

/**
 * What a live server offers, as it says so. It is asked as the proxy will ask it, with the same client information, on
 * behalf of a client that can do everything, since some servers offer less to others.
 * @throws Failure naming the place and what the server did.
 */
export async function observeServer(server: string, target: SyncTarget, limits: SyncLimits): Promise<ObservedCatalog> {
  const failed = (message: string, help: string | null = null): Failure => failure(placeOf(target), message, help);
  const { connection, introduction } = await introduce(target, limits, failed);
  let version: Headers = introduction.headers;
  try {
    const definitions = await drainLists(introduction, limits, failed);
    const { era, protocolVersion, serverInfo, instructions } = introduction;
    const other = era === 'modern' ? await alsoLegacy(connection, target, limits) : null;
    if (other !== null) version = { [VERSION_HEADER]: other };
    const capabilities = readCapabilities(introduction.capabilities);
    return { server, era, protocolVersion, legacyVersion: other, serverInfo, instructions, capabilities, definitions };
  } finally {
    await connection.close(version);
  }
}

interface Introduced {
  readonly connection: Connection;
  readonly introduction: Introduction;
}

/**
 * The modern handshake first; then the legacy one, for a program in a new process, since some end at the first message
 * that they do not know; then, where no POST is served, over HTTP+SSE.
 */
async function introduce(target: SyncTarget, limits: SyncLimits, fail: Fail): Promise<Introduced> {
  const isProgram = 'program' in target;
  const first = await openConnection(target, limits);
  let connection = first;
  try {
    const modern = await discover(first, fail).catch((problem: unknown) => {
      if (isProgram && problem instanceof Failure) return null;
      throw problem;
    });
    if (modern !== null) return { connection, introduction: modern };
    if (isProgram) {
      await first.close({});
      connection = await openConnection(target, limits);
    }
    const legacy = await initialize(connection, isProgram ? SHARED_VERSIONS : LEGACY_VERSIONS, fail);
    if (legacy.kind === 'introduction') return { connection, introduction: legacy };
    const other = isProgram || !NO_POST.has(legacy.status) ? null : await openSse(target, limits);
    if (other === null) throw fail(`answered initialize with HTTP ${legacy.status}`, 'is this an MCP endpoint?');
    await connection.close({});
    connection = other;
    const oldest = await initialize(connection, SHARED_VERSIONS, fail);
    if (oldest.kind === 'introduction') return { connection, introduction: oldest };
    throw fail('offers a stream and no answers on it', 'is this an MCP endpoint?');
  } catch (problem) {
    await connection.close({});
    throw problem;
  }
}

/** What a place answers where only HTTP+SSE is served (2025-11-25 basic/transports, Backwards Compatibility). */
const NO_POST: ReadonlySet<number> = new Set([400, 404, 405]);

type Headers = Readonly<Record<string, string>>;
type Fail = (message: string, help?: string | null) => Failure;

const META = 'io.modelcontextprotocol/';
const CAPABILITIES: unknown = JSON.parse(renderCapabilities(EVERYTHING));
const [MODERN = ''] = MODERN_VERSIONS;
const [LEGACY = ''] = LEGACY_VERSIONS;
const UNSUPPORTED_VERSION = '-32022';

/**
 * The modern handshake; null when the server does not know it, which makes it a legacy one (2026-07-28 basic/versioning,
 * Backward Compatibility). A refusal to let us in, a fault of the server and silence say nothing about its era.
 */
async function discover(client: Connection, fail: Fail): Promise<Introduction | null> {
  const ask = (method: string, params: object): Promise<Answer> =>
    client.ask(method, { ...params, _meta: modernMeta() }, { [VERSION_HEADER]: MODERN, [METHOD_HEADER]: method });
  const first = await ask('server/discover', {});
  refuseUnlessHeard(first, fail);
  // Whoever refuses our version and offers it in the same breath is asked again, once (basic/versioning).
  const again = isVersionRefused(first) && supportedBy(first).includes(MODERN);
  const answer = again ? await ask('server/discover', {}) : first;
  refuseUnlessHeard(answer, fail);
  if (isVersionRefused(answer)) refuseUnknownVersions(answer, fail);
  if (answer.kind !== 'result') return null;
  const { result } = answer;
  if (!textsOf(memberOf(result, 'supportedVersions')).includes(MODERN)) return null;
  const meta = memberOf(result, '_meta');
  const info = meta === null ? null : memberOf(meta, `${META}serverInfo`);
  return {
    kind: 'introduction',
    headers: {},
    era: 'modern',
    protocolVersion: MODERN,
    ...self(info ?? memberOf(result, 'serverInfo'), result, fail),
    list: (method, cursor) => ask(method, cursor === null ? {} : { cursor }),
  };
}

/**
 * The legacy revision that a modern server speaks as well; null when it does not. `server/discover` need not say so, so it
 * is asked.
 */
async function alsoLegacy(open: Connection, target: SyncTarget, limits: SyncLimits): Promise<string | null> {
  if (!('program' in target)) return legacyVersionOf(open);
  // A program has settled on an era with the first message that it got, and may end at one that it does not know.
  const other = await openConnection(target, limits);
  try {
    return await legacyVersionOf(other);
  } catch (problem) {
    if (problem instanceof Failure) return null;
    throw problem;
  } finally {
    await other.close({});
  }
}

async function legacyVersionOf(client: Connection): Promise<string | null> {
  const params = { protocolVersion: LEGACY, capabilities: CAPABILITIES, clientInfo: CLIENT_INFO };
  const answer = await client.ask('initialize', params, {});
  if (answer.kind !== 'result') return null;
  const version = textOf(memberOf(answer.result, 'protocolVersion'));
  return version !== null && LEGACY_VERSIONS.includes(version) ? version : null;
}

/** The legacy handshake, in the session that it opens. */
async function initialize(
  client: Connection,
  spoken: readonly string[],
  fail: Fail,
): Promise<Introduction | Extract<Answer, { kind: 'status' }>> {
  const params = { protocolVersion: LEGACY, capabilities: CAPABILITIES, clientInfo: CLIENT_INFO };
  const answer = await client.ask('initialize', params, {});
  refuseUnlessHeard(answer, fail);
  if (answer.kind === 'status') return answer;
  if (answer.kind === 'error') throw fail(`refused initialize: ${answer.message} (${answer.code})`);
  const protocolVersion = textOf(memberOf(answer.result, 'protocolVersion'));
  if (protocolVersion === null || !spoken.includes(protocolVersion)) {
    throw fail(
      `speaks the protocol version ${protocolVersion ?? '(none)'}`,
      `mcpgw speaks ${[MODERN, ...LEGACY_VERSIONS].join(', ')}`,
    );
  }
  const headers = { [VERSION_HEADER]: protocolVersion };
  await client.notify('notifications/initialized', headers);
  return {
    kind: 'introduction',
    headers,
    era: 'legacy',
    protocolVersion,
    ...self(memberOf(answer.result, 'serverInfo'), answer.result, fail),
    list: (method, cursor) => client.ask(method, cursor === null ? {} : { cursor }, headers),
  };
}

function modernMeta(): object {
  return {
    [`${META}protocolVersion`]: MODERN,
    [`${META}clientInfo`]: CLIENT_INFO,
    [`${META}clientCapabilities`]: CAPABILITIES,
  };
}

function refuseUnlessHeard(answer: Answer, fail: Fail): void {
  if (answer.kind === 'result') return;
  if (answer.status === 401)
    throw fail('wants other credentials (HTTP 401)', 'look at the identity of the Server and the secret behind it');
  if (answer.status === 403)
    throw fail('refuses us (HTTP 403)', 'look at what the identity of the Server may do there');
  if (answer.status === 429 || answer.status >= 500)
    throw fail(`is not well (HTTP ${answer.status})`, 'try again later');
}

type Refused = Extract<Answer, { kind: 'error' }>;

function isVersionRefused(answer: Answer): answer is Refused {
  return answer.kind === 'error' && answer.code === UNSUPPORTED_VERSION;
}

function supportedBy({ data }: Refused): readonly string[] {
  return data === null ? [] : textsOf(memberOf(data, 'supported'));
}

/** A server that is modern, but of other revisions than ours, is no legacy one. */
function refuseUnknownVersions(answer: Refused, fail: Fail): void {
  const supported = supportedBy(answer);
  if (supported.length === 0 || supported.some((version) => LEGACY_VERSIONS.includes(version))) return;
  throw fail(
    `speaks the protocol versions ${supported.join(', ')}`,
    `mcpgw speaks ${[MODERN, ...LEGACY_VERSIONS].join(', ')}`,
  );
}

function self(
  info: JsonTree | null,
  result: JsonTree,
  fail: Fail,
): Pick<Introduction, 'serverInfo' | 'instructions' | 'capabilities'> {
  const bounded = (text: string | null): string | null => {
    if (text !== null && text.length > SERVER_TEXT_UNITS_MAX)
      throw fail(`introduces itself with more than ${SERVER_TEXT_UNITS_MAX} characters`);
    return text;
  };
  const member = (key: string): string => bounded(info === null ? null : textOf(memberOf(info, key))) ?? '';
  return {
    serverInfo: { name: member('name'), version: member('version') },
    instructions: bounded(textOf(memberOf(result, 'instructions'))),
    capabilities: memberOf(result, 'capabilities'),
  };
}

function textOf(tree: JsonTree | null): string | null {
  return tree?.kind === 'string' ? tree.value : null;
}

function textsOf(tree: JsonTree | null): readonly string[] {
  return tree?.kind === 'array' ? tree.items.map(textOf).filter((text) => text !== null) : [];
}

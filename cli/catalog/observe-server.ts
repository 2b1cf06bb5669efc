import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { SERVER_TEXT_UNITS_MAX } from '../../compiler/limits.ts';
import { EVERYTHING, renderCapabilities } from '../../dataplane/mcp/client-capabilities.ts';
import { CLIENT_INFO } from '../../dataplane/mcp/client-profile.ts';
import { METHOD_HEADER, VERSION_HEADER } from '../../dataplane/mcp/era.ts';
import { LEGACY_VERSIONS, MODERN_VERSIONS } from '../../dataplane/mcp/versions.ts';
import { readCapabilities } from '../../compiler/catalog/capabilities.ts';
import type { ObservedCatalog } from '../../compiler/catalog/update-lock.ts';
import { failure, type Failure } from '../failure.ts';
import { drainLists } from './drain-lists.ts';
import type { SyncLimits } from './sync-limits.ts';
import { UpstreamClient, type Answer, type UpstreamTarget } from './upstream-client.ts';

/** An upstream whose era is known: how it is asked, and what it said about itself. */
export interface Introduction {
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
 * @throws Failure naming the URL and what the server did.
 */
export async function observeServer(
  server: string,
  target: UpstreamTarget,
  limits: SyncLimits,
): Promise<ObservedCatalog> {
  const client = new UpstreamClient(target, limits);
  const failed = (message: string, help: string | null = null): Failure => failure(target.url.href, message, help);
  let version: Readonly<Record<string, string>> = {};
  try {
    const introduction = (await discover(client, failed)) ?? (await initialize(client, failed));
    if (introduction.era === 'legacy') version = { [VERSION_HEADER]: introduction.protocolVersion };
    const definitions = await drainLists(introduction, limits, failed);
    const { era, protocolVersion, serverInfo, instructions } = introduction;
    const legacyVersion = era === 'modern' ? await alsoLegacy(client) : null;
    if (legacyVersion !== null) version = { [VERSION_HEADER]: legacyVersion };
    const capabilities = readCapabilities(introduction.capabilities);
    return { server, era, protocolVersion, legacyVersion, serverInfo, instructions, capabilities, definitions };
  } finally {
    await client.close(version);
  }
}

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
async function discover(client: UpstreamClient, fail: Fail): Promise<Introduction | null> {
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
async function alsoLegacy(client: UpstreamClient): Promise<string | null> {
  const params = { protocolVersion: LEGACY, capabilities: CAPABILITIES, clientInfo: CLIENT_INFO };
  const answer = await client.ask('initialize', params, {});
  if (answer.kind !== 'result') return null;
  const version = textOf(memberOf(answer.result, 'protocolVersion'));
  return version !== null && LEGACY_VERSIONS.includes(version) ? version : null;
}

/** The legacy handshake, in the session that it opens. */
async function initialize(client: UpstreamClient, fail: Fail): Promise<Introduction> {
  const params = { protocolVersion: LEGACY, capabilities: CAPABILITIES, clientInfo: CLIENT_INFO };
  const answer = await client.ask('initialize', params, {});
  refuseUnlessHeard(answer, fail);
  if (answer.kind === 'status')
    throw fail(`answered initialize with HTTP ${answer.status}`, 'is this an MCP endpoint?');
  if (answer.kind === 'error') throw fail(`refused initialize: ${answer.message} (${answer.code})`);
  const protocolVersion = textOf(memberOf(answer.result, 'protocolVersion'));
  if (protocolVersion === null || !LEGACY_VERSIONS.includes(protocolVersion)) {
    throw fail(
      `speaks the protocol version ${protocolVersion ?? '(none)'}`,
      `mcpgw speaks ${[MODERN, ...LEGACY_VERSIONS].join(', ')}`,
    );
  }
  const headers = { [VERSION_HEADER]: protocolVersion };
  await client.notify('notifications/initialized', headers);
  return {
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

import { memberOf, parseJsonTree, plainValue, type JsonTree } from '../format/json-tree.ts';
import { CLIENT_INFO } from '../mcp/client-profile.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import { MODERN_VERSIONS, type Era } from '../mcp/versions.ts';
import type { ChannelCall, ChannelReceiver, ChannelTarget, UpstreamMessage } from './channel.ts';
import { buildInitialize, INITIALIZED, negotiatedVersion } from './handshake.ts';

/** How a server that shares a connection introduced itself. */
export interface Greeting {
  readonly ok: true;
  readonly era: Era;
  readonly protocolVersion: string;
}

export type GreetingResult = Greeting | { readonly ok: false; readonly reason: CallFailure };

export interface GreetingWire {
  readonly ask: (request: UpstreamMessage, receiver: ChannelReceiver) => ChannelCall;
  readonly tell: (message: Buffer) => Promise<boolean>;
  readonly mint: () => number;
}

/** `refused`: it answered with an error, so it is there and speaks something else. */
type Attempt = Greeting | { readonly ok: false; readonly reason: CallFailure; readonly refused: boolean };

/**
 * Finds out which era a server speaks, once per connection: first the one that was recorded, and the other one only where
 * the server answers that with an error. Silence and a connection that ends say nothing about an era.
 */
export async function greetServer(
  wire: GreetingWire,
  target: ChannelTarget,
  spoken: readonly string[],
): Promise<GreetingResult> {
  const [first, second] = target.era === 'legacy' ? [initialize, discover] : [discover, initialize];
  const greeted = await first(wire, target, spoken);
  if (greeted.ok || !greeted.refused) return greeted;
  const other = await second(wire, target, spoken);
  return other.ok ? other : greeted;
}

async function initialize(wire: GreetingWire, target: ChannelTarget, spoken: readonly string[]): Promise<Attempt> {
  // The recorded revision may be of the other era.
  const wanted = spoken.includes(target.protocolVersion) ? target.protocolVersion : (spoken[0] ?? '');
  const id = String(wire.mint());
  const answer = await ask(wire, id, 'initialize', buildInitialize(id, wanted, target.capabilities));
  if (!answer.ok) return { ...answer, refused: false };
  const protocolVersion = negotiatedVersion(answer.message, spoken);
  if (protocolVersion === null) return { ok: false, reason: 'upstream-session', refused: isError(answer.message) };
  if (!(await wire.tell(INITIALIZED))) return { ok: false, reason: 'upstream-session', refused: false };
  return { ok: true, era: 'legacy', protocolVersion };
}

async function discover(wire: GreetingWire, target: ChannelTarget): Promise<Attempt> {
  const [version = ''] = MODERN_VERSIONS;
  const id = String(wire.mint());
  const answer = await ask(wire, id, 'server/discover', buildDiscover(id, version, target.capabilities));
  if (!answer.ok) return { ...answer, refused: false };
  if (supportsModern(answer.message)) return { ok: true, era: 'modern', protocolVersion: version };
  return { ok: false, reason: 'upstream-session', refused: isError(answer.message) };
}

/** `server/discover`, declaring these capabilities (JSON text). `id` is JSON text. */
export function buildDiscover(id: string, version: string, capabilities: string): Buffer {
  const prefix = 'io.modelcontextprotocol/';
  const info = JSON.stringify(CLIENT_INFO);
  const meta = `"${prefix}protocolVersion":"${version}","${prefix}clientInfo":${info},"${prefix}clientCapabilities":${capabilities}`;
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"server/discover","params":{"_meta":{${meta}}}}`);
}

/** Whether an answer to `server/discover` names a modern revision that we speak. */
export function supportsModern(answer: Buffer): boolean {
  const parsed = parseJsonTree(answer.toString('utf8'));
  const result = parsed.ok ? memberOf(parsed.tree, 'result') : null;
  const versions = result === null ? null : memberOf(result, 'supportedVersions');
  return versions?.kind === 'array' && versions.items.map(plainValue).some((version) => isModern(version));
}

const isModern = (version: unknown): boolean => typeof version === 'string' && MODERN_VERSIONS.includes(version);

function isError(answer: Buffer): boolean {
  const parsed = parseJsonTree(answer.toString('utf8'));
  const error: JsonTree | null = parsed.ok ? memberOf(parsed.tree, 'error') : null;
  return error !== null;
}

type Answer = { readonly ok: true; readonly message: Buffer } | { readonly ok: false; readonly reason: CallFailure };

function ask(wire: GreetingWire, id: string, method: string, body: Buffer): Promise<Answer> {
  return new Promise((resolve) => {
    wire.ask(
      { body, method, id: Buffer.from(id), progressToken: null, name: null, headers: [] },
      {
        open: () => undefined,
        message: ({ data }) => resolve({ ok: true, message: data }),
        ended: () => resolve({ ok: false, reason: 'upstream-truncated' }),
        fail: (reason) => resolve({ ok: false, reason }),
      },
    );
  });
}

import { randomUUID } from 'node:crypto';
import type { ProxyConfig } from '../schemas/types/proxy.ts';
import { openChannel, type Channel } from './bundle/channel.ts';
import { renderAddress } from './config/address.ts';
import { openExternal } from './content/external/open-external.ts';
import { REGEX_ENGINES, type HashKeys } from './content/index.ts';
import { followChannel } from './follow-channel.ts';
import { openDrift } from './drift/open-drift.ts';
import type { Exchange } from './http/exchange.ts';
import { openServer } from './http/server.ts';
import { Identifier } from './identity/identify.ts';
import type { Environment } from './identity/reference.ts';
import { Secrets } from './identity/secrets.ts';
import { buildDoor } from './mcp/door-checks.ts';
import { FrontDoor } from './mcp/front-door.ts';
import { ClientRequests } from './mcp/client-requests.ts';
import { InFlight } from './mcp/in-flight.ts';
import type { Services } from './mcp/mcp-request.ts';
import { forgetResources } from './mcp/lists/list-resources.ts';
import { channelOwner, openChannel as openUpstream } from './mcp/open-channel.ts';
import { AskingCalls } from './mcp/asking-calls.ts';
import { Parks } from './mcp/parks.ts';
import { RequestRecord } from './mcp/request-record.ts';
import { ClientStreams, type Renew } from './mcp/streams/client-streams.ts';
import { serverQuestion } from './mcp/streams/server-question.ts';
import { Turn } from './mcp/turn.ts';
import { UpstreamHealth } from './mcp/upstream-health.ts';
import { openChannels } from './upstream/open-channels.ts';
import { showStatus } from './show-status.ts';
import {
  addressOf,
  CannotStart,
  listen,
  openAdminListener,
  openAudit,
  patternsOf,
  readSealKeys,
  readTls,
} from './start-parts.ts';
import { rememberCredentials } from './identity/remember-credentials.ts';
import type { StartMessage } from './workers/messages.ts';
import { joinPeers, NO_PEERS } from './workers/peers.ts';

/** The world around a proxy. */
export interface ProxySurroundings {
  readonly environment: Environment;
  /** Takes one line for the operator. */
  readonly log: (line: string) => void;
  /** Null: this process is the whole proxy. */
  readonly worker?: Pick<StartMessage, 'peers' | 'sealKey'> | null;
}

/** A proxy that serves. */
export interface Proxy {
  /** Where it listens, `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Where the operator's listener is; null when there is none. */
  readonly adminOrigin: string | null;
  readonly channel: Channel;
  /** What `/status` shows. */
  status(): object;
  /** Opens the audit files anew, after they were moved away. */
  reopenAudit(): Promise<void>;
  /** Stops accepting, lets what is under way end within bounds, closes everything. */
  close(): Promise<void>;
}

export type StartResult =
  { readonly ok: true; readonly proxy: Proxy } | { readonly ok: false; readonly problem: string };

/**
 * Starts a proxy with a checked configuration. What the world lacks (a port, a key, a file) is a problem of one line; a
 * bundle that is missing or refused is none: the proxy then runs, refuses every call, and says so in its status.
 */
export async function startProxy(config: ProxyConfig, surroundings: ProxySurroundings): Promise<StartResult> {
  const opened: (() => Promise<unknown>)[] = [];
  try {
    return { ok: true, proxy: await assemble(config, surroundings, opened) };
  } catch (problem) {
    for (const close of opened.reverse()) await close();
    if (problem instanceof CannotStart) return { ok: false, problem: problem.message };
    throw problem;
  }
}

async function assemble(
  config: ProxyConfig,
  { environment, log, worker = null }: ProxySurroundings,
  opened: (() => Promise<unknown>)[],
): Promise<Proxy> {
  const ring = await readSealKeys(config, environment, worker?.sealKey ?? null);
  const tls = await readTls(config);
  const egress = patternsOf(config.egress ?? []);
  const audit = await openAudit(config);
  opened.push(() => audit.close());
  const secrets = await Secrets.open(config.secrets ?? {}, environment);
  opened.push(async () => secrets.close());
  const keys: HashKeys = (name) => {
    const found = secrets.hashKey(name);
    return found.ok ? found.key : null;
  };
  const clocks = { clock: () => performance.now(), wallClock: Date.now };
  const external = openExternal({ egress, secrets, ...clocks, log });
  opened.push(() => external.close());
  const content = { keys, openExternal: external.open };
  const channel = await openChannel({ ...config, state: config.state ?? null, content });
  opened.push(() => channel.close());

  const report = (problem: unknown): void => {
    log(`this is a bug in mcpgw: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`);
  };
  const upstreams = await openChannels(config, egress, { environment, log, report });
  if (!upstreams.ok) throw new CannotStart(upstreams.problem);
  const { channels } = upstreams;
  const parks = new Parks();
  const renew: Renew = (context) => frontDoor.renew(context);
  const askingCalls = new AskingCalls(renew, report);
  opened.push(async () => {
    clientStreams.close();
    parks.close();
    askingCalls.close();
    // Calls of legacy clients that are gone.
    services.inFlight.close();
    await upstreams.close();
  });
  const process = randomUUID();
  const clientRequests = new ClientRequests(ring, process);
  const clientStreams = new ClientStreams({
    renew,
    open: async (context, assignment) => {
      const opened = await openUpstream(services, context, assignment);
      return opened.ok ? opened.channel : null;
    },
    forgetResources: (context, assignment) => forgetResources(channels, channelOwner(context, assignment)),
    question: serverQuestion(clientRequests),
    report,
  });
  const peers =
    worker === null
      ? NO_PEERS
      : await joinPeers(worker.peers, process, (exchange) => void frontDoor.answer(exchange, true));
  opened.push(() => peers.close());
  const services: Services = {
    peers,
    ring,
    credentials: rememberCredentials(secrets, egress, new Set(Object.keys(config.stdio ?? {}))),
    channels,
    inFlight: new InFlight(),
    clientRequests,
    clientStreams,
    parks,
    askingCalls,
    process,
    health: new UpstreamHealth(),
    report,
  };
  const identifier = new Identifier({
    jwks: config.jwks ?? {},
    egress,
    tokenAgeMaxMs: config.tokenAgeMaxSeconds === undefined ? null : config.tokenAgeMaxSeconds * 1_000,
  });
  const { workspace, environment: place, channel: followed } = config;
  const origin = { workspace, environment: place, channel: followed };
  const recheck = (): void => {
    clientStreams.recheck();
    askingCalls.recheck();
  };
  const { credentials } = services;
  // First of those who hear of a swap: what it withholds is withheld before anybody is decided again.
  const drift = openDrift(config, {
    channel,
    channels,
    credentials,
    audit,
    origin,
    log,
    report,
    changed: recheck,
    announced: (server, identity, list) => clientStreams.serverChanged(server, identity, list),
  });
  opened.push(async () => drift.close());
  followChannel(channel, identifier, secrets, log);
  channel.onSwap(recheck);
  channel.onFreshness(recheck);

  let requests = 0;
  const status = (): object =>
    showStatus({ channel, services, channels, identifier, secrets, external, audit, drift, requests });
  const frontDoor = new FrontDoor({
    door: buildDoor(config.listen),
    services,
    identifier,
    current: () => channel.current(),
    clock: Date.now,
    turnOf: (exchange, isHandedOver) => {
      const record = new RequestRecord(randomUUID(), Date.now(), performance.now());
      requests++;
      const over = (): void => void requests--;
      return new Turn(exchange, record, audit, origin, () => performance.now(), { isHandedOver, over });
    },
  });
  const admin = config.admin === undefined ? null : await openAdminListener(config.admin, channel, status);
  if (admin !== null) opened.push(() => admin.server.close());
  const handle = (exchange: Exchange): void => void frontDoor.answer(exchange);
  const address = addressOf(config.listen.address);
  const server = await listen(config.listen.address, () => openServer({ address, tls }, handle));
  opened.push(async () => {
    const closed = Promise.all([server.close(), peers.close()]);
    // Streams would last as long as their clients; who comes back finds another process.
    clientStreams.close();
    await closed;
  });
  const listening = `${tls === null ? 'http' : 'https'}://${renderAddress({ ...address, port: server.port })}`;
  // Of several workers the supervisor says it, once.
  if (worker === null) sayListening(config, { origin: listening, adminOrigin: admin?.origin ?? null }, log);

  return {
    origin: listening,
    adminOrigin: admin?.origin ?? null,
    channel,
    status,
    reopenAudit: async () => {
      for (const file of await audit.reopen()) log(`audit: ${file} cannot be opened, still writing to the old file`);
    },
    close: async () => {
      for (const close of opened.splice(0).reverse()) await close();
    },
  };
}

/** Tells the operator what content rules run on, where the proxy is, and how long its sessions last. */
export function sayListening(
  config: ProxyConfig,
  { origin, adminOrigin }: Pick<Proxy, 'origin' | 'adminOrigin'>,
  log: (line: string) => void,
): void {
  const [{ name }] = REGEX_ENGINES;
  log(`regular expressions run on ${name}${name === 're2' ? '' : ', since the native engine is not installed'}`);
  log(`listening on ${origin}${adminOrigin === null ? '' : `, for operators on ${adminOrigin}`}`);
  if (config.seal === undefined) log('no seal.keys: sessions end with this process, and no other replica knows them');
}

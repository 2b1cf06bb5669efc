import assert from 'node:assert/strict';
import { isLoopback, parseAddress } from '../../dataplane/config/address.ts';
import { loadConfig } from '../../dataplane/config/load-config.ts';
import type { ProxyConfig } from '../../schemas/types/proxy.ts';
import { Failure, failure } from '../failure.ts';
import type { StateFolder } from './state-folder.ts';

const LISTEN_DEFAULT = '127.0.0.1:8080';
/** What policies may name without a configuration: servers on this machine. */
const EGRESS_DEFAULT: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
/** As long as `mcpgw token` signs for at most. */
const TOKEN_AGE_SECONDS_MAX = 12 * 3600;

export interface DevelopmentProxy {
  readonly workspace: string;
  readonly environment: string;
  readonly channel: string;
  /** host:port, or null = what the file says, else 127.0.0.1:8080. */
  readonly listen: string | null;
  /** Path of a proxy.yaml with secrets and hosts, or null. */
  readonly file: string | null;
  readonly state: StateFolder;
}

/**
 * The configuration of the development proxy: the file's secrets, hosts and sinks, and everything else from the state
 * folder. Read by the proxy's own reader.
 * @throws Failure for whatever the reader complains about, and for an address that other machines reach.
 */
export function developmentConfig(wanted: DevelopmentProxy): ProxyConfig {
  const { workspace, environment, channel, state } = wanted;
  const flags = ['--workspace', workspace, '--environment', environment, '--channel', channel];
  flags.push('--bundles', state.files.store, '--trust', state.files.trust);
  flags.push('--state', state.files.lastGood, '--seal-keys', `file:${state.files.sealKey}`);
  const listen = wanted.listen ?? (wanted.file === null ? LISTEN_DEFAULT : null);
  if (wanted.file !== null) flags.push('--config', wanted.file);
  if (listen !== null) flags.push('--listen-address', listen);
  if (listen !== null) refuseOtherMachines(listen);
  const invocation = loadConfig(flags, {}, process.cwd());
  assert(invocation.kind === 'run');
  const { result } = invocation;
  if (!result.ok) throw new Failure(result.problems.join('\n').replaceAll('--listen-address', '--listen'));
  const { config } = result;
  refuseOtherMachines(config.listen.address);
  return {
    ...config,
    egress: config.egress ?? EGRESS_DEFAULT,
    tokenAgeMaxSeconds: config.tokenAgeMaxSeconds ?? TOKEN_AGE_SECONDS_MAX,
    audit: config.audit ?? { sinks: [{ file: state.files.audit }] },
  };
}

/** Where the gateways of a workspace answer on this machine; null when the port is the system's to choose. */
export function developmentUrl(config: ProxyConfig, workspaceUrl: string): string | null {
  const { address, tls } = config.listen;
  if (parseAddress(address)?.port === 0) return null;
  const { pathname } = new URL(workspaceUrl);
  return `${tls === undefined ? 'http' : 'https'}://${address}${pathname.replace(/\/+$/, '')}`;
}

/** Whoever reaches the address could sign in with a development key, and these are printed. */
function refuseOtherMachines(address: string): void {
  const host = parseAddress(address)?.host;
  if (host === undefined || isLoopback(host)) return;
  const help = 'development keys are for 127.0.0.1 only; for other machines compile, promote and run mcpgw-proxy';
  throw failure('--listen', `${address} can be reached from other machines`, help);
}

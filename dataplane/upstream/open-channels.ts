import type { ProxyConfig } from '../../schemas/types/proxy.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { Upstreams } from '../http/upstream.ts';
import type { HostPattern } from '../identity/egress.ts';
import type { Environment } from '../identity/reference.ts';
import { UPSTREAM_ORIGINS_MAX } from '../limits.ts';
import { Channels } from './channels.ts';
import type { ChangedEra } from './era-memory.ts';
import { guardedLookup } from './guarded-lookup.ts';
import { buildPrograms } from './stdio/program.ts';
import { Programs } from './stdio/programs.ts';
import { thisMachine } from './stdio/this-machine.ts';

/** The world around the way to upstream servers. */
export interface ChannelSurroundings {
  /** What `env:NAME` of a program's secrets is looked up in. */
  readonly environment: Environment;
  /** Takes one line for the operator. */
  readonly log: (line: string) => void;
  /** Hears of what is our own fault. */
  readonly report: (problem: unknown) => void;
}

export type OpenChannelsResult =
  | {
      readonly ok: true;
      readonly channels: Channels;
      /** Ends what is under way: sessions, connections, children. */
      readonly close: () => Promise<void>;
    }
  | { readonly ok: false; readonly problem: string };

/** All ways to upstream servers that a configuration allows. The problem is one line that names the field. */
export async function openChannels(
  { stdio = {} }: Pick<ProxyConfig, 'stdio'>,
  egress: readonly HostPattern[],
  { environment, log, report }: ChannelSurroundings,
): Promise<OpenChannelsResult> {
  const machine = await thisMachine();
  const built = buildPrograms(stdio, machine);
  if (!built.ok) return built;
  for (const { name, user } of built.programs.values()) {
    if (machine.uid === 0 && user === null) log(`stdio.${name} runs as root: give it a user`);
  }
  const programs = new Programs(built.programs, log, environment);
  const upstreams = new Upstreams(undefined, guardedLookup(egress, sayOnce(log)));
  const channels = new Channels({ upstreams, programs, report, eraChanged: sayEra(log) });
  const close = async (): Promise<void> => {
    await channels.close();
    await upstreams.close();
  };
  return { ok: true, channels, close };
}

function sayEra(log: (line: string) => void): (change: ChangedEra) => void {
  return ({ server, recorded, found }) => {
    log(
      `server ${server} is ${found} now, and the catalog has it as ${recorded}: look with mcpgw catalog sync ${server}`,
    );
  };
}

/** Of a name that leads where it must not: the operator decides whether `egress` should have it as such. */
function sayOnce(log: (line: string) => void): (hostname: string, address: string) => void {
  const said = new BoundedCache<string, true>(UPSTREAM_ORIGINS_MAX);
  return (hostname, address) => {
    if (said.get(hostname) === true) return;
    said.set(hostname, true);
    log(`${hostname} is at ${address}, and no connection is made there: does egress have that name as such?`);
  };
}

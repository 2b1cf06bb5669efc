import { Upstreams } from '../../dataplane/http/upstream.ts';
import type { Environment } from '../../dataplane/identity/reference.ts';
import type { CredentialSource } from '../../dataplane/upstream/channel.ts';
import { SseWire } from '../../dataplane/upstream/sse-wire.ts';
import type { Program } from '../../dataplane/upstream/stdio/program.ts';
import { Programs } from '../../dataplane/upstream/stdio/programs.ts';
import type { Connection } from './connection.ts';
import type { SyncLimits } from './sync-limits.ts';
import { UpstreamClient, type UpstreamTarget } from './upstream-client.ts';
import { WireConnection } from './wire-connection.ts';

/** A server that is a program. */
interface ProgramTarget {
  readonly program: Program;
  /** What `env:NAME` of its secrets is looked up in. */
  readonly environment?: Environment;
}

export type SyncTarget = UpstreamTarget | ProgramTarget;

/** What a program wrote for people before it failed, at most. */
const LINES_TOLD = 3;

/** How messages name a target. */
export function placeOf(target: SyncTarget): string {
  return 'program' in target ? `stdio:${target.program.name}` : target.url.href;
}

/** A new connection to a server: Streamable HTTP, or a process of the program. @throws Failure */
export function openConnection(target: SyncTarget, limits: SyncLimits): Promise<Connection> {
  return 'program' in target ? openProgram(target, limits) : Promise.resolve(new UpstreamClient(target, limits));
}

async function openProgram({ program, environment }: ProgramTarget, limits: SyncLimits): Promise<WireConnection> {
  const written: string[] = [];
  const keep = (line: string): void => {
    if (written.push(line) > LINES_TOLD) written.shift();
  };
  const programs = new Programs(new Map([[program.name, program]]), keep, environment);
  const explain = (): string | null => (written.length === 0 ? null : written.join('; '));
  return WireConnection.open(
    placeOf({ program }),
    limits,
    (sink) => programs.start(program.name, 'catalog', sink),
    explain,
  );
}

/** A server that serves no POST may speak HTTP+SSE of 2024-11-05; null when it does not. */
export async function openSse(target: UpstreamTarget, limits: SyncLimits): Promise<Connection | null> {
  const { url, headers, lookup } = target;
  const upstreams = new Upstreams(undefined, lookup ?? null);
  const credentials: CredentialSource = { headers: () => ({ ok: true, headers }), refused: () => false };
  const channel = {
    server: '',
    era: 'legacy',
    protocolVersion: '',
    capabilities: '{}',
    transport: { kind: 'sse', url, credentials },
  } as const;
  const services = { upstreams, report: (): void => undefined };
  try {
    const connection = await WireConnection.open(url.href, limits, (sink) => SseWire.open(services, channel, sink));
    return {
      ask: (method, params) => connection.ask(method, params),
      notify: (method) => connection.notify(method),
      close: async () => {
        await connection.close();
        await upstreams.close();
      },
    };
  } catch {
    await upstreams.close();
    return null;
  }
}

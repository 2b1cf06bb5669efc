import { resolve } from 'node:path';
import { loadConfig } from '../../dataplane/config/load-config.ts';
import { parseHostPatterns } from '../../dataplane/identity/egress.ts';
import { Secrets } from '../../dataplane/identity/secrets.ts';
import { buildPrograms } from '../../dataplane/upstream/stdio/program.ts';
import { thisMachine } from '../../dataplane/upstream/stdio/this-machine.ts';
import type { ProxyConfig } from '../../schemas/types/proxy.ts';
import type { Context, Option } from '../command.ts';
import { failure } from '../failure.ts';
import type { Reach } from './identity-headers.ts';

/** The option of commands that ask live servers. */
export const CONFIG: Option = {
  value: 'FILE',
  help: "the proxy's configuration: where secrets are and which hosts may be asked",
};

/** The configuration that `--config` or MCPGW_CONFIG names; null when neither does. @throws Failure */
export function readConfig({ args, environment }: Context): ProxyConfig | null {
  const path = args.text('config') ?? environment['MCPGW_CONFIG'] ?? null;
  if (path === null) return null;
  const invocation = loadConfig(['--config', path], environment, resolve('.'));
  if (invocation.kind === 'help') return null;
  if (invocation.result.ok) return invocation.result.config;
  throw failure(path, invocation.result.problems[0] ?? 'is no configuration');
}

/** Whoever opens it closes its secrets. @throws Failure */
export async function openReach(config: ProxyConfig | null, environment: Context['environment']): Promise<Reach> {
  if (config === null) return { secrets: null, egress: null, programs: null };
  const egress = parseHostPatterns(config.egress ?? []);
  if (!egress.ok) throw failure('egress', `\`${egress.entry}\` is no host`);
  const programs = buildPrograms(config.stdio ?? {}, await thisMachine());
  if (!programs.ok) throw failure('--config', programs.problem);
  const secrets = await Secrets.open(config.secrets ?? {}, environment);
  return { secrets, egress: egress.patterns, programs: programs.programs, environment };
}

import { openExternal } from '../dataplane/content/external/open-external.ts';
import type { ExternalParts } from '../dataplane/content/index.ts';
import { parseHostPatterns } from '../dataplane/identity/egress.ts';
import { Secrets } from '../dataplane/identity/secrets.ts';
import { readConfig } from './catalog/open-reach.ts';
import type { Context } from './command.ts';
import { failure } from './failure.ts';

/** How the detectors of rules are asked from the command line. */
export interface Asking {
  readonly open: ExternalParts['open'];
  close(): Promise<void>;
}

/** With the hosts and secrets of the configuration that `--config` names; null when there is none. @throws Failure */
export async function openAsking(context: Context): Promise<Asking | null> {
  const config = readConfig(context);
  if (config === null) return null;
  const egress = parseHostPatterns(config.egress ?? []);
  if (!egress.ok) throw failure('egress', `\`${egress.entry}\` is no host`);
  const secrets = await Secrets.open(config.secrets ?? {}, context.environment);
  const external = openExternal({
    egress: egress.patterns,
    secrets,
    clock: () => performance.now(),
    wallClock: Date.now,
    log: (line) => context.terminal.comment(line),
  });
  const close = async (): Promise<void> => {
    secrets.close();
    await external.close();
  };
  return { open: external.open, close };
}

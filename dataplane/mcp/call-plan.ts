import type { Definition } from '../../schemas/types/catalog.ts';
import type { Snapshot } from '../bundle/load.ts';
import type { RuleSet } from '../content/index.ts';
import type { Channel } from '../upstream/channel.ts';
import type { Route, Router } from './route.ts';
import type { Edit } from './splice.ts';

/** One request that was allowed, and where it goes. */
export interface CallPlan {
  readonly route: Route;
  /** How the route was found, and is found again under another bundle. */
  readonly find: Router;
  /** Null: a resource. */
  readonly definition: Definition | null;
  /** The server's name, for the status. */
  readonly server: string;
  readonly channel: Channel;
  /** How long one call of the server may take, in milliseconds; null = as the limits say. */
  readonly callMs: number | null;
  /** What content rules changed in the request. */
  readonly edits: readonly Edit[];
  /** The server's own state of an earlier round. */
  readonly state: string | null;
  readonly toClient: RuleSet;
  readonly toServer: RuleSet;
  /** Sends the request once more, where the server is of another era and read nothing; null = that was tried. */
  readonly sendAgain: (() => void) | null;
}

/** How long the policy lets one call of a server take, in milliseconds; null = as the limits say. */
export function callMsOf({ bundle }: Snapshot, { server }: Route): number | null {
  const seconds = bundle.policy.servers[server]?.timeoutSeconds ?? null;
  return seconds === null ? null : seconds * 1_000;
}

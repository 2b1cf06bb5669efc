import type { Definition } from '../../schemas/types/catalog.ts';
import type { RuleSet } from '../content/index.ts';
import type { Channel } from '../upstream/channel.ts';
import type { Route } from './route.ts';
import type { Edit } from './splice.ts';

/** One request that was allowed, and where it goes. */
export interface CallPlan {
  readonly route: Route;
  /** Null: a resource. */
  readonly definition: Definition | null;
  /** The server's name, for the status. */
  readonly server: string;
  readonly channel: Channel;
  /** What content rules changed in the request. */
  readonly edits: readonly Edit[];
  /** The server's own state of an earlier round. */
  readonly state: string | null;
  readonly toClient: RuleSet;
  readonly toServer: RuleSet;
  /** Sends the request once more, where the server is of another era and read nothing; null = that was tried. */
  readonly sendAgain: (() => void) | null;
}

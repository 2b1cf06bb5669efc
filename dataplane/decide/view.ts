import type { ProjectionPlan } from '../cel/projection-plan.ts';
import { buildView } from './build-view.ts';
import type { Caller } from './caller.ts';
import { clientIsAdmitted, clientsOf } from './clients.ts';
import type { BuiltCondition } from './conditions.ts';
import type { Absence, Decision, ListedKind, Slot } from './decision.ts';
import type { GatewayEngine } from './gateway.ts';
import type { BuiltGuard } from './guards.ts';
import type { UriIndex } from './uri-index.ts';
import type { UriMatcher } from './uri-matcher.ts';

/** What one set of subjects holds in one gateway: all that does not depend on the call is decided here. */
export interface View {
  readonly gateway: GatewayEngine;
  /**
   * Sorted: who the caller counts as when rules are matched. Beside its own subjects the teams that `use-all-gateways`
   * makes it a member of; disabled ones too, so that rules that name them still reach their members.
   */
  readonly subjects: readonly number[];
  /** Sorted indices into the policy's clients: which of them the app is. */
  readonly clients: readonly number[];
  /** By slot index; null where nothing was ever granted. */
  readonly accesses: readonly (Access | null)[];
  /** By slot index: the answer when no grant reaches the slot any more. */
  readonly absent: readonly Decision[];
  /** By assignment name. */
  readonly resources: ReadonlyMap<string, ResourceAccess>;
  readonly lists: Readonly<Record<ListedKind, List>>;
  /** Unix milliseconds at which the caller itself stops being valid; 0 = never. */
  readonly expires: number;
  /** Why the caller sees nothing, for a person to read; null when something was granted. */
  readonly notice: string | null;
}

/** What a list of one kind may show. */
export interface List {
  readonly accesses: readonly Access[];
  /** Whether what is listed depends on more than subjects: on claims, the address or the app. */
  readonly isPersonal: boolean;
  /** As it was last made. */
  listed: Listed | null;
}

/** How a slot may be used: any candidate that holds suffices, then no guard may deny. */
export interface Access {
  readonly slot: Slot;
  /** Unconditional ones first, then by the grant's name: the first that holds is reported. */
  readonly candidates: readonly Candidate[];
  /** Constant ones first, then by name: the first that denies is reported. */
  readonly guards: readonly BuiltGuard[];
  /** Whether anything here has to be evaluated. */
  readonly isConditional: boolean;
  /** What must hold of the arguments before conditions may read them; null = none here does. */
  readonly projection: ProjectionPlan | null;
}

/** An entry of a grant that opens something. */
export interface Candidate {
  /** Unix milliseconds; 0 = never. */
  readonly expires: number;
  /** Null = unconditional. */
  readonly when: BuiltCondition | null;
  /** Of the entry, which is what is reported when its condition does not hold. */
  readonly entryRule: number;
  readonly decision: Decision;
}

/** How the resources of an assignment may be read: any candidate that has the URI and holds, then the guards about it. */
export interface ResourceAccess extends Pick<Access, 'slot' | 'candidates' | 'isConditional'> {
  /** Which of the candidates have a URI. */
  readonly index: UriIndex;
  readonly guards: readonly BuiltGuard[];
  /** What grants would give that have stopped for the caller, for one reason. */
  readonly stopped: readonly UriMatcher[];
  readonly reason: Absence;
}

/** The visible slots of a view, valid in a span of time that no expiry falls into, while nothing else is withheld. */
interface Listed {
  /** Of what was withheld. */
  readonly epoch: number;
  /** Unix milliseconds, inclusive. */
  readonly from: number;
  /** Unix milliseconds, exclusive. */
  readonly until: number;
  readonly visible: Visible;
}

export interface Visible {
  /** Equal for equal sets of slots of one gateway: the key of assembled lists. */
  readonly key: string;
  readonly slots: GatewayEngine['slots'];
}

/** The view of a caller, from the gateway's bounded cache. */
export function viewOf(gateway: GatewayEngine, caller: Caller): View {
  const admitted = clientIsAdmitted(gateway, caller);
  const clients = clientsOf(gateway.policy, caller);
  const key = `${caller.kind}${admitted ? '+' : '-'}${clients.join()} ${caller.subjects.join()}`;
  const known = gateway.views.get(key);
  if (known !== undefined) return known;
  const view = buildView(gateway, caller, admitted, clients);
  gateway.views.set(key, view);
  return view;
}

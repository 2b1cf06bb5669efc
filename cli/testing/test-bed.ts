import type { RulePlace } from '../../dataplane/bundle/decode/source-map.ts';
import type { ContentEngine } from '../../dataplane/content/index.ts';
import type { Engine } from '../../dataplane/decide/index.ts';

/** What tests are run against: the engines of the proxy, built from the bundle that would ship. */
export interface TestBed {
  readonly environment: string;
  readonly engine: Engine;
  readonly content: ContentEngine;
  /** Null for absences. */
  readonly ruleAt: (rule: number) => RulePlace | null;
}

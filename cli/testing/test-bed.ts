import { strict as assert } from 'node:assert';
import type { RulePlace } from '../../dataplane/bundle/decode/source-map.ts';
import type { ContentEngine } from '../../dataplane/content/index.ts';
import { buildEngine, type Engine } from '../../dataplane/decide/index.ts';

/** What tests are run against: the engines of the proxy, built from the bundle that would ship. */
export interface TestBed {
  readonly environment: string;
  readonly engine: Engine;
  readonly content: ContentEngine;
  /** Null for absences. */
  readonly ruleAt: (rule: number) => RulePlace | null;
}

/** The same, after the pointer has expired. */
export function staleBed(bed: TestBed): TestBed {
  const built = buildEngine(bed.engine.policy, bed.engine.catalog);
  assert(built.ok, 'what was built once can be built again');
  built.engine.withheld.believe({ fromMs: Number.POSITIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY });
  return { ...bed, engine: built.engine };
}

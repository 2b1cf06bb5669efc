import type { Engine } from '../../dataplane/decide/index.ts';
import { POINTER_LIFE_MS_MAX } from '../../dataplane/limits.ts';
import { compileFolder } from '../compile-folder.ts';
import { failure } from '../failure.ts';
import { appliesIn, robotsOf, workspaceOf } from '../policy-documents.ts';
import type { PolicyFolder } from '../policy-folder.ts';
import { promoteBundle } from '../promotion.ts';
import { countText, diagnosticsText } from '../show-diagnostics.ts';
import { storeSigned } from '../signed-bundle.ts';
import type { Terminal } from '../terminal.ts';
import { developmentKeys, keptRobotKeys } from './robots.ts';
import type { StateFolder } from './state-folder.ts';

export interface PublishTarget {
  readonly state: StateFolder;
  readonly workspace: string;
  readonly environment: string;
  readonly channel: string;
  /** Where gateways answer on this machine; null = the workspace's own URL. */
  readonly url: string | null;
  readonly terminal: Terminal;
}

export interface Publication {
  readonly engine: Engine;
  /** Development keys in the clear, by robot. */
  readonly robotKeys: ReadonlyMap<string, string>;
}

/** Compiles, signs, tests and promotes into the state folder; null, with the mistakes printed, when there are any. */
export async function publish(folder: PolicyFolder, target: PublishTarget): Promise<Publication | null> {
  const { state, workspace, environment, channel, terminal } = target;
  const renamed = workspaceOf(folder);
  if (renamed !== null && renamed.name !== workspace) {
    throw failure(
      folder.root,
      `the workspace is now called ${renamed.name}, not ${workspace}`,
      'start `mcpgw serve` again',
    );
  }
  const robots = robotsOf(folder).documents.filter((robot) => appliesIn(robot, environment));
  const robotKeys = await keptRobotKeys(
    state.files.robots,
    robots.map((robot) => robot.name),
  );
  const { diagnostics, compiled } = compileFolder(folder, environment, {
    url: target.url,
    keys: developmentKeys(environment, robotKeys),
  });
  if (diagnostics.length > 0) terminal.comment(diagnosticsText(terminal, 'comment', diagnostics).trimEnd());
  if (compiled === null) {
    terminal.comment(`${terminal.paint('comment', 'red', countText(diagnostics))} in ${folder.root}`);
    return null;
  }
  const bundle = compiled.bundle();
  const { engine } = await storeSigned(state.files.store, workspace, environment, bundle, state.bundleKey);
  const { pointer, written } = await promoteBundle({
    store: state.files.store,
    channel,
    id: bundle.id,
    key: state.pointerKey,
    trust: null,
    // Nobody refreshes it on a schedule, and no key of this folder is of use anywhere else.
    lifeMs: POINTER_LIFE_MS_MAX,
    nowMs: Date.now(),
    revoke: [],
    reason: null,
  });
  if (written) terminal.comment(`promoted bundle ${bundle.id.slice(0, 12)} as seq ${pointer.seq}`);
  return { engine, robotKeys };
}

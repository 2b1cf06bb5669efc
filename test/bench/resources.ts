/**
 * What reading a resource, and showing one in a list, costs for somebody with 1 000 patterns, and with 10. Prints rows for
 * README.md as JSON.
 */
import assert from 'node:assert/strict';
import { bench, do_not_optimize } from 'mitata';
import {
  argumentsReader,
  buildEngine,
  Call,
  decideResource,
  resourceVisible,
  viewOf,
  type Caller,
  type View,
} from '../../dataplane/decide/index.ts';
import { rigContents } from '../fixtures/rig-policy.ts';
import { printRows } from './micro.ts';

const PATTERNS = [10, 1_000] as const;
const nobody = argumentsReader(Buffer.alloc(0), null);

/** A robot that may read the readme of so many repositories and what is below their documentation. */
function viewWith(patterns: number): readonly [view: View, caller: Caller] {
  const repositories = Array.from({ length: patterns / 2 }, (_, at) => `repo://acme/project-${at}`);
  const resources = repositories.flatMap((repository) => [`${repository}/*/readme`, `${repository}/docs/**`]);
  const { policy, catalog } = rigContents(
    {
      servers: [{ name: 'repos', url: 'http://127.0.0.1:9/', era: 'modern', tools: [] }],
      gateways: [{ name: 'desk', servers: { repos: 'repos' }, grants: [{ to: ['bot'], server: 'repos', resources }] }],
    },
    {},
  );
  const built = buildEngine(policy, catalog);
  assert(built.ok);
  const gateway = built.engine.gateway('desk');
  assert(gateway !== null);
  const bot = policy.subjects.findIndex(({ kind }) => kind === 'robot');
  const caller: Caller = {
    kind: 'robot',
    subjects: [bot],
    clientId: '',
    clientName: '',
    id: 'bot',
    email: '',
    claims: new Map(),
  };
  return [viewOf(gateway, caller), caller];
}

for (const patterns of PATTERNS) {
  const [view, caller] = viewWith(patterns);
  const [assignment] = view.gateway.gateway.assignments;
  assert(assignment !== undefined);
  const call = new Call(caller, 1, nobody);
  const list = new Call(caller, 1, null);
  const readme = 'repo://acme/project-3/main/readme';
  const secret = 'repo://acme/project-3/main/secret';
  assert(decideResource(view, readme, call).decision.allow);
  assert(!decideResource(view, secret, call).decision.allow);
  const name = (what: string): string => `${what}, ${patterns} patterns`;
  bench(name('decide a read'), () => do_not_optimize(decideResource(view, readme, call)));
  bench(name('refuse a read'), () => do_not_optimize(decideResource(view, secret, call)));
  bench(name('show a resource of a list'), () => do_not_optimize(resourceVisible(view, assignment, readme, list)));
  bench(name('leave one out'), () => do_not_optimize(resourceVisible(view, assignment, secret, list)));
}
await printRows();

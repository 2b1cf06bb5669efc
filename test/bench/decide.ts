/**
 * What one decision costs behind a gateway with 1 000 conditional grants, and with 10. Prints rows for README.md as JSON.
 */
import assert from 'node:assert/strict';
import { bench, do_not_optimize } from 'mitata';
import { compile } from '../../compiler/index.ts';
import {
  argumentsReader,
  buildEngine,
  Call,
  decide,
  viewOf,
  visible,
  type Caller,
  type View,
} from '../../dataplane/decide/index.ts';
import { printRows } from './micro.ts';
import { benchmarkFiles } from './organisation.ts';

const GRANTS = [10, 1_000] as const;

/** One team per grant, each with its own condition on the arguments of every tool. */
function policyWith(grants: number): readonly { readonly path: string; readonly text: string }[] {
  const documents = Array.from(
    { length: grants },
    (_, at) => `---
kind: Team
name: team-${at}
members: { users: [user-${at}@acme.dev] }
---
kind: Allowlist
name: list-${at}
allow:
  - { server: plain, tools: [tool_0*], when: 'args.id > ${at} && (!has(args.note) || args.note != "n${at}")' }
---
kind: Grant
name: grant-${at}
gateway: plain
to: { teams: [team-${at}] }
allow: [list-${at}]
`,
  );
  const files = Object.entries(benchmarkFiles('http://127.0.0.1:1')).map(([path, text]) => ({ path, text }));
  return [...files, { path: 'grants.yaml', text: documents.join('') }];
}

function viewWith(grants: number): readonly [view: View, caller: Caller] {
  const files = policyWith(grants);
  const { diagnostics, compiled } = compile({
    files: files.filter(({ path }) => path.endsWith('.yaml')),
    locks: files.filter(({ path }) => path.endsWith('.json')),
    environment: 'bench',
    source: { commit: null, dirty: false },
    compilerVersion: '0.0.0',
  });
  assert(compiled !== null, diagnostics[0]?.message);
  const built = buildEngine(compiled.policy, compiled.catalog);
  assert(built.ok);
  const { engine } = built;
  const team = engine.policy.subjects.findIndex(({ name }) => name === 'team-5');
  const caller: Caller = {
    kind: 'person',
    subjects: [team],
    clientId: '',
    clientName: '',
    id: 'corp:u',
    email: '',
    claims: new Map(),
  };
  const gateway = engine.gateway('plain');
  assert(gateway !== null);
  return [viewOf(gateway, caller), caller];
}

const body = Buffer.from('{"id":4711,"note":"what the customer wrote"}');
const read = argumentsReader(body, { start: 0, end: body.length });
for (const grants of GRANTS) {
  const [view, caller] = viewWith(grants);
  const call = new Call(caller, 1, read);
  assert(decide(view, 'tool_03', call).allow);
  assert(!decide(view, 'tool_30', call).allow);
  const name = (what: string): string => `${what}, ${grants} conditional grants`;
  bench(name('decide a call'), () => do_not_optimize(decide(view, 'tool_03', call)));
  bench(name('decide a new call, its arguments read'), () =>
    do_not_optimize(decide(view, 'tool_03', new Call(caller, 1, read))),
  );
  bench(name('refuse a hidden tool'), () => do_not_optimize(decide(view, 'tool_30', call)));
  bench(name('list'), () => do_not_optimize(visible(view, call)));
}
await printRows();

/**
 * The large organisation (design.md, Scale), measured in a process of its own: from sources to a bundle, again after one
 * file changed, and from a bundle to a first decision. Prints rows for README.md as JSON.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { compile } from '../../compiler/index.ts';
import { loadBundle } from '../../dataplane/bundle/load.ts';
import { MANIFEST_TYPE, signEnvelope } from '../../dataplane/format/dsse.ts';
import { privateKeyOf } from '../../dataplane/format/signing-key.ts';
import { Call, decide, viewOf, type Caller } from '../../dataplane/decide/index.ts';
import { LARGE, largeOrganisation } from './large-organisation.ts';

const source = { commit: null, dirty: false };
const input = { environment: 'production', source, compilerVersion: '0.0.0' };
/** Files that change one after another. */
const CHANGES = 9;
const rows: (readonly [what: string, figure: string])[] = [];

function timed<T>(work: () => T): readonly [result: T, ms: number] {
  const started = performance.now();
  const result = work();
  return [result, performance.now() - started];
}

/** User and system time of this process, which other work on the machine does not stretch. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const organisation = largeOrganisation(LARGE);
const cpuBefore = cpuMs();
const [first, checkMs] = timed(() => compile({ ...organisation, ...input }));
const { compiled } = first;
assert(compiled !== null, first.diagnostics[0]?.message);
const [bundle, packMs] = timed(() => compiled.bundle());
rows.push(['check, invariants and analysis included', `${(checkMs / 1_000).toFixed(2)} s`]);
rows.push(['check and compile', `${((checkMs + packMs) / 1_000).toFixed(2)} s`]);
rows.push(['CPU of that', `${((cpuMs() - cpuBefore) / 1_000).toFixed(2)} s`]);
rows.push(['memory of that, at most', `${Math.round(process.resourceUsage().maxRSS / 1_024)} MB`]);

let { files } = organisation;
const changesMs = Array.from({ length: CHANGES }, (_, change) => {
  const changed = files.length - 1 - change * 100;
  files = files.map((file, at) =>
    at === changed ? { path: file.path, text: file.text.replace('reason: OPS', 'reason: SEC') } : file,
  );
  const [again, ms] = timed(() => compile({ files, locks: organisation.locks, ...input }));
  assert(again.compiled !== null);
  return Math.round(ms);
}).sort((a, b) => a - b);
const [leastMs, medianMs, mostMs] = [0, CHANGES >> 1, CHANGES - 1].map((at) => changesMs[at]);
rows.push([`check again after one file changed, ${CHANGES} times`, `${medianMs} ms (${leastMs} to ${mostMs})`]);

const key = privateKeyOf(generateKeyPairSync('ed25519').privateKey);
assert(key !== null);
const envelope = signEnvelope(MANIFEST_TYPE, bundle.manifestBytes, [key]);
const role = { keys: [key.publicKey], threshold: 1 };
const trust = { workspace: 'large', environment: 'production', bundle: role, pointer: role };
const offer = { tar: bundle.tar, envelope, trust, workspace: 'large', environment: 'production', id: bundle.id };
const [loaded, loadMs] = timed(() => loadBundle(offer));
assert(loaded.ok);
rows.push([`load the bundle (${(bundle.tar.length / 1e6).toFixed(1)} MB) in the proxy`, `${Math.round(loadMs)} ms`]);

const { engine } = loaded.snapshot;
const team = engine.policy.subjects.findIndex((subject) => subject.kind === 'team' && subject.name === 'team-31');
const caller: Caller = {
  kind: 'person',
  subjects: [team],
  clientId: '',
  clientName: '',
  id: 'corp:u',
  email: '',
  claims: new Map(),
};
const [view, expandMs] = timed(() => {
  const gateway = engine.gateway(engine.reachable(caller, 0)[0] ?? '');
  assert(gateway !== null);
  return viewOf(gateway, caller);
});
rows.push(['first use of a gateway', `${expandMs.toFixed(1)} ms`]);
const access = view.accesses.find((candidate) => candidate !== null);
const tool = access?.slot.exposed ?? '';
assert(decide(view, tool, new Call(caller, 0, null)).allow);
console.log(JSON.stringify(rows));

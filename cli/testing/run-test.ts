import { Call, exposedName, viewOf, visible, type Slot } from '../../dataplane/decide/index.ts';
import { canonicalJson } from '../../dataplane/format/canonical-json.ts';
import type { CallTest, PolicyTest, ResultTest, SeesTest, TestSuite } from '../../schemas/types/documents.ts';
import { grantsOf, noteOn, notesOnContent, notesOnDenial } from './notes.ts';
import type { Note, TestFailure } from './outcome.ts';
import { redactResult } from './redaction.ts';
import type { TestBed } from './test-bed.ts';
import { testCaller } from './test-caller.ts';
import { tryCall, type Scene, type TriedCall } from './try-call.ts';

/** Runs one test of a suite; null when it passes. Asks the engines of the proxy and nothing else. */
export function runTest(bed: TestBed, suite: TestSuite, test: PolicyTest): TestFailure | null {
  const expected = expectationOf(test);
  const gateway = bed.engine.gateway(test.gateway);
  if (gateway === null) return fails(expected, `there is no Gateway ${test.gateway} in this environment`);
  const principal = suite.principals[test.as];
  if (principal === undefined) return fails(expected, `the suite has no principal ${test.as}`);
  const { policy } = bed.engine;
  const who = testCaller(policy, principal, test.client ?? null, gateway.gateway.clients);
  if (!who.ok) return fails(expected, who.message);
  const scene: Scene = { bed, gateway, caller: who.caller, nowMs: Date.parse(suite.now) };
  if ('call' in test) return runCall(scene, test, expected);
  if ('sees' in test) return runSees(scene, test);
  return runResult(scene, test, expected);
}

function expectationOf(test: PolicyTest): string {
  if ('call' in test) return test.expect;
  if ('sees' in test) return test.sees.length === 0 ? 'no tool' : test.sees.join(', ');
  return JSON.stringify(test.expectText);
}

function runCall(scene: Scene, test: CallTest, expected: string): TestFailure | null {
  const tried = tryCall(scene, exposedAs(scene, test.call), test.args ?? {});
  const { redaction } = tried;
  const allowed = isAllowed(tried);
  if (allowed !== (test.expect === 'allow')) {
    return fails(expected, describe(tried), explain(scene, test.call, tried));
  }
  if (test.expectArgs === undefined || !allowed || redaction?.kind !== 'passed') return null;
  const actual = JSON.parse(redaction.value.toString('utf8')) as object;
  if (canonicalJson(actual) === canonicalJson(test.expectArgs)) return null;
  const notes = notesOnContent(scene.bed, redaction.findings);
  return fails(JSON.stringify(test.expectArgs), JSON.stringify(actual), notes);
}

function runResult(scene: Scene, test: ResultTest, expected: string): TestFailure | null {
  const tried = tryCall(scene, exposedAs(scene, test.result), test.args ?? {});
  const { decision } = tried;
  if (!isAllowed(tried) || decision.slot === null) {
    const notes = explain(scene, test.result, tried);
    return fails(expected, `no result ever arrives: the call is ${describe(tried).replace('deny', 'denied')}`, notes);
  }
  const view = viewOf(scene.gateway, scene.caller);
  const redaction = redactResult({ ...scene, view, kind: scene.caller.kind, slot: decision.slot }, test.text);
  const actual = redaction.kind === 'blocked' ? 'the result is blocked' : JSON.stringify(redaction.value);
  if (actual === expected) return null;
  const notes = notesOnContent(scene.bed, redaction.findings);
  return fails(expected, actual, notes.length > 0 ? notes : [{ text: 'no redaction rule found anything', at: null }]);
}

/** The set is exact: a tool too many is as wrong as one that is missing. */
function runSees(scene: Scene, test: SeesTest): TestFailure | null {
  const { gateway, caller, nowMs } = scene;
  const seen = visible(viewOf(gateway, caller), new Call(caller, nowMs, null))
    .slots.map((slot) => toolOf(scene, slot))
    .sort();
  const wanted = new Set(test.sees);
  const missing = [...wanted].filter((tool) => !seen.includes(tool)).sort();
  const extra = seen.filter((tool) => !wanted.has(tool));
  if (missing.length === 0 && extra.length === 0) return null;
  const why = (tool: string): readonly Note[] => explain(scene, tool, tryCall(scene, exposedAs(scene, tool), {}));
  const notes = [
    ...missing.flatMap((tool) => marked('-', tool, why(tool))),
    ...extra.flatMap((tool) => marked('+', tool, why(tool))),
  ];
  const sorted = [...wanted].sort();
  return fails(
    sorted.length === 0 ? 'no tool' : sorted.join(', '),
    seen.length === 0 ? 'no tool' : seen.join(', '),
    notes,
  );
}

function marked(sign: '-' | '+', tool: string, notes: readonly Note[]): Note[] {
  const what = sign === '-' ? 'is missing' : 'should not be seen';
  return notes.length === 0
    ? [{ text: `${sign} ${tool} ${what}`, at: null }]
    : notes.map((note) => ({ text: `${sign} ${tool} ${what}: ${note.text}`, at: note.at }));
}

/** The name under which the gateway has the tool; of one that it lacks, the name that it would have, as a client would ask. */
function exposedAs(scene: Scene, tool: string): string {
  const slot = scene.gateway.slots.find((candidate) => toolOf(scene, candidate) === tool);
  if (slot !== undefined) return slot.exposed;
  const { assignment, name } = split(tool);
  const known = scene.gateway.gateway.assignments.find((candidate) => candidate.name === assignment);
  return known === undefined ? tool : exposedName(known, name);
}

function toolOf(scene: Scene, slot: Slot): string {
  return `${slot.assignment.name}/${scene.bed.engine.catalog.definitions[slot.definition]?.name ?? ''}`;
}

function split(tool: string): { readonly assignment: string; readonly name: string } {
  const at = tool.indexOf('/');
  return { assignment: tool.slice(0, at), name: tool.slice(at + 1) };
}

function isAllowed({ decision, redaction, refused }: TriedCall): boolean {
  return decision.allow && refused === null && redaction?.kind !== 'blocked';
}

function describe({ decision, redaction, refused }: TriedCall): string {
  if (!decision.allow) return `deny (${decision.reason})`;
  if (refused !== null) return `deny (${refused})`;
  return redaction?.kind === 'blocked' ? 'deny (the arguments are blocked)' : 'allow';
}

/** Why it came out so: the rule that decided, and for want of a grant who does hold the tool. */
function explain(scene: Scene, tool: string, { decision, redaction, refused }: TriedCall): readonly Note[] {
  const { bed, gateway } = scene;
  const alerts = decision.alerts.map((rule) => noteOn(bed, rule, 'recorded as an alert by'));
  if (decision.allow) {
    const decided = [noteOn(bed, decision.rule, refused === null ? 'allowed by' : 'otherwise allowed by'), ...alerts];
    return redaction?.kind === 'blocked' ? [...notesOnContent(bed, redaction.findings), ...decided] : decided;
  }
  const { slot } = decision;
  if (slot === null) return [{ text: `gateway ${gateway.name} has no tool ${tool}`, at: null }];
  const denial = notesOnDenial(bed, decision);
  return denial.length > 0 ? [...denial, ...alerts] : grantsOf(bed, gateway, slot, decision.reason);
}

function fails(expected: string, actual: string, notes: readonly Note[] = []): TestFailure {
  return { expected, actual, notes };
}

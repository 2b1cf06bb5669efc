import {
  decide,
  exposedName,
  viewOf,
  visible,
  type Caller,
  type Decision,
  type GatewayEngine,
  type Slot,
} from '../../dataplane/decide/index.ts';
import { canonicalJson } from '../../dataplane/format/canonical-json.ts';
import type { CallTest, PolicyTest, ResultTest, SeesTest, TestSuite } from '../../schemas/types/documents.ts';
import { grantsOf, noteOn, notesOnContent } from './notes.ts';
import type { Note, TestFailure } from './outcome.ts';
import { redactArguments, redactResult, type Redaction } from './redaction.ts';
import type { TestBed } from './test-bed.ts';
import { testCaller } from './test-caller.ts';

/** One test, resolved: who calls which gateway when. */
interface Scene {
  readonly bed: TestBed;
  readonly gateway: GatewayEngine;
  readonly caller: Caller;
  readonly nowMs: number;
}

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
  const decision = decideCall(scene, test.call);
  const redaction = decision.slot === null ? null : redactArguments({ ...scene, slot: decision.slot }, test.args ?? {});
  const allowed = decision.allow && redaction?.kind !== 'blocked';
  if (allowed !== (test.expect === 'allow')) {
    return fails(expected, describe(decision, redaction), explain(scene, test.call, decision, redaction));
  }
  if (test.expectArgs === undefined || !allowed || redaction === null) return null;
  if (canonicalJson(redaction.value) === canonicalJson(test.expectArgs)) return null;
  const notes = notesOnContent(scene.bed, redaction.findings);
  return fails(JSON.stringify(test.expectArgs), JSON.stringify(redaction.value), notes);
}

function runResult(scene: Scene, test: ResultTest, expected: string): TestFailure | null {
  const decision = decideCall(scene, test.result);
  if (!decision.allow || decision.slot === null) {
    const notes = explain(scene, test.result, decision, null);
    return fails(expected, `no result ever arrives: the call is denied (${decision.reason})`, notes);
  }
  const redaction = redactResult({ ...scene, slot: decision.slot }, test.text);
  const actual = redaction.kind === 'blocked' ? 'the result is blocked' : JSON.stringify(redaction.value);
  if (actual === expected) return null;
  const notes = notesOnContent(scene.bed, redaction.findings);
  return fails(expected, actual, notes.length > 0 ? notes : [{ text: 'no redaction rule found anything', at: null }]);
}

/** The set is exact: a tool too many is as wrong as one that is missing. */
function runSees(scene: Scene, test: SeesTest): TestFailure | null {
  const seen = visible(viewOf(scene.gateway, scene.caller), scene.nowMs)
    .slots.map((slot) => toolOf(scene, slot))
    .sort();
  const wanted = new Set(test.sees);
  const missing = [...wanted].filter((tool) => !seen.includes(tool)).sort();
  const extra = seen.filter((tool) => !wanted.has(tool));
  if (missing.length === 0 && extra.length === 0) return null;
  const notes = [
    ...missing.flatMap((tool) => marked('-', tool, explain(scene, tool, decideCall(scene, tool), null))),
    ...extra.flatMap((tool) => marked('+', tool, explain(scene, tool, decideCall(scene, tool), null))),
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

function decideCall(scene: Scene, tool: string): Decision {
  const view = viewOf(scene.gateway, scene.caller);
  return decide(view, slotOf(scene, tool)?.exposed ?? unexposed(scene, tool), scene.nowMs);
}

/** A tool that the gateway lacks is asked for under the name it would have, as a client would. */
function unexposed(scene: Scene, tool: string): string {
  const { assignment, name } = split(tool);
  const known = scene.gateway.gateway.assignments.find((candidate) => candidate.name === assignment);
  return known === undefined ? tool : exposedName(known, name);
}

function slotOf(scene: Scene, tool: string): Slot | null {
  return scene.gateway.slots.find((slot) => toolOf(scene, slot) === tool) ?? null;
}

function toolOf(scene: Scene, slot: Slot): string {
  return `${slot.assignment.name}/${scene.bed.engine.catalog.definitions[slot.definition]?.name ?? ''}`;
}

function split(tool: string): { readonly assignment: string; readonly name: string } {
  const at = tool.indexOf('/');
  return { assignment: tool.slice(0, at), name: tool.slice(at + 1) };
}

function describe(decision: Decision, redaction: Redaction | null): string {
  if (!decision.allow) return `deny (${decision.reason})`;
  return redaction?.kind === 'blocked' ? 'deny (the arguments are blocked)' : 'allow';
}

/** Why it came out so: the rule that decided, and for a denial who does hold the tool. */
function explain(scene: Scene, tool: string, decision: Decision, redaction: Redaction | null): readonly Note[] {
  if (decision.allow) {
    const decided = noteOn(scene.bed, decision.rule, 'allowed by');
    return redaction?.kind === 'blocked' ? [...notesOnContent(scene.bed, redaction.findings), decided] : [decided];
  }
  const { slot } = decision;
  if (slot === null) return [{ text: `gateway ${scene.gateway.name} has no tool ${tool}`, at: null }];
  return grantsOf(scene.bed, scene.gateway, slot, decision.reason);
}

function fails(expected: string, actual: string, notes: readonly Note[] = []): TestFailure {
  return { expected, actual, notes };
}

import { viewOf } from '../../dataplane/decide/index.ts';
import { canonicalJson } from '../../dataplane/format/canonical-json.ts';
import type { CallTest, PolicyTest, PromptTest, ResultTest, TestSuite } from '../../schemas/types/documents.ts';
import { describe, explain, fails, isAllowed } from './explain.ts';
import { exposedAs } from './names.ts';
import { notesOnContent } from './notes.ts';
import type { TestFailure } from './outcome.ts';
import { redactResult } from './redaction.ts';
import { renderSet, runSees } from './run-sees.ts';
import { runRead } from './run-read.ts';
import type { TestBed } from './test-bed.ts';
import { testCaller } from './test-caller.ts';
import { tryCall, type Scene } from './try-call.ts';

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
  if ('call' in test) return runCall(scene, 'tool', test.call, test);
  if ('prompt' in test) return runCall(scene, 'prompt', test.prompt, test);
  if ('read' in test) return runRead(scene, test);
  if ('sees' in test) return runSees(scene, 'tool', test.sees);
  if ('seesPrompts' in test) return runSees(scene, 'prompt', test.seesPrompts);
  if ('seesTemplates' in test) return runSees(scene, 'template', test.seesTemplates);
  return runResult(scene, test, expected);
}

function expectationOf(test: PolicyTest): string {
  if ('expect' in test) return test.expect;
  if ('sees' in test) return renderSet('tool', test.sees);
  if ('seesPrompts' in test) return renderSet('prompt', test.seesPrompts);
  if ('seesTemplates' in test) return renderSet('template', test.seesTemplates);
  return JSON.stringify(test.expectText);
}

function runCall(scene: Scene, kind: 'tool' | 'prompt', name: string, test: CallTest | PromptTest): TestFailure | null {
  const tried = tryCall(scene, { kind, exposed: exposedAs(scene, kind, name) }, test.args ?? {});
  const { redaction } = tried;
  const allowed = isAllowed(tried);
  if (allowed !== (test.expect === 'allow')) {
    return fails(test.expect, describe(tried), explain(scene, `${kind} ${name}`, tried));
  }
  if (test.expectArgs === undefined || !allowed || redaction?.kind !== 'passed') return null;
  const actual = JSON.parse(redaction.value.toString('utf8')) as object;
  if (canonicalJson(actual) === canonicalJson(test.expectArgs)) return null;
  const notes = notesOnContent(scene.bed, redaction.findings);
  return fails(JSON.stringify(test.expectArgs), JSON.stringify(actual), notes);
}

function runResult(scene: Scene, test: ResultTest, expected: string): TestFailure | null {
  const tried = tryCall(scene, { kind: 'tool', exposed: exposedAs(scene, 'tool', test.result) }, test.args ?? {});
  const { decision } = tried;
  if (!isAllowed(tried) || decision.slot === null) {
    const notes = explain(scene, `tool ${test.result}`, tried);
    return fails(expected, `no result ever arrives: the call is ${describe(tried).replace('deny', 'denied')}`, notes);
  }
  const view = viewOf(scene.gateway, scene.caller);
  const redaction = redactResult({ ...scene, view, kind: scene.caller.kind, slot: decision.slot }, test.text);
  const actual = redaction.kind === 'blocked' ? 'the result is blocked' : JSON.stringify(redaction.value);
  if (actual === expected) return null;
  const notes = notesOnContent(scene.bed, redaction.findings);
  return fails(expected, actual, notes.length > 0 ? notes : [{ text: 'no redaction rule found anything', at: null }]);
}

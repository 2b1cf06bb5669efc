import { argumentsReader, Call, decideResource, viewOf } from '../../dataplane/decide/index.ts';
import type { ReadTest, TestResource } from '../../schemas/types/documents.ts';
import { describe, explain, fails } from './explain.ts';
import { exposedUriOf } from './names.ts';
import { readersOf } from './notes.ts';
import type { Note, TestFailure } from './outcome.ts';
import type { Scene } from './try-call.ts';

/** Reads a resource as a client would, by the URI that the gateway gives it; null when it comes out as expected. */
export function runRead(scene: Scene, test: ReadTest): TestFailure | null {
  const { gateway, caller, nowMs } = scene;
  const call = new Call(caller, nowMs, argumentsReader(Buffer.alloc(0), null));
  const found = decideResource(viewOf(gateway, caller), exposedUriOf(scene, test.read), call);
  if (found.decision.allow === (test.expect === 'allow')) return null;
  const tried = { decision: found.decision, redaction: null, refused: null };
  if (found.problem === null) return fails(test.expect, describe(tried), why(scene, test.read, tried));
  const actual = found.problem === 'not-normal' ? 'deny (the URI is not in normal form)' : 'deny (unknown)';
  return fails(test.expect, actual, found.problem === 'unknown' ? readersOf(scene, test.read) : []);
}

function why(scene: Scene, resource: TestResource, tried: Parameters<typeof explain>[2]): readonly Note[] {
  const { reason, allow } = tried.decision;
  const isRule = allow || reason === 'condition' || reason === 'guard';
  return isRule ? explain(scene, `resource ${resource.uri}`, tried) : readersOf(scene, resource);
}

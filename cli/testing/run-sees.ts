import { Call, viewOf, visible, type ListedKind, type Slot } from '../../dataplane/decide/index.ts';
import { explain, fails } from './explain.ts';
import { exposedAs, nameOf, slotNamed } from './names.ts';
import { grantsOf, noteOn } from './notes.ts';
import type { Note, TestFailure } from './outcome.ts';
import { tryCall, type Scene } from './try-call.ts';

const NOUNS: Readonly<Record<ListedKind, string>> = { tool: 'tool', prompt: 'prompt', template: 'resource template' };

/** What a test of a list expects, in one line. */
export function renderSet(kind: ListedKind, names: readonly string[]): string {
  return names.length === 0 ? `no ${NOUNS[kind]}` : names.join(', ');
}

/** The set is exact: one too many is as wrong as one that is missing. Null when it is as wanted. */
export function runSees(scene: Scene, kind: ListedKind, names: readonly string[]): TestFailure | null {
  const { gateway, caller, nowMs } = scene;
  const seen = visible(viewOf(gateway, caller), new Call(caller, nowMs, null), kind)
    .slots.map((slot) => nameOf(scene, slot))
    .sort();
  const wanted = new Set(names);
  const missing = [...wanted].filter((name) => !seen.includes(name)).sort();
  const extra = seen.filter((name) => !wanted.has(name));
  if (missing.length === 0 && extra.length === 0) return null;
  const notes = [
    ...missing.flatMap((name) => marked('-', name, why(scene, kind, name))),
    ...extra.flatMap((name) => marked('+', name, why(scene, kind, name))),
  ];
  return fails(renderSet(kind, [...wanted].sort()), renderSet(kind, seen), notes);
}

function why(scene: Scene, kind: ListedKind, name: string): readonly Note[] {
  if (kind !== 'template') {
    return explain(scene, `${kind} ${name}`, tryCall(scene, { kind, exposed: exposedAs(scene, kind, name) }, {}));
  }
  const slot = slotNamed(scene, kind, name);
  return slot === null
    ? [{ text: `gateway ${scene.gateway.name} has no resource template ${name}`, at: null }]
    : whyTemplate(scene, slot);
}

/** A template is not called: what counts is who may read some of the resources that it names. */
function whyTemplate({ bed, gateway, caller }: Scene, slot: Slot): readonly Note[] {
  const access = viewOf(gateway, caller).accesses[slot.index];
  return access === null || access === undefined
    ? grantsOf(bed, gateway, slot, 'no-grant')
    : access.candidates.map(({ decision }) => noteOn(bed, decision.rule, 'some of its resources are allowed by'));
}

function marked(sign: '-' | '+', name: string, notes: readonly Note[]): Note[] {
  const what = sign === '-' ? 'is missing' : 'should not be seen';
  return notes.length === 0
    ? [{ text: `${sign} ${name} ${what}`, at: null }]
    : notes.map((note) => ({ text: `${sign} ${name} ${what}: ${note.text}`, at: note.at }));
}

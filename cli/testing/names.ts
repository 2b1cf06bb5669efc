import { exposedName, exposeUri, type ListedKind, type Slot } from '../../dataplane/decide/index.ts';
import type { TestResource } from '../../schemas/types/documents.ts';
import type { Scene } from './try-call.ts';

/** What a slot is in the words of a test: `assignment/tool`. */
export function nameOf({ bed }: Scene, slot: Slot): string {
  return `${slot.assignment.name}/${bed.engine.catalog.definitions[slot.definition]?.name ?? ''}`;
}

/** The slot that a test names; null when the gateway has none. */
export function slotNamed(scene: Scene, kind: ListedKind, name: string): Slot | null {
  return scene.gateway.slots.find((slot) => slot.kind === kind && nameOf(scene, slot) === name) ?? null;
}

/** The name under which the gateway has it; of what it lacks, the name that it would have, as a client would ask. */
export function exposedAs(scene: Scene, kind: 'tool' | 'prompt', name: string): string {
  const slot = slotNamed(scene, kind, name);
  if (slot !== null) return slot.exposed;
  const at = name.indexOf('/');
  const known = scene.gateway.gateway.assignments.find((candidate) => candidate.name === name.slice(0, at));
  return known === undefined ? name : exposedName(known, name.slice(at + 1));
}

/** The URI under which the gateway shows a resource. */
export function exposedUriOf({ gateway }: Scene, { server, uri }: TestResource): string {
  const assignment = gateway.gateway.assignments.find(({ name }) => name === server);
  return assignment === undefined ? uri : exposeUri(gateway, assignment, uri);
}

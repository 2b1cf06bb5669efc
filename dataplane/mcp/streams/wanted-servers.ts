import type { Assignment } from '../../../schemas/types/policy.ts';
import { decideResource, readable, visible, type ListedKind } from '../../decide/index.ts';
import type { ClientContext } from '../mcp-request.ts';
import { channelOwner, legacyVersionOf } from '../open-channel.ts';
import type { ListKind } from './announcement.ts';
import type { EventStream } from './event-stream.ts';

const LIST_KINDS: readonly ListKind[] = ['tools', 'prompts', 'resources'];
const KIND_OF: Readonly<Record<ListKind, ListedKind>> = { tools: 'tool', prompts: 'prompt', resources: 'template' };

/** Whether the client sees anything of that kind from an assignment; otherwise a change is no business of its. */
export function seesAny({ choice, call }: ClientContext, assignment: Assignment, list: ListKind): boolean {
  const { view } = choice;
  if (view === null) return false;
  if (list === 'resources' && readable(view, call).includes(assignment)) return true;
  return visible(view, call, KIND_OF[list]).slots.some((slot) => slot.assignment === assignment);
}

/**
 * The assignments whose servers a stream is about, by the owner of their channel: whose resources it lists or is
 * subscribed to, and for a legacy client the legacy servers of which it sees anything, since they may ask it on a stream
 * of their own.
 */
export function wantedOf({
  context,
  wants,
}: EventStream): ReadonlyMap<string, { readonly assignment: Assignment; readonly uris: readonly string[] }> {
  const { view } = context.choice;
  const wanted = new Map<string, { readonly assignment: Assignment; readonly uris: string[] }>();
  if (view === null) return wanted;
  const listed = wants.lists.has('resources') ? readable(view, context.call) : [];
  for (const assignment of [...listed, ...askingServers(context)])
    wanted.set(channelOwner(context, assignment), { assignment, uris: [] });
  for (const uri of wants.uris) {
    const { decision, target } = decideResource(view, uri, context.call);
    if (!decision.allow || target === null) continue;
    const owner = channelOwner(context, target.assignment);
    const known = wanted.get(owner) ?? { assignment: target.assignment, uris: [] };
    known.uris.push(target.uri);
    wanted.set(owner, known);
  }
  return wanted;
}

function askingServers(context: ClientContext): readonly Assignment[] {
  const { snapshot, choice, era } = context;
  if (era === 'modern') return [];
  return (choice.view?.gateway.gateway.assignments ?? []).filter((assignment) => {
    const server = snapshot.bundle.catalog.servers[assignment.server];
    const isLegacy = server !== undefined && legacyVersionOf(server) !== null;
    return isLegacy && LIST_KINDS.some((list) => seesAny(context, assignment, list));
  });
}

import type { DefinitionKind } from '../format/definition-digest.ts';
import { DRIFT_LOOK_MS_MAX } from '../limits.ts';
import { EVERYTHING, renderCapabilities } from '../mcp/client-capabilities.ts';
import { drainList, type UpstreamList } from '../mcp/lists/drain-list.ts';
import type { CallFailure } from '../mcp/refusals.ts';
import type { Channel, ChannelSource, ChannelTarget } from '../upstream/channel.ts';
import { observeKind, type Observed, type ObservedKind } from './observed.ts';

export type LookResult =
  | { readonly ok: true; readonly observed: Observed; readonly channel: Channel }
  | { readonly ok: false; readonly reason: CallFailure };

const LISTS: Readonly<Record<DefinitionKind, UpstreamList>> = {
  tool: { method: 'tools/list', member: 'tools' },
  prompt: { method: 'prompts/list', member: 'prompts' },
  template: { method: 'resources/templates/list', member: 'resourceTemplates' },
};

/** As locks are recorded: on behalf of a client that can do everything, since some servers offer less to others. */
const CAPABILITIES = renderCapabilities(EVERYTHING);

/**
 * Reads all that an upstream lists, on a channel of our own, within bounds. Never rejects. A list that fails fails the
 * whole: what one look says must be of one moment.
 *
 * @param owner Whose channel it is: nobody's but ours.
 * @param signal Gives it up.
 */
export async function lookAt(
  channels: ChannelSource,
  owner: string,
  target: Omit<ChannelTarget, 'capabilities'>,
  signal: AbortSignal,
): Promise<LookResult> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(DRIFT_LOOK_MS_MAX)]);
  const opened = await channels.open(owner, { ...target, capabilities: CAPABILITIES });
  if (!opened.ok) return opened;
  const { channel } = opened;
  const ask = { capabilities: CAPABILITIES, headers: [] };
  const read = async (kind: DefinitionKind): Promise<ObservedKind | CallFailure> => {
    const drained = await drainList(channel, LISTS[kind], ask, patience);
    return drained.ok ? observeKind(kind, drained.items, drained.complete) : drained.reason;
  };
  const tool = await read('tool');
  if (typeof tool === 'string') return { ok: false, reason: tool };
  const prompt = await read('prompt');
  if (typeof prompt === 'string') return { ok: false, reason: prompt };
  const template = await read('template');
  if (typeof template === 'string') return { ok: false, reason: template };
  return { ok: true, observed: { tool, prompt, template }, channel };
}

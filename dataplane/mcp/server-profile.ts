import type { Assignment } from '../../schemas/types/policy.ts';
import type { Catalog, CatalogServer, ServerInfo } from '../../schemas/types/catalog.ts';
import { isStale, readable, type Call, type ListedKind, type Visible } from '../decide/index.ts';
import { INSTRUCTIONS_CHARS_MAX } from '../limits.ts';
import { VERSION } from '../version.ts';
import { visibleTo, type Choice } from './gateway-choice.ts';

/** What the gateway is to clients. */
export const SERVER_INFO: ServerInfo = { name: 'mcpgw', version: VERSION };

/** The key under which a modern result says who answered (2026-07-28 basic/index, Per-response protocol fields). */
export const SERVER_INFO_KEY = 'io.modelcontextprotocol/serverInfo';

/** All that a caller sees behind a gateway. */
export interface Seen {
  readonly visible: Readonly<Record<ListedKind, Visible>>;
  /** Where the caller may perhaps read resources. */
  readonly readable: readonly Assignment[];
  /** In the order of their names: of each of them something is seen. */
  readonly assignments: readonly Assignment[];
  /** The policy has expired, and the gateway does without what that takes away. */
  readonly isStale: boolean;
}

export function seenBy(choice: Choice, call: Call): Seen {
  const { view } = choice;
  const visible = {
    tool: visibleTo(choice, call, 'tool'),
    prompt: visibleTo(choice, call, 'prompt'),
    template: visibleTo(choice, call, 'template'),
  };
  const read = view === null ? [] : readable(view, call);
  const slots = [...visible.tool.slots, ...visible.prompt.slots, ...visible.template.slots];
  const seen = new Set([...slots.map(({ assignment }) => assignment), ...read]);
  const assignments = view?.gateway.gateway.assignments.filter((assignment) => seen.has(assignment)) ?? [];
  return { visible, readable: read, assignments, isStale: view !== null && isStale(view, call) };
}

/** The capabilities that a client is told of: only what is there for this caller (protocol.md 1.4). */
export interface GatewayCapabilities {
  readonly completions?: object;
  readonly logging?: object;
  readonly prompts?: { readonly listChanged: true };
  readonly resources?: { readonly listChanged: true; readonly subscribe?: true };
  readonly tools: { readonly listChanged: true };
}

/**
 * Capabilities merged of what the caller sees. Every list tells of its changes, since policies change; extensions and
 * experiments of servers are not passed on. A list that is not named here answers all the same, and is empty.
 */
export function mergeCapabilities(
  { visible, readable: read, assignments }: Seen,
  catalog: Catalog,
): GatewayCapabilities {
  const servers = assignments.map(({ server }) => catalog.servers[server]?.capabilities);
  const has = (capability: keyof CatalogServer['capabilities']): boolean =>
    servers.some((capabilities) => capabilities?.[capability] === true);
  const hasPrompts = visible.prompt.slots.length > 0;
  const hasResources = visible.template.slots.length > 0 || read.length > 0;
  return {
    ...(has('completions') && (hasPrompts || hasResources) ? { completions: {} } : {}),
    ...(has('logging') ? { logging: {} } : {}),
    ...(hasPrompts ? { prompts: { listChanged: true } } : {}),
    ...(hasResources ? { resources: { listChanged: true, ...(has('subscribe') ? { subscribe: true } : {}) } } : {}),
    // Also where there is none yet: a client that was told otherwise would not ask again when there is.
    tools: { listChanged: true },
  };
}

/**
 * Who the client is told that it talks to: a gateway that exposes one server under its own names is that server, to whoever
 * may use it.
 */
export function serverInfoOf({ view }: Choice, catalog: Catalog): ServerInfo {
  const [only, ...others] = view?.gateway.gateway.assignments ?? [];
  if (only === undefined || others.length > 0 || only.prefix !== '') return SERVER_INFO;
  return catalog.servers[only.server]?.serverInfo ?? SERVER_INFO;
}

/**
 * What the model is told about this gateway: the instructions of the servers of which the caller sees anything, as they
 * were reviewed, each under its assignment's name; or why there is nothing to see. Null when there is nothing to say.
 */
export function renderInstructions(choice: Choice, { assignments, isStale }: Seen, catalog: Catalog): string | null {
  if (choice.notice !== null) return cut(`No tools are available here: ${choice.notice}.`);
  if (assignments.length === 0) {
    const why = isStale
      ? `the policy of gateway ${choice.gateway} has expired`
      : `nothing is granted to you in gateway ${choice.gateway}`;
    return `No tools are available here: ${why}.`;
  }
  const parts = assignments.flatMap(({ name, server }) => {
    const text = catalog.servers[server]?.instructions ?? '';
    if (text === '') return [];
    return [assignments.length === 1 ? text : `# ${name}\n\n${text}`];
  });
  return parts.length === 0 ? null : cut(parts.join('\n\n'));
}

function cut(text: string): string {
  return text.length <= INSTRUCTIONS_CHARS_MAX ? text : `${text.slice(0, INSTRUCTIONS_CHARS_MAX - 1).toWellFormed()}…`;
}

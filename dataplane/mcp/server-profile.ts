import { INSTRUCTIONS_CHARS_MAX } from '../limits.ts';
import type { Catalog } from '../../schemas/types/catalog.ts';
import { VERSION } from '../version.ts';
import type { Choice } from './gateway-choice.ts';
import type { Visible } from '../decide/index.ts';

/** What the gateway is to clients. */
export const SERVER_INFO = { name: 'mcpgw', version: VERSION } as const;

/** Only what is served: tools, and no announcement of changes yet. */
export const SERVER_CAPABILITIES = { tools: {} } as const;

/** The key under which a modern result says who answered (2026-07-28 basic/index, Per-response protocol fields). */
export const SERVER_INFO_KEY = 'io.modelcontextprotocol/serverInfo';

/**
 * What the model is told about this gateway: the instructions of the servers whose tools the caller sees, as they were
 * reviewed, each under its assignment's name; or why there is nothing to see. Null when there is nothing to say.
 */
export function renderInstructions(choice: Choice, tools: Visible, catalog: Catalog): string | null {
  if (choice.notice !== null) return cut(`No tools are available here: ${choice.notice}.`);
  if (tools.slots.length === 0)
    return `No tools are available here: nothing is granted to you in gateway ${choice.gateway}.`;
  const sections = new Map<string, string>();
  for (const { assignment, server } of tools.slots) {
    const text = catalog.servers[server]?.instructions ?? null;
    if (text !== null && text !== '') sections.set(assignment.name, text);
  }
  const assignments = new Set(tools.slots.map((slot) => slot.assignment.name));
  const parts = [...sections].map(([name, text]) => (assignments.size === 1 ? text : `# ${name}\n\n${text}`));
  return parts.length === 0 ? null : cut(parts.join('\n\n'));
}

function cut(text: string): string {
  return text.length <= INSTRUCTIONS_CHARS_MAX ? text : `${text.slice(0, INSTRUCTIONS_CHARS_MAX - 1).toWellFormed()}…`;
}

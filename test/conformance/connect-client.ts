import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { ScenarioClient } from './client-scenarios.ts';

export interface ConnectedClient extends ScenarioClient {
  close(): Promise<void>;
}

const INFO = { name: 'mcpgw-conformance-client', version: '1.0.0' };
/** Answers forms with nothing, so that the SDK fills in their defaults. */
const CAPABILITIES = { elicitation: { form: { applyDefaults: true } } };
const ACCEPTED = { action: 'accept' as const, content: {} };

/** A real client of the revision under test: of SDK 1.x for the legacy ones, of SDK 2.x for 2026-07-28. */
export function connectClient(url: string, isModern: boolean): Promise<ConnectedClient> {
  return isModern ? connectModern(url) : connectLegacy(url);
}

async function connectModern(url: string): Promise<ConnectedClient> {
  const client = new ModernClient(INFO, { capabilities: CAPABILITIES, versionNegotiation: { mode: 'auto' } });
  client.setRequestHandler('elicitation/create', () => Promise.resolve(ACCEPTED));
  await client.connect(new ModernTransport(new URL(url)));
  return {
    listTools: async () => (await client.listTools()).tools,
    callTool: (name, args) => client.callTool({ name, arguments: args }),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    readResource: (uri) => client.readResource({ uri }),
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    getPrompt: (name) => client.getPrompt({ name }),
    close: () => client.close(),
  };
}

async function connectLegacy(url: string): Promise<ConnectedClient> {
  const client = new LegacyClient(INFO, { capabilities: CAPABILITIES });
  client.setRequestHandler(ElicitRequestSchema, () => Promise.resolve(ACCEPTED));
  await client.connect(new LegacyTransport(new URL(url)));
  return {
    listTools: async () => (await client.listTools()).tools,
    callTool: (name, args) => client.callTool({ name, arguments: args }),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    readResource: (uri) => client.readResource({ uri }),
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    getPrompt: (name) => client.getPrompt({ name }),
    close: () => client.close(),
  };
}

import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** The clients that people use: the SDK of the protocol's 2025 revisions, and its successor in both of its ways. */
export type ClientKind = 'sdk-1' | 'sdk-2-auto' | 'sdk-2-pinned';

export const CLIENT_KINDS: Readonly<Record<ClientKind, string>> = {
  'sdk-1': 'SDK 1.x',
  'sdk-2-auto': 'SDK 2.x, auto',
  'sdk-2-pinned': 'SDK 2.x, pinned to 2026-07-28',
};

export type CallResult =
  | { readonly kind: 'result'; readonly text: string }
  /** The tool itself failed, or a rule blocked what it said. */
  | { readonly kind: 'tool-error'; readonly text: string }
  | { readonly kind: 'refused'; readonly message: string };

export interface DemoClient {
  /** The protocol's revision that was agreed on. */
  readonly revision: string;
  tools(): Promise<readonly string[]>;
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<CallResult>;
  close(): Promise<void>;
}

const INFO = { name: 'mcpgw-demo', version: '1.0.0' };
const MODERN = '2026-07-28';

/** Connects a real client, as an app would. */
export function connect(kind: ClientKind, url: string, credential: string): Promise<DemoClient> {
  const requestInit = { headers: { Authorization: `Bearer ${credential}` } };
  switch (kind) {
    case 'sdk-1':
      return connectLegacy(new URL(url), requestInit);
    case 'sdk-2-auto':
      return connectModern(new URL(url), requestInit, 'auto');
    case 'sdk-2-pinned':
      return connectModern(new URL(url), requestInit, { pin: MODERN });
  }
}

async function connectLegacy(url: URL, requestInit: RequestInit): Promise<DemoClient> {
  const client = new LegacyClient(INFO);
  const transport = new LegacyTransport(url, { requestInit });
  let revision = '';
  const remember = transport.setProtocolVersion.bind(transport);
  transport.setProtocolVersion = (version) => remember((revision = version));
  await client.connect(transport);
  return {
    revision,
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: (name, args) => attempt(() => client.callTool({ name, arguments: { ...args } })),
    close: async () => {
      await transport.terminateSession().catch(() => undefined);
      await client.close();
    },
  };
}

async function connectModern(url: URL, requestInit: RequestInit, mode: 'auto' | { pin: string }): Promise<DemoClient> {
  const client = new ModernClient(INFO, { versionNegotiation: { mode } });
  await client.connect(new ModernTransport(url, { requestInit }));
  return {
    revision: client.getNegotiatedProtocolVersion() ?? '',
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: (name, args) => attempt(() => client.callTool({ name, arguments: { ...args } })),
    close: () => client.close(),
  };
}

async function attempt(call: () => Promise<object>): Promise<CallResult> {
  try {
    const result = await call();
    const text = textOf(result);
    return 'isError' in result && result.isError === true ? { kind: 'tool-error', text } : { kind: 'result', text };
  } catch (problem) {
    return { kind: 'refused', message: problem instanceof Error ? problem.message : String(problem) };
  }
}

function textOf(result: object): string {
  const content: unknown = 'content' in result ? result.content : [];
  if (!Array.isArray(content)) return '';
  return content.map((block: unknown) => (isText(block) ? block.text : '')).join('\n');
}

function isText(block: unknown): block is { readonly text: string } {
  return typeof block === 'object' && block !== null && 'text' in block && typeof block.text === 'string';
}

import type { AuditRecord } from '../../schemas/types/audit.ts';
import {
  messagesOf,
  modernBody,
  modernCall,
  modernHeaders,
  post,
  type Answer,
  type Post,
} from '../fixtures/mcp-http.ts';
import type { Rig } from '../fixtures/rig.ts';
import type { RawUpstream } from '../fixtures/upstreams/raw-upstream.ts';

/** What became of a call. */
export interface Outcome {
  readonly error: string | null;
  /** Of a result that is an error. */
  readonly text: string | null;
  /** Requests that reached the server. */
  readonly sent: number;
  readonly record?: AuditRecord | undefined;
}

/** One request and its record: the next one begins when it is written, so that no record is taken for another's. */
export async function ask(
  through: Rig,
  request: Post,
): Promise<{ readonly answer: Answer; readonly record?: AuditRecord }> {
  const before = (await through.records()).length;
  const answer = await post(request);
  const record = (await through.records(before + 1))[before];
  return { answer, ...(record === undefined ? {} : { record }) };
}

/** Calls a tool, in the gateway `work` unless told otherwise. `upstream` null: what reaches the server is not counted. */
export async function tryTool(
  through: Rig,
  upstream: RawUpstream | null,
  {
    tool,
    key,
    args = '{}',
    gateway = 'work',
  }: { readonly tool: string; readonly key: string; readonly args?: string; readonly gateway?: string },
): Promise<Outcome> {
  const forwarded = upstream?.requests.length ?? 0;
  const url = `${through.origin}/mcp/${gateway}`;
  const { answer, record } = await ask(through, { url, key, ...modernCall(tool, args) });
  const [message] = messagesOf(answer) as readonly {
    readonly error?: { readonly message: string };
    readonly result?: { readonly isError?: boolean; readonly content: readonly { readonly text: string }[] };
  }[];
  return {
    error: message?.error?.message ?? null,
    text: message?.result?.isError === true ? (message.result.content[0]?.text ?? '') : null,
    sent: (upstream?.requests.length ?? 0) - forwarded,
    record,
  };
}

/** The names of the tools that are listed. */
export async function listTools(through: Rig, key: string, gateway = 'work'): Promise<readonly string[]> {
  const { answer } = await ask(through, {
    url: `${through.origin}/mcp/${gateway}`,
    key,
    headers: modernHeaders('tools/list'),
    body: modernBody('tools/list'),
  });
  const [message] = messagesOf(answer) as readonly {
    readonly result: { readonly tools: readonly { name: string }[] };
  }[];
  return message?.result.tools.map(({ name }) => name) ?? [];
}

/** What becomes of a call of what looks as if it did not exist. */
export const unknown = (tool: string): object => ({ error: `Unknown tool: ${tool}`, text: null, sent: 0 });

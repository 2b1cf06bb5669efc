import { redactMessage, redactSpan, type Exchange, type Finding, type RuleSet } from '../../dataplane/content/index.ts';
import type { Caller, GatewayEngine, Slot } from '../../dataplane/decide/index.ts';
import { splice } from '../../dataplane/json/splice.ts';
import type { TestBed } from './test-bed.ts';

export type Redaction =
  | { readonly kind: 'passed'; readonly value: unknown; readonly findings: readonly Finding[] }
  | { readonly kind: 'blocked'; readonly findings: readonly Finding[] };

/** One tool called by one caller. */
export interface ToolCall {
  readonly bed: TestBed;
  readonly gateway: GatewayEngine;
  readonly slot: Slot;
  readonly caller: Caller;
}

/** The arguments as they would reach the server. */
export function redactArguments(call: ToolCall, args: Readonly<Record<string, unknown>>): Redaction {
  const bytes = Buffer.from(JSON.stringify(args));
  const redacted = redactSpan(rulesFor(call, 'to-server'), bytes, { start: 0, end: bytes.length });
  const { findings } = redacted;
  switch (redacted.kind) {
    case 'blocked':
      return { kind: 'blocked', findings };
    case 'unchanged':
      return { kind: 'passed', value: args, findings };
    case 'changed':
      return { kind: 'passed', value: parse(splice(bytes, redacted.edits)), findings };
  }
}

/** One text of a tool's result as it would reach the client: in the message that would carry it. */
export function redactResult(call: ToolCall, text: string): Redaction {
  const message = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } };
  const redacted = redactMessage(rulesFor(call, 'to-client'), Buffer.from(JSON.stringify(message)));
  const { findings } = redacted;
  if (redacted.kind === 'blocked') return { kind: 'blocked', findings };
  return { kind: 'passed', value: carriedText(redacted.bytes), findings };
}

function carriedText(message: Buffer): unknown {
  let text: unknown = null;
  JSON.parse(message.toString('utf8'), (key, value: unknown) => {
    if (key === 'text') text = value;
    return value;
  });
  return text;
}

function rulesFor({ bed, gateway, slot, caller }: ToolCall, direction: Exchange['direction']): RuleSet {
  return bed.content.rulesFor({
    gateway: gateway.index,
    server: slot.server,
    definition: slot.definition,
    kind: caller.kind,
    subjects: caller.subjects,
    client: gateway.policy.clients.findIndex(
      ({ ids, names }) => ids.includes(caller.clientId) || names.includes(caller.clientName),
    ),
    direction,
  });
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'));
}

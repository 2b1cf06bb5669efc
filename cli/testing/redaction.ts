import { redactMessage, redactSpan, type Exchange, type Finding, type RuleSet } from '../../dataplane/content/index.ts';
import type { Slot, View } from '../../dataplane/decide/index.ts';
import { splice } from '../../dataplane/json/splice.ts';
import { withoutAsked } from '../unasked-rules.ts';
import type { TestBed } from './test-bed.ts';

export type Redaction<T> =
  | { readonly kind: 'passed'; readonly value: T; readonly findings: readonly Finding[] }
  | { readonly kind: 'blocked'; readonly findings: readonly Finding[] };

/** One tool called by one caller. */
export interface ToolCall {
  readonly bed: TestBed;
  readonly view: View;
  readonly kind: 'person' | 'robot';
  readonly slot: Slot;
}

/** The arguments, after the rules that ask nobody else; given and returned as JSON text, as they would reach the server. */
export function redactArguments(call: ToolCall, args: Buffer): Redaction<Buffer> {
  const redacted = redactSpan(rulesFor(call, 'to-server'), args, { start: 0, end: args.length });
  const { findings } = redacted;
  switch (redacted.kind) {
    case 'blocked':
      return { kind: 'blocked', findings };
    case 'unchanged':
      return { kind: 'passed', value: args, findings };
    case 'changed':
      return { kind: 'passed', value: splice(args, redacted.edits), findings };
  }
}

/** One text of a tool's result as it would reach the client: in the message that would carry it. */
export function redactResult(call: ToolCall, text: string): Redaction<unknown> {
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

function rulesFor({ bed, view, kind, slot }: ToolCall, direction: Exchange['direction']): RuleSet {
  const { server, definition } = slot;
  const { gateway, subjects, clients } = view;
  const exchange = { gateway: gateway.index, server, definition, kind, subjects, clients, direction };
  return withoutAsked(bed.content.rulesFor(exchange)).rules;
}

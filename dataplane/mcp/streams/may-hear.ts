import { redactText } from '../../content/index.ts';
import { decideResource } from '../../decide/index.ts';
import { contentRules } from '../content-rules.ts';
import type { ClientContext } from '../mcp-request.ts';

/**
 * Whether a client may hear of a resource: it may read it, and content rules have nothing against its server being told the
 * URI. Where they would change that, it would be another resource's. A rule that asks others has something against it.
 */
export function mayHear({ turn, snapshot, choice, call }: ClientContext, uri: string): boolean {
  const { view } = choice;
  if (view === null) return false;
  const { decision, target } = decideResource(view, uri, call);
  if (!decision.allow || target === null) return false;
  const about = { server: target.server, definition: -1 };
  const redaction = redactText(contentRules(snapshot, call.caller, choice, about, 'to-server'), uri);
  if (!turn.over) turn.record.addFindings('to-server', redaction.findings);
  return redaction.kind === 'unchanged';
}

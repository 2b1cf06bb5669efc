import { decideResource } from '../../decide/index.ts';
import { goOn } from '../../go-on.ts';
import { contentRules } from '../content-rules.ts';
import { redactEntries, type RedactedEntry } from '../lists/redact-entries.ts';
import type { ClientContext } from '../mcp-request.ts';
import type { Waiter } from '../redact-scanned.ts';

/**
 * Of which of these resources a client may hear: those that it may read and against whose servers being told the URIs content
 * rules have nothing. Where they would change a URI, that would be another resource's. A promise, which never rejects, only
 * where rules ask others.
 */
export function mayHear(
  context: ClientContext,
  uris: readonly string[],
  waiter: Waiter,
): readonly string[] | Promise<readonly string[]> {
  const { turn, snapshot, choice, call } = context;
  const { view } = choice;
  if (view === null) return [];
  const urisByServer = new Map<number, string[]>();
  for (const uri of uris) {
    const { decision, target } = decideResource(view, uri, call);
    if (!decision.allow || target === null) continue;
    const known = urisByServer.get(target.server);
    if (known === undefined) urisByServer.set(target.server, [uri]);
    else known.push(uri);
  }
  let open: readonly string[] | Promise<readonly string[]> = [];
  for (const [server, asked] of urisByServer) {
    const rules = contentRules(snapshot, call.caller, choice, { server, definition: -1 }, 'to-server');
    const tokens = asked.map((uri) => Buffer.from(JSON.stringify(uri)));
    const allowed = (redacted: readonly RedactedEntry[]): readonly string[] => {
      if (!turn.over) for (const { findings } of redacted) turn.record.addFindings('to-server', findings);
      return asked.filter((_uri, at) => redacted[at]?.entry === tokens[at]);
    };
    open = goOn(open, (before) =>
      goOn(redactEntries(rules, tokens, waiter), (redacted) => [...before, ...allowed(redacted)]),
    );
  }
  return goOn(open, (heard) => uris.filter((uri) => heard.includes(uri)));
}

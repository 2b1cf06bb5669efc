import type { RedactionRule } from '../../schemas/types/documents.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';

/** Whether a rule's detector is somebody else, who is asked over the network. */
export function asksOthers({ detect }: RedactionRule): boolean {
  return 'presidio' in detect || 'webhook' in detect;
}

/** What a rule that asks others cannot say, since it would not be done. */
export function checkAskedRule(document: Document<RedactionRule>, report: Report): void {
  if (!asksOthers(document.value)) return;
  checkDirections(document, report);
  checkExamples(document, report);
  if ('webhook' in document.value.detect) checkWebhookOptions(document, report);
}

/** Audit records are written at once and by everybody: nobody is asked about them, and they must not be shown around. */
function checkDirections(document: Document<RedactionRule>, report: Report): void {
  const { directions } = document.value;
  const at = directions?.indexOf('audit') ?? -1;
  if (directions !== undefined && at < 0) return;
  report({
    code: 'content/asked-audit',
    message: 'a rule whose detector is asked over the network cannot look into audit records',
    span: directions === undefined ? document.spanAt(['detect'], 'key') : document.spanAt(['directions', at]),
    help:
      directions === undefined
        ? 'add `directions: [to-server, to-client]`, or one of them'
        : 'remove `audit`; another rule, with `regex`, `pii` or `secrets`, can look into audit records',
  });
}

function checkExamples(document: Document<RedactionRule>, report: Report): void {
  if (document.value.examples === undefined) return;
  report({
    code: 'content/asked-example',
    message: 'the compiler cannot ask the detector about examples',
    span: document.spanAt(['examples'], 'key'),
    help: 'remove them; `mcpgw redact --config` asks about a text',
  });
}

/** A webhook sees whole messages and says itself what becomes of them. */
function checkWebhookOptions(document: Document<RedactionRule>, report: Report): void {
  const { action, keys, numbers } = document.value;
  const path =
    action !== undefined && action !== 'block' && action !== 'alert'
      ? ['action']
      : keys !== undefined
        ? ['keys']
        : numbers !== undefined
          ? ['numbers']
          : null;
  if (path === null) return;
  report({
    code: 'content/webhook-option',
    message:
      path[0] === 'action'
        ? 'a webhook says itself what becomes of a message'
        : 'a webhook is asked about the whole message',
    span: document.spanAt(path, path[0] === 'action' ? undefined : 'key'),
    help:
      path[0] === 'action'
        ? 'write `action: block` to do as it says, changes included, or `action: alert` to record it only'
        : `remove \`${path.join('.')}\``,
  });
}

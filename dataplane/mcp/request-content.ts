import { redactSpan, type Blocked, type Finding, type RuleSet } from '../content/index.ts';
import { isTraceparent } from '../upstream/request-headers.ts';
import type { ScannedRequest } from './scan.ts';
import type { Span } from './scan-level.ts';
import { membersOf, type Edit } from './splice.ts';

export type RequestContent =
  { readonly kind: 'passed'; readonly edits: readonly Edit[]; readonly findings: readonly Finding[] } | Blocked;

/** Methods whose `params.name` was found among names that the policy knows: of any other it is a text like all others. */
const NAMED: ReadonlySet<string | null> = new Set(['tools/call', 'prompts/get']);
/** Members that say how is called, each in a form of its own: no text of the caller's. */
const OF_META: ReadonlySet<string> = new Set([
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientCapabilities',
  'progressToken',
]);

/** Applies rules to all text that a call carries to its server: the arguments, and whatever else its parameters have. */
export function redactRequest(rules: RuleSet, body: Buffer, message: ScannedRequest): RequestContent {
  const edits: Edit[] = [];
  const findings: Finding[] = [];
  if (rules.empty) return { kind: 'passed', edits, findings };
  for (const span of carriersOf(body, message)) {
    const redaction = redactSpan(rules, body, span);
    if (redaction.kind === 'blocked') return { ...redaction, findings: [...findings, ...redaction.findings] };
    findings.push(...redaction.findings);
    if (redaction.kind === 'changed') edits.push(...redaction.edits);
  }
  return { kind: 'passed', edits, findings };
}

function carriersOf(body: Buffer, message: ScannedRequest): readonly Span[] {
  const isOther = (key: string): boolean => key === '_meta' || (key === 'name' && NAMED.has(message.method));
  const inParams = message.params === null ? [] : membersOf(body, message.params).filter(({ key }) => !isOther(key));
  const inMeta = message.meta === null ? [] : membersOf(body, message.meta).filter((member) => isText(body, member));
  return [...inParams, ...inMeta];
}

/** Whether a member of `_meta` could carry what somebody wrote. */
function isText(
  body: Buffer,
  { key, start, end }: { readonly key: string; readonly start: number; readonly end: number },
): boolean {
  if (key !== 'traceparent') return !OF_META.has(key);
  // Written as W3C Trace Context says, it is numbers.
  return !isTraceparent(String(JSON.parse(body.toString('utf8', start, end))));
}

import {
  Deadline,
  isProtocolName,
  redactSpan,
  screenSpans,
  type Blocked,
  type Finding,
  type RuleSet,
  type ScreenedSpan,
} from '../content/index.ts';
import { isTraceparent } from '../upstream/request-headers.ts';
import type { ScannedRequest } from './scan.ts';
import type { Span } from './scan-level.ts';
import { membersOf, type Edit, type Member } from './splice.ts';
import { unforeseenIn } from './unforeseen.ts';

export type RequestContent =
  { readonly kind: 'passed'; readonly edits: readonly Edit[]; readonly findings: readonly Finding[] } | Blocked;

/** Methods whose `params.name` was found among names that the policy knows: of any other it is a text like all others. */
const NAMED: ReadonlySet<string | null> = new Set(['tools/call', 'prompts/get']);
/** Members with carriers of their own, and the state that was sealed here and is not passed on as it is. */
const NO_TEXT: ReadonlySet<string> = new Set(['_meta', 'requestState']);
/** Members that say how is called, each in a form of its own: no text of the caller's. */
const OF_META: ReadonlySet<string> = new Set([
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientCapabilities',
  'progressToken',
]);

/** Applies rules to all text that a call carries to its server: the arguments, and whatever else it and its parameters have. */
export function redactRequest(rules: RuleSet, body: Buffer, message: ScannedRequest): RequestContent {
  const edits: Edit[] = [];
  const findings: Finding[] = [];
  if (rules.empty) return { kind: 'passed', edits, findings };
  const deadline = new Deadline(rules.clock);
  for (const span of carriersOf(rules, body, message)) {
    const redaction = redactSpan(rules, body, span, deadline);
    if (redaction.kind === 'blocked') return { ...redaction, findings: [...findings, ...redaction.findings] };
    findings.push(...redaction.findings);
    if (redaction.kind === 'changed') edits.push(...redaction.edits);
  }
  // What is looked into is in no order: `_meta` may stand before the other members.
  if (edits.length > 1) edits.sort((a, b) => a.start - b.start);
  return { kind: 'passed', edits, findings };
}

/** The same, of rules of which some ask others. Never rejects. */
export async function screenRequest(
  rules: RuleSet,
  body: Buffer,
  message: ScannedRequest,
  signal: AbortSignal,
): Promise<RequestContent> {
  const spans = carriersOf(rules, body, message).map((carrier): ScreenedSpan => {
    const { start, end } = carrier;
    if (message.arguments?.start === start) return { start, end, what: 'arguments' };
    return 'key' in carrier ? { start, end, name: { start: carrier.keyStart, end: carrier.keyEnd } } : { start, end };
  });
  const redaction = await screenSpans(rules, body, spans, signal);
  if (redaction.kind === 'blocked') return redaction;
  const edits = redaction.kind === 'changed' ? redaction.edits : [];
  return { kind: 'passed', edits, findings: redaction.findings };
}

function carriersOf(rules: RuleSet, body: Buffer, message: ScannedRequest): readonly (Span | Member)[] {
  const isOther = (key: string): boolean => NO_TEXT.has(key) || (key === 'name' && NAMED.has(message.method));
  const params = message.params === null ? [] : membersOf(body, message.params);
  const meta = message.meta === null ? [] : membersOf(body, message.meta);
  const others = unforeseenIn(body, message);
  const values = [...params.filter(({ key }) => !isOther(key)), ...meta.filter((member) => isText(body, member))];
  const names = rules.keys ? namesIn(body, [...params, ...meta, ...others]) : [];
  return [...values, ...others, ...names, ...tokensOf(body, message)];
}

/** Names of members that nobody but the client gave them. */
function namesIn(body: Buffer, members: readonly Member[]): readonly Span[] {
  return members
    .filter(({ key, keyStart, keyEnd }) => !key.startsWith(OF_PROTOCOL) && !isProtocolName(body, keyStart, keyEnd))
    .map(({ keyStart, keyEnd }) => ({ start: keyStart, end: keyEnd }));
}

/** What the client tells its requests apart by, where that could say anything. A number says too little. */
function tokensOf(body: Buffer, { id, progressToken }: ScannedRequest): readonly Span[] {
  const tokens = [id, progressToken].filter((span) => span !== null);
  return tokens.filter(({ start, end }) => body[start] === QUOTE || end - start > NUMBER_DIGITS_MAX);
}

const OF_PROTOCOL = 'io.modelcontextprotocol/';
const QUOTE = 0x22;
/** A number of more digits could be one of somebody's. */
const NUMBER_DIGITS_MAX = 8;

/** Whether a member of `_meta` could carry what somebody wrote. */
function isText(
  body: Buffer,
  { key, start, end }: { readonly key: string; readonly start: number; readonly end: number },
): boolean {
  if (key !== 'traceparent') return !OF_META.has(key);
  // Written as W3C Trace Context says, it is numbers.
  return !isTraceparent(String(JSON.parse(body.toString('utf8', start, end))));
}

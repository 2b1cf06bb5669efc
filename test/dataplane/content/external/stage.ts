import { strict as assert } from 'node:assert';
import { openExternal, type OpenedExternal } from '../../../../dataplane/content/external/open-external.ts';
import {
  buildContent,
  screenMessage,
  type MessageRedaction,
  type RuleSet,
} from '../../../../dataplane/content/index.ts';
import { parseHostPatterns } from '../../../../dataplane/identity/egress.ts';
import type { Secrets } from '../../../../dataplane/identity/secrets.ts';
import type { PresidioDetector, WebhookDetector } from '../../../../schemas/types/policy.ts';
import { RawUpstream, whole, type RawAnswer, type RawRequest } from '../../../fixtures/upstreams/raw-upstream.ts';
import { EXCHANGE, policyOf, type RuleSketch } from '../policy-of.ts';

export const SECRET = 'correct horse battery staple';
export const NEVER: AbortSignal = new AbortController().signal;

/** A detector's server, rules that ask it, and a clock that stands still. */
export interface Stage {
  readonly server: RawUpstream;
  readonly external: OpenedExternal;
  readonly logged: readonly string[];
  nowMs: number;
  close(): Promise<void>;
}

export async function openStage(
  answer: (request: RawRequest) => RawAnswer,
  secrets: Pick<Secrets, 'valueFor'> = { valueFor: () => ({ ok: true, value: SECRET }) },
): Promise<Stage> {
  const server = await RawUpstream.open(answer);
  const egress = parseHostPatterns(['127.0.0.1']);
  assert(egress.ok, 'an address is a host');
  const logged: string[] = [];
  const external = openExternal({
    egress: egress.patterns,
    secrets,
    clock: () => stage.nowMs,
    wallClock: () => stage.nowMs,
    log: (line) => void logged.push(line),
  });
  const close = async (): Promise<void> => {
    await external.close();
    await server.close();
  };
  const stage: Stage = { server, external, logged, nowMs: 1_700_000_000_000, close };
  return stage;
}

/** A rule that asks an analyzer at the stage's server. */
export function analyzed(
  stage: Stage,
  detector: Partial<PresidioDetector> = {},
  sketch: Partial<RuleSketch> = {},
): RuleSketch {
  const detect: PresidioDetector = {
    kind: 'presidio',
    url: new URL(stage.server.url).origin,
    entities: [],
    threshold: 40,
    language: 'en',
    allow: [],
    timeoutMs: 5_000,
    onFailure: 'block',
    ...detector,
  };
  return { name: 'names', regex: [], detect, action: { kind: 'replace', with: null }, ...sketch };
}

/** A rule that asks a webhook at the stage's server. */
export function judged(
  stage: Stage,
  detector: Partial<WebhookDetector> = {},
  sketch: Partial<RuleSketch> = {},
): RuleSketch {
  const detect: WebhookDetector = {
    kind: 'webhook',
    url: stage.server.url,
    secret: 'dlp',
    timeoutMs: 5_000,
    onFailure: 'block',
    ...detector,
  };
  return { name: 'losses', regex: [], detect, action: { kind: 'block' }, ...sketch };
}

export function rulesAt({ external }: Stage, sketches: readonly RuleSketch[]): RuleSet {
  const definitionAt = (): { readonly kind: 'tool'; readonly name: string } => ({ kind: 'tool', name: 'echo' });
  const built = buildContent(policyOf(sketches), { external: { open: external.open, definitionAt } });
  assert(built.ok, built.ok ? '' : built.message);
  return built.content.rulesFor(EXCHANGE);
}

/** A JSON-RPC answer with one text. */
export function resultOf(text: string): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } }));
}

/** What becomes of one text of a result. */
export async function textAfter(rules: RuleSet, text: string): Promise<string> {
  const screened = await screenMessage(rules, resultOf(text), NEVER);
  if (screened.kind === 'blocked') return `blocked: ${screened.failure ?? 'by a rule'}`;
  const message = JSON.parse(screened.bytes.toString('utf8')) as { result: { content: [{ text: string }] } };
  return message.result.content[0].text;
}

/** A message as it was passed on, or why it was not. */
export const shown = (screened: MessageRedaction): unknown =>
  screened.kind === 'blocked' ? screened.failure : JSON.parse(screened.bytes.toString('utf8'));

/** A detector that says this, whatever it is asked. */
export const saying =
  (answer: unknown): (() => RawAnswer) =>
  () =>
    whole(typeof answer === 'string' ? answer : JSON.stringify(answer));

/** What an analyzer was asked, request by request. */
export function asked({ server }: Stage): readonly { readonly text: readonly string[] }[] {
  return server.requests.map(({ body }) => JSON.parse(body.toString('utf8')) as { readonly text: readonly string[] });
}

interface Item {
  readonly entity_type: string;
  /** Code points. */
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** An analyzer without mistakes that finds a pattern, as one in Python would: it counts code points. */
export function analyzer(pattern: RegExp, entity = 'PERSON', score = 0.85): (request: RawRequest) => RawAnswer {
  return ({ body }) => {
    const { text } = JSON.parse(body.toString('utf8')) as { readonly text: readonly string[] };
    return whole(JSON.stringify(text.map((each) => itemsOf(each, pattern, entity, score))));
  };
}

function itemsOf(text: string, pattern: RegExp, entity: string, score: number): readonly Item[] {
  const points = (units: number): number => Array.from(text.slice(0, units)).length;
  return [...text.matchAll(pattern)].map(({ 0: match, index }) => ({
    entity_type: entity,
    start: points(index),
    end: points(index + match.length),
    score,
    analysis_explanation: null,
    recognition_metadata: { recognizer_name: 'SpacyRecognizer' },
  }));
}
